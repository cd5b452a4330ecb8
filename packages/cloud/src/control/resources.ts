import { json, type Parts, type Route } from "./route.ts"

function items({ assembly, services }: Parts) {
  const engineOf = (type: string) => services.find((service) => service.types[type])?.names[0] ?? "local"
  const running = assembly.resources.map(({ stack, logicalId, type, identity }) => ({
    stack,
    logicalId,
    type,
    engine: engineOf(type),
    name: identity.ref,
    arn: identity.arn ?? null,
  }))
  const idle = assembly.idle.map(({ stack, logicalId, type, reason }) => ({ stack, logicalId, type, engine: null, reason }))
  return [...running, ...idle]
}

/** Every resource of the templates, with its engine or the reason it has none. */
export const resources: Route = { method: "GET", path: "resources", answer: (_, parts) => json(200, { items: items(parts) }) }
