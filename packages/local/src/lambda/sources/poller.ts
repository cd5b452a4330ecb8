import type { Cloud } from "../../service.ts"
import type { Registry, Target } from "../registry.ts"
import type { Runner } from "../runner.ts"
import type { Mapping } from "./mapping.ts"

/** What every poller works with. */
export interface PollerParts {
  mapping: Mapping
  target: Target
  cloud: Cloud
  runner: Runner
  registry: Registry
  /** Aborted when the cloud stops. */
  signal: AbortSignal
}

export interface Poller {
  /** Proves that the role may read the source, then polls until the signal. */
  start(): Promise<void>
  state(): unknown
}

/** A call that the source makes as the function's role. */
export const callAs = (
  { cloud, target }: PollerParts,
  service: string,
  target_: string,
  body: object,
  headers?: Record<string, string>,
) => cloud.call({ service, target: target_, body, headers, as: target.spec.name })

/** As callAs, for what must work before polling starts; otherwise Lambda would refuse to create the mapping. */
export async function requireCall(
  parts: PollerParts,
  service: string,
  target: string,
  body: object,
  headers?: Record<string, string>,
): Promise<any> {
  const { status, json } = await callAs(parts, service, target, body, headers)
  if (status < 400) return json
  const { spec } = parts.target
  throw new Error(
    `${spec.name} cannot read ${parts.mapping.sourceArn}: ${String(json?.__type)}: ${String(json?.message)}. Its role is ${spec.roleArn}.`,
  )
}
