import type { Assembly } from "../assembly/index.ts"
import type { CallLog } from "../calls.ts"
import type { ControlRequest } from "../endpoint/index.ts"
import type { Lines } from "../lambda/lines.ts"
import type { ReloadState } from "../reload/index.ts"
import type { AwsResponse, Cloud, Service } from "../service.ts"

/** What the routes of the control surface look at and act on. */
export interface Parts {
  /** Throws before the endpoint has a cloud. */
  cloud(): Cloud
  assembly: Assembly
  calls: CallLog
  services: readonly Service[]
  lines: Lines
  reload(): ReloadState
  /** State of what is not a service: gateways, event sources. */
  state(): Record<string, unknown>
}

export interface Route {
  method: "GET" | "POST" | "DELETE"
  /** Below `/_local/`; the names of its parameters are in braces: `sockets/{connectionId}`. */
  path: string
  answer(request: ControlRequest & { params: Record<string, string> }, parts: Parts): Promise<AwsResponse> | AwsResponse
}

export const json = (status: number, body: unknown): AwsResponse => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
})

/** 400 in the shape of our own HTTP errors. `message` says the fix. */
export const badInput = (message: string): AwsResponse => json(400, { code: "input.invalid", message })
