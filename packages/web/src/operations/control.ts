import { ApiError } from "@backline/client"
import type * as z from "zod"
import {
  Calls,
  Clock,
  Faults,
  Functions,
  Logs,
  type NewFault,
  Price,
  Queues,
  Redriven,
  Reload,
  Resources,
  Sockets,
  Streams,
} from "./wire.ts"

const GONE = "The local cloud does not answer. Is npm start still running? It is asked again by itself."

type Query = Record<string, string | number | undefined>

async function request(method: string, path: string, { query = {}, body, signal }: Asked): Promise<unknown> {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === "" ? [] : [[name, String(value)]],
  )
  const search = new URLSearchParams(given).toString()
  let response: Response
  try {
    response = await fetch(`/_local/${path}${search && `?${search}`}`, {
      method,
      headers: body === undefined ? {} : { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
    })
  } catch (cause) {
    if (signal?.aborted) throw cause
    throw new ApiError("unavailable.local", GONE, { cause })
  }
  const answer = (await response.json().catch(() => undefined)) as { code?: string; message?: string } | undefined
  if (response.ok) return answer
  if (response.status === 502) throw new ApiError("unavailable.local", GONE, { status: 502 })
  if (answer?.code === "missing.route")
    throw new ApiError(
      "missing.route",
      `This local cloud has no ${method} /_local/${path}, so there is nothing to show here. Update it and start it again.`,
      { status: 404 },
    )
  throw new ApiError(answer?.code ?? "internal", answer?.message ?? `The local cloud answered ${response.status}.`, {
    status: response.status,
  })
}

interface Asked {
  query?: Query
  body?: unknown
  signal?: AbortSignal
}

/** An answer as `schema` has it. What does not fit is an error that names the place, never a half-filled page. */
async function asked<Schema extends z.ZodType>(
  schema: Schema,
  method: "GET" | "POST" | "DELETE",
  path: string,
  how: Asked = {},
): Promise<z.infer<Schema>> {
  const { success, data, error } = schema.safeParse(await request(method, path, how))
  if (success) return data
  const { path: where = [], message = "" } = error.issues[0] ?? {}
  throw new ApiError("local.shape", `${method} /_local/${path} answered something else at ${where.join(".")}: ${message}.`)
}

const id = encodeURIComponent

export interface CallQuery {
  since?: number
  last?: number
  limit?: number
  function?: string
  service?: string
  decision?: string
  requestId?: string
}

/** The control surface of the local cloud, asked at the console's own address. */
export const control = {
  resources: async (signal?: AbortSignal) => (await asked(Resources, "GET", "resources", { signal })).items,
  clock: (signal?: AbortSignal) => asked(Clock, "GET", "clock", { signal }),
  advance: (advanceMs: number) => asked(Clock, "POST", "clock", { body: { advanceMs } }),
  reload: (signal?: AbortSignal) => asked(Reload, "GET", "reload", { signal }),
  calls: async (query: CallQuery, signal?: AbortSignal) =>
    (await asked(Calls, "GET", "calls", { query: { ...query }, signal })).items,
  price: (query: { since?: number; invocation?: string; function?: string } = {}, signal?: AbortSignal) =>
    asked(Price, "GET", "price", { query, signal }),
  functions: async (signal?: AbortSignal) => (await asked(Functions, "GET", "functions", { signal })).items,
  logs: async (
    query: { since?: number; function?: string; requestId?: string; level?: string; limit?: number },
    signal?: AbortSignal,
  ) => (await asked(Logs, "GET", "logs", { query, signal })).items,
  queues: async (signal?: AbortSignal) => (await asked(Queues, "GET", "queues", { signal })).items,
  redrive: (queue: string) => asked(Redriven, "POST", `queues/${id(queue)}/redrive`, { body: {} }),
  streams: async (signal?: AbortSignal) => (await asked(Streams, "GET", "streams", { signal })).items,
  sockets: async (signal?: AbortSignal) => (await asked(Sockets, "GET", "sockets", { signal })).items,
  breakSocket: (connectionId: string, kind: "reset" | "blackhole") =>
    request("POST", `sockets/${id(connectionId)}`, { body: { kind } }),
  faults: async (signal?: AbortSignal) => (await asked(Faults, "GET", "faults", { signal })).items,
  addFault: (fault: NewFault) => request("POST", "faults", { body: [fault] }),
  removeFault: (fault: string) => request("DELETE", `faults/${id(fault)}`, {}),
}
