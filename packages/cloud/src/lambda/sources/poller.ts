import type { Cloud } from "../../service.ts"
import type { Registry, Target } from "../registry.ts"
import type { Runner } from "../runner.ts"
import type { Mapping } from "./mapping.ts"
import type { Positions } from "./positions.ts"

/** What every poller works with. */
export interface PollerParts {
  mapping: Mapping
  target: Target
  cloud: Cloud
  runner: Runner
  registry: Registry
  /** Aborted when this poller ends: with the cloud, with its mapping, or killed. */
  signal: AbortSignal
  /** How far earlier pollers of this mapping came. */
  positions: Positions
  /** To be told of an error that ends the poller; another one starts where it was. */
  crashed(error: unknown): void
}

export interface Poller {
  /** Proves that the role may read the source, then polls until the signal. */
  start(): Promise<void>
  state(): unknown
}

/** A call that the source makes as the function's role. */
export const callAs = (
  { cloud, target, signal }: PollerParts,
  service: string,
  target_: string,
  body: object,
  headers?: Record<string, string>,
) => cloud.call({ service, target: target_, body, headers, as: target.spec.name, signal })

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
