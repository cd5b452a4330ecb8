import type { ControlRequest } from "../endpoint/index.ts"
import type { AwsResponse } from "../service.ts"
import { calls } from "./calls.ts"
import { logs } from "./logs.ts"
import { reload } from "./reload.ts"
import { resources } from "./resources.ts"
import { json, type Parts, type Route } from "./route.ts"
import { state } from "./state.ts"

/** The control surface; a new route is one file and one line here. */
const ROUTES: readonly Route[] = [resources, calls, state, logs, reload]

const patterns = ROUTES.map((route) => ({
  route,
  pattern: new RegExp(`^/_local/${route.path.replaceAll(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`),
}))

const missing = json(404, {
  code: "missing.route",
  message: `The control surface has ${ROUTES.map(({ method, path }) => `${method} /_local/${path}`).join(", ")}.`,
})

/** Answers `/_local/*` on the AWS address. Host and Origin were checked before. */
export const control =
  (parts: Parts) =>
  async (request: ControlRequest): Promise<AwsResponse> => {
    for (const { route, pattern } of patterns) {
      const match = route.method === request.method ? pattern.exec(request.url.pathname) : undefined
      if (!match) continue
      const params = Object.fromEntries(
        Object.entries(match.groups ?? {}).map(([name, text]) => [name, decodeURIComponent(text)]),
      )
      return route.answer({ ...request, params }, parts)
    }
    return missing
  }
