import type { ResourceType } from "../service.ts"

/** Names on every taggable type; tags are for bills, and nothing here is billed. */
const EVERYWHERE = new Set(["Tags", "UserPoolTags"])

/** What to do instead of a property that is refused, where the type says it. */
export function sentence({ refused = {} }: ResourceType, path: string): string {
  const found = Object.entries(refused).find(([name]) => path === name || path.startsWith(`${name}.`))
  return found ? `: ${found[1]}` : ""
}

/** Paths of properties that the type neither simulates nor knowingly ignores (`Policy.Rules`). Empty when all is understood. */
export function unknownProperties(type: ResourceType, properties: Record<string, unknown>): string[] {
  const known = [...type.simulated, ...Object.keys(type.ignored ?? {})]
  const visit = (value: unknown, path: string): string[] => {
    if (known.includes(path) || EVERYWHERE.has(path)) return []
    if (known.includes("*") && !path.includes(".")) return []
    if (!known.some((name) => name.startsWith(`${path}.`))) return [path]
    if (Array.isArray(value)) return value.flatMap((item) => below(item, path))
    return below(value, path)
  }
  const below = (value: unknown, path: string): string[] =>
    typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([key, inner]) => visit(inner, `${path}.${key}`))
      : [path]
  return [...new Set(Object.entries(properties).flatMap(([key, value]) => visit(value, key)))]
}
