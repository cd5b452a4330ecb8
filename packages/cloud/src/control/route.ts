import * as z from "zod"
import type { Assembly } from "../assembly/index.ts"
import type { CallLog } from "../calls.ts"
import type { ControlRequest } from "../endpoint/control-request.ts"
import type { Faults } from "../faults/index.ts"
import type { Sockets } from "../gateway/index.ts"
import type { Lines } from "../lambda/lines.ts"
import type { ReloadState } from "../reload/index.ts"
import type { AwsResponse, Cloud, Service } from "../service.ts"
import type { Streams } from "../services/kinesis/index.ts"

/** What the routes of the control surface look at and act on. */
export interface Parts {
  /** Throws before the endpoint has a cloud. */
  cloud(): Cloud
  assembly: Assembly
  calls: CallLog
  services: readonly Service[]
  faults: Faults
  sockets: Sockets
  streams: Streams
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

/** The body or query as `schema` has it, or the 400 that says where it is wrong and what to do. */
export function parsed<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): { is: z.infer<Schema> } | { refusal: AwsResponse } {
  const { success, data, error } = schema.safeParse(value)
  if (success) return { is: data }
  const details = error.issues.map(({ path, message }) => ({ path: path.join("."), problem: message }))
  const first = details[0]!
  const message = `${first.path === "" ? "The request" : first.path}: ${first.problem}.`
  return { refusal: json(400, { code: "input.invalid", message, details }) }
}

/** As `parsed`, of a JSON body. */
export function parsedBody<Schema extends z.ZodType>(schema: Schema, body: Buffer): ReturnType<typeof parsed<Schema>> {
  try {
    return parsed(schema, JSON.parse(body.length === 0 ? "{}" : body.toString("utf8")))
  } catch {
    return { refusal: badInput("Send a body of JSON.") }
  }
}

/** 404 in the shape of our own HTTP errors. */
export const missing = (code: string, message: string): AwsResponse => json(404, { code: `missing.${code}`, message })
