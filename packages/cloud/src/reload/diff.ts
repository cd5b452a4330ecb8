import { isDeepStrictEqual } from "node:util"
import type { Resource, ResourceType } from "../service.ts"

/** A resource as its template declares it; what runs may have got another name since (a custom resource's). */
export type Declared = Pick<Resource, "stack" | "logicalId" | "type" | "properties" | "metadata"> & { ref: string }

export const idOf = ({ stack, logicalId }: Pick<Resource, "stack" | "logicalId">): string => `${stack}/${logicalId}`

export const declaredOf = (resources: readonly Resource[]): Map<string, Declared> =>
  new Map(
    resources.map(({ stack, logicalId, type, properties, metadata, identity }) => [
      idOf({ stack, logicalId }),
      { stack, logicalId, type, ref: identity.ref, properties: structuredClone(properties), metadata: structuredClone(metadata) },
    ]),
  )

/** What newer templates ask for, in the order in which resources are made. */
export interface Difference {
  added: Resource[]
  /** `keys`: the properties that differ. */
  changed: { next: Resource; keys: string[] }[]
  /** Another type or another physical name under the same logical id: CloudFormation would make a new one. */
  replaced: Resource[]
  removed: Declared[]
}

const differing = (a: Record<string, unknown>, b: Record<string, unknown>): string[] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => !isDeepStrictEqual(a[key], b[key]))

export function differenceOf(running: ReadonlyMap<string, Declared>, next: readonly Resource[]): Difference {
  const difference: Difference = { added: [], changed: [], replaced: [], removed: [] }
  for (const resource of next) {
    const known = running.get(idOf(resource))
    if (!known) difference.added.push(resource)
    else if (known.type !== resource.type || known.ref !== resource.identity.ref) difference.replaced.push(resource)
    else {
      const keys = differing(known.properties, resource.properties)
      if (keys.length > 0) difference.changed.push({ next: resource, keys })
    }
  }
  const ids = new Set(next.map(idOf))
  difference.removed = [...running.values()].filter((known) => !ids.has(idOf(known)))
  return difference
}

/** Whether the type's engine has nothing to do with these properties. */
export const isIgnored = ({ ignored = {} }: ResourceType, keys: readonly string[]): boolean =>
  keys.every((key) => Object.hasOwn(ignored, key) || key === "Tags")

/** `route GET /health`, `function Health`, `table AccountTable`: what a person calls the resource. */
export function nameOf({ type, logicalId, properties }: Pick<Resource, "type" | "logicalId" | "properties">): string {
  if (type === "AWS::ApiGatewayV2::Route") return `route ${String(properties.RouteKey)}`
  const kind = type.split("::").at(-1)!.toLowerCase()
  return `${kind} ${logicalId.replace(/[0-9A-F]{8}$/, "")}`
}
