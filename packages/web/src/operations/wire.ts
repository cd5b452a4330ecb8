import * as z from "zod"

/*
 * What the local cloud's control surface answers below `/_local/`. The content security policy allows no `new Function`, by which zod
 * would make itself faster.
 */
z.config({ jitless: true })

const list = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item) })

/** Epoch milliseconds on the cloud's clock. */
const at = z.number()
const Decision = z.enum(["allow", "deny", "implicitDeny"])
export type Decision = z.infer<typeof Decision>

export const Resources = list(
  z.object({
    stack: z.string(),
    logicalId: z.string(),
    type: z.string(),
    /** Absent where the resource needs no engine on a laptop; then `reason` says why. */
    engine: z.string().nullable(),
    name: z.string().optional(),
    arn: z.string().nullish(),
    reason: z.string().optional(),
  }),
)
export type Resource = z.infer<typeof Resources>["items"][number]

export const Clock = z.object({ now: at, aheadMs: z.number() })

export const Call = z.object({
  /** Position in the log, from 1. */
  n: z.number(),
  at,
  caller: z.string(),
  function: z.string().optional(),
  version: z.string().optional(),
  /** Request id of the invocation that called. */
  invocation: z.string().optional(),
  role: z.string().optional(),
  service: z.string(),
  operation: z.string(),
  access: z.array(z.object({ action: z.string(), resource: z.string(), decision: Decision, statement: z.string().optional() })),
  decision: Decision,
  /** 0 where the client got no answer. */
  status: z.number(),
  error: z.string().optional(),
  attempt: z.number().optional(),
  fault: z.string().optional(),
  ms: z.number(),
  units: z.record(z.string(), z.number()),
  priceMicroUsd: z.number().optional(),
  requestId: z.string(),
})
export type Call = z.infer<typeof Call>
export const Calls = list(Call)

const Bill = z.object({
  microUsd: z.number(),
  services: z.record(
    z.string(),
    z.object({
      microUsd: z.number(),
      items: z.record(z.string(), z.object({ quantity: z.number(), microUsd: z.number() })),
    }),
  ),
})
export type Bill = z.infer<typeof Bill>

export const Price = Bill.extend({
  /** Day of the price table. */
  asOf: z.string(),
  region: z.string(),
  /** False where not every charge of the time asked for is kept one by one. */
  complete: z.boolean(),
  idlePerHour: Bill,
})
export type Price = z.infer<typeof Price>

export const Functions = list(
  z.object({
    function: z.string(),
    concurrent: z.number(),
    invocations: z.number(),
    errors: z.number(),
    timeouts: z.number(),
    throttles: z.number(),
    coldStarts: z.number(),
    initMs: z.number(),
    p50Ms: z.number(),
    p95Ms: z.number(),
    maxMemoryMb: z.number(),
    memoryMb: z.number(),
    timeoutMs: z.number(),
    lastError: z.object({ at, requestId: z.string(), type: z.string(), message: z.string() }).optional(),
  }),
)
export type FunctionFigures = z.infer<typeof Functions>["items"][number]

export const Logs = list(
  z.object({
    n: z.number(),
    at,
    function: z.string(),
    requestId: z.string().nullish(),
    /** Empty for what went to stdout as it was. */
    level: z.string().nullish(),
    text: z.string(),
  }),
)
export type LogLine = z.infer<typeof Logs>["items"][number]

export const Queues = list(
  z.object({
    name: z.string(),
    visible: z.number().default(0),
    inFlight: z.number().default(0),
    delayed: z.number().default(0),
    /** Age of the oldest message; absent where the engine does not know. */
    oldestMs: z.number().optional(),
    deadLetterQueue: z.string().optional(),
    /** Queues, functions and event sources whose failures end here. */
    failuresOf: z.array(z.string()),
  }),
)
export type Queue = z.infer<typeof Queues>["items"][number]

export const Redriven = z.object({ taskHandle: z.string().optional() })

export const Streams = list(
  z.object({
    name: z.string(),
    shards: z.array(z.object({ shard: z.string(), oldest: z.number(), next: z.number(), closed: z.boolean() })),
    consumers: z.array(
      z.object({
        function: z.string(),
        iteratorAgeMs: z.number(),
        shards: z.array(z.object({ shard: z.string(), position: z.number(), behind: z.number(), iteratorAgeMs: z.number() })),
      }),
    ),
  }),
)
export type Stream = z.infer<typeof Streams>["items"][number]

export const Sockets = list(
  z.object({
    connectionId: z.string(),
    stage: z.string(),
    sourceIp: z.string(),
    userAgent: z.string(),
    connectedAt: at,
    lastActiveAt: at,
    open: z.boolean(),
    blackholed: z.boolean(),
    buffered: z.number(),
  }),
)
export type Socket = z.infer<typeof Sockets>["items"][number]

export const FAULT_KINDS = ["throttle", "error", "delay", "stall", "reset", "partial", "commit-then-fail", "stream-cut"] as const

export const Faults = list(
  z.object({
    id: z.string(),
    service: z.string(),
    op: z.string().optional(),
    match: z.object({ function: z.string(), resource: z.string(), body: z.string() }).partial().optional(),
    kind: z.enum(FAULT_KINDS),
    times: z.number().optional(),
    rate: z.number(),
    seed: z.number(),
    ms: z.number().optional(),
    matched: z.number(),
    hits: z.number(),
  }),
)
export type Fault = z.infer<typeof Faults>["items"][number]

/** What a new fault is made of; the control surface says what does not fit together. */
export interface NewFault {
  service: string
  op?: string
  match?: { function?: string }
  kind: (typeof FAULT_KINDS)[number]
  times?: number
  rate?: number
  ms?: number
}

export const Reload = z.object({
  status: z.enum(["ok", "failed"]),
  /** When the last reload was over, or the start was. */
  at,
  /** 0 before the first change. */
  ms: z.number(),
  /** Functions whose code or settings it changed. */
  functions: z.array(z.string()),
  errors: z.array(z.object({ file: z.string().optional(), line: z.number().optional(), text: z.string() })),
  /** What it changed in the stacks, and what takes effect at a restart. */
  changes: z.array(z.string()).default([]),
  restart: z.array(z.string()).default([]),
})
export type Reload = z.infer<typeof Reload>
