import type { ApiRoute } from "./api-model.ts"
import { unescaped } from "./request-path.ts"

export interface Match {
  route: ApiRoute
  pathParameters?: Record<string, string>
}

interface Pattern {
  route: ApiRoute
  method: string
  segments: string[]
}

const LITERAL = 0
const PARAMETER = 1
const GREEDY = 2
const rank = (segment: string): number => (!segment.startsWith("{") ? LITERAL : segment.endsWith("+}") ? GREEDY : PARAMETER)

function moreSpecific(a: Pattern, b: Pattern): number {
  for (let i = 0; i < Math.max(a.segments.length, b.segments.length); i++) {
    const difference = rank(a.segments[i] ?? "{+}") - rank(b.segments[i] ?? "{+}")
    if (difference !== 0) return difference
  }
  return Number(a.method === "ANY") - Number(b.method === "ANY")
}

/** The second decoding that API Gateway does; see `request-path.ts`. */
const decoded = (text: string): string => unescaped(text) ?? text

function parametersOf(segments: string[], path: string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {}
  for (const [i, segment] of segments.entries()) {
    const actual = path[i]
    if (actual === undefined) return undefined
    const kind = rank(segment)
    if (kind === GREEDY) {
      const rest = path.slice(i).join("/")
      if (rest === "") return undefined
      parameters[segment.slice(1, -2)] = decoded(rest)
      return parameters
    }
    if (kind === LITERAL ? segment !== actual : actual === "") return undefined
    if (kind === PARAMETER) parameters[segment.slice(1, -1)] = decoded(actual)
  }
  return path.length === segments.length ? parameters : undefined
}

/**
 * The most specific route of an HTTP API for a method and a path that was decoded once: literals before `{name}` before `{name+}`, a method before ANY,
 * `$default` last. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
export function router(routes: ApiRoute[]): (method: string, path: string) => Match | undefined {
  const patterns = routes
    .filter(({ key }) => key !== "$default")
    .map((route): Pattern => {
      const [method = "", path = ""] = route.key.split(" ")
      return { route, method, segments: path.split("/").slice(1) }
    })
    .sort(moreSpecific)
  const fallback = routes.find(({ key }) => key === "$default")
  return (method, path) => {
    const segments = path.split("/").slice(1)
    for (const pattern of patterns) {
      if (pattern.method !== "ANY" && pattern.method !== method) continue
      const found = parametersOf(pattern.segments, segments)
      if (found) return { route: pattern.route, pathParameters: Object.keys(found).length > 0 ? found : undefined }
    }
    return fallback && { route: fallback }
  }
}
