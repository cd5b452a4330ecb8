import type { Assembly } from "./assembly/index.ts"
import type { CallLog } from "./calls.ts"
import type { ControlRequest } from "./endpoint/index.ts"
import type { AwsResponse, Service } from "./service.ts"

interface Parts {
  assembly: Assembly
  calls: CallLog
  services: readonly Service[]
  /** State of what is not a service: gateways, event sources. */
  state(): Record<string, unknown>
}

const json = (status: number, body: unknown): AwsResponse => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
})

function resources({ assembly, services }: Parts) {
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
  return { items: [...running, ...idle] }
}

/** `GET /_local/calls?since=n&limit=`: calls after position n, oldest first; ask again from the last `n`. */
function calls({ calls }: Parts, url: URL): AwsResponse {
  const since = Number(url.searchParams.get("since") ?? 0)
  const limit = Number(url.searchParams.get("limit") ?? 1_000)
  if (!Number.isInteger(since) || since < 0 || !Number.isInteger(limit) || limit < 1 || limit > 5_000)
    return json(400, { code: "input.invalid", message: "since is a whole number from 0, limit one from 1 to 5000." })
  return json(200, { items: calls.since(since, limit) })
}

async function state(parts: Parts) {
  const own = await Promise.all(
    parts.services.flatMap((service) =>
      service.state ? [Promise.resolve(service.state()).then((figures) => [service.names[0] ?? "local", figures])] : [],
    ),
  )
  return { ...Object.fromEntries(own), ...parts.state() }
}

/** Answers `/_local/*` on the AWS address. Host and Origin were checked before. */
export const control =
  (parts: Parts) =>
  async ({ method, url }: ControlRequest): Promise<AwsResponse> => {
    const route = `${method} ${url.pathname}`
    if (route === "GET /_local/resources") return json(200, resources(parts))
    if (route === "GET /_local/calls") return calls(parts, url)
    if (route === "GET /_local/state") return json(200, await state(parts))
    return json(404, {
      code: "missing.route",
      message: "The control surface has GET /_local/resources, /_local/calls and /_local/state.",
    })
  }
