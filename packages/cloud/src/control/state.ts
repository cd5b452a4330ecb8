import { json, type Route } from "./route.ts"

/** Item counts, queue depths, positions, sockets, invocations: what each engine says of itself. */
export const state: Route = {
  method: "GET",
  path: "state",
  async answer(_, parts) {
    const own = await Promise.all(
      parts.services.flatMap((service) =>
        service.state ? [Promise.resolve(service.state()).then((figures) => [service.names[0] ?? "local", figures])] : [],
      ),
    )
    return json(200, { ...Object.fromEntries(own), ...parts.state() })
  },
}
