import * as z from "zod"
import { isBatch } from "./partial.ts"
import { isStreamed } from "./streams.ts"

/** What can go wrong with a call. */
const KINDS = ["throttle", "error", "delay", "stall", "reset", "partial", "commit-then-fail", "stream-cut"] as const

/** Faults at once; those that are used up do not count. */
export const MAX_FAULTS = 100
const MAX_MS = 24 * 3_600_000

const part = z.string().min(1).max(1_000)

/** What one kind alone understands. */
const OWN: Readonly<Record<string, readonly (typeof KINDS)[number][]>> = {
  ms: ["delay", "stall"],
  status: ["error", "commit-then-fail"],
  code: ["throttle", "error", "stream-cut"],
  ending: ["commit-then-fail", "stream-cut"],
  share: ["partial"],
}

export const Fault = z
  .strictObject({
    /** Signing name: `dynamodb`, `s3`, `kinesis` … */
    service: z.string().min(1).max(64),
    /** One operation; without it all of the service. */
    op: z.string().min(1).max(64).optional(),
    /** Parts of: the caller's name, the ARN of a resource, the body as it was sent. */
    match: z.strictObject({ function: part.optional(), resource: part.optional(), body: part.optional() }).optional(),
    kind: z.enum(KINDS),
    /** Hits this often, then never again. */
    times: z.int().min(1).max(1_000_000).optional(),
    /** Share of the matching calls that are hit, drawn from `seed`. */
    rate: z.number().gt(0).max(1).default(1),
    seed: z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .default(1),
    /** Of a delay, or the longest stall. */
    ms: z.int().min(0).max(MAX_MS).optional(),
    status: z.union([z.literal(500), z.literal(503)]).default(500),
    /** Another name for the error; of a stream-cut, the exception inside the stream. */
    code: z
      .string()
      .regex(/^[A-Za-z.]{1,64}$/)
      .optional(),
    /** How a commit-then-fail (reset, or an error is answered) or a stream-cut (close, or reset) ends. */
    ending: z.enum(["reset", "error", "close"]).optional(),
    /** Share of a batch's entries that fail, at least one. */
    share: z.number().gt(0).max(1).default(0.5),
  })
  .superRefine((fault, context) => {
    const issue = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message })
    for (const [name, kinds] of Object.entries(OWN)) {
      const isSet =
        name === "status"
          ? fault.status !== 500
          : name === "share"
            ? fault.share !== 0.5
            : Object.hasOwn(fault, name) && fault[name as "ms"] !== undefined
      if (isSet && !kinds.includes(fault.kind)) issue(name, `only ${kinds.join(" and ")} take ${name}; leave it out`)
    }
    if (fault.kind === "delay" && fault.ms === undefined) issue("ms", "a delay needs ms, the milliseconds to wait")
    if (fault.kind === "commit-then-fail" && fault.ending === "close") issue("ending", "use reset or error")
    if (fault.kind === "stream-cut" && fault.ending === "error")
      issue("ending", "use close or reset; an exception inside the stream is named by code")
    if (fault.kind === "partial" && fault.op && !isBatch(fault.service, fault.op) && !isStreamed(fault.service, fault.op))
      issue("op", `${fault.service} ${fault.op} has no part that could fail alone: name a batch operation or one that streams`)
    if (fault.kind === "stream-cut" && fault.op && !isStreamed(fault.service, fault.op))
      issue("op", `${fault.service} ${fault.op} does not stream`)
  })
export type Fault = z.infer<typeof Fault>

export const FaultList = z.array(Fault).min(1).max(MAX_FAULTS)
