import { createHash } from "node:crypto"
import { AwsError } from "../service.ts"

/** Lambda stops a chain of events when it would call the same function once more: https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html */
const MAX_TURNS = 16

/** What brought an event to a function. */
export interface Origin {
  /** `X-Amzn-Trace-Id` of the event. */
  trace?: string
  /** As the log names it: a queue's ARN, a topic's, a function. */
  source: string
}

type Turns = Map<string, number>

const marks = new Map<string, string>()

/** As `Lineage` names a function. */
function mark(functionArn: string): string {
  const known = marks.get(functionArn)
  if (known) return known
  const made = createHash("sha1").update(functionArn).digest("hex").slice(0, 8)
  marks.set(functionArn, made)
  return made
}

const field = (header: string, name: string): string | undefined =>
  header
    .split(";")
    .map((part) => part.trim())
    .find((part) => part.startsWith(`${name}=`))
    ?.slice(name.length + 1)

/** `Lineage=43e12f0f:5|a87bd80c:2`: how often each function was called in this chain. */
function turnsIn(header: string | undefined): Turns {
  const turns: Turns = new Map()
  for (const part of field(header ?? "", "Lineage")?.split("|") ?? []) {
    const match = /^([0-9a-f]{8}):(\d{1,5})$/.exec(part)
    if (match) turns.set(match[1]!, Number(match[2]))
  }
  return turns
}

/** Whether the event would make the function's turn after the last allowed one. */
export const isLoop = (trace: string | undefined, functionArn: string): boolean =>
  (turnsIn(trace).get(mark(functionArn)) ?? 0) >= MAX_TURNS

/** One header for a batch: the longest lineages of all its events. */
export function joined(traces: readonly (string | undefined)[]): string | undefined {
  const [first] = traces.filter((trace) => trace !== undefined)
  if (first === undefined) return undefined
  const turns: Turns = new Map()
  for (const trace of traces) for (const [name, count] of turnsIn(trace)) turns.set(name, Math.max(count, turns.get(name) ?? 0))
  return written(first, turns)
}

function written(header: string, turns: Turns): string {
  const others = header.split(";").filter((part) => part !== "" && !part.trim().startsWith("Lineage="))
  return [...others, `Lineage=${[...turns].map(([name, count]) => `${name}:${count}`).join("|")}`].join(";")
}

/** The same without its lineage: services that Lambda does not follow loops through pass the rest on. */
export const withoutLineage = (header: string | undefined): string | undefined =>
  header
    ?.split(";")
    .filter((part) => !part.trim().startsWith("Lineage="))
    .join(";")

/** The header that the function's own calls carry, with this turn counted: a new trace where the event has none. */
export function traceOf(incoming: string | undefined, functionArn: string, requestId: string, now: number): string {
  const id = requestId.replaceAll("-", "").padEnd(32, "0")
  const started = Math.floor(now / 1000)
    .toString(16)
    .padStart(8, "0")
  const root = field(incoming ?? "", "Root") ?? `1-${started}-${id.slice(0, 24)}`
  const turns = turnsIn(incoming)
  turns.set(mark(functionArn), (turns.get(mark(functionArn)) ?? 0) + 1)
  return written(`Root=${root};Parent=${id.slice(16)};Sampled=${field(incoming ?? "", "Sampled") ?? "0"}`, turns)
}

/** What the log says when a chain is stopped. */
export const loopMessage = (functionName: string, source: string): string =>
  `${functionName} was called ${MAX_TURNS} times by one chain of events, the last time by ${source}: a loop, which Lambda stops here. If it is meant, give the function RecursiveLoop: Allow.`

export const recursive = (functionArn: string): AwsError =>
  new AwsError(
    "RecursiveInvocationException",
    `Lambda has detected your function ${functionArn} being invoked in a recursive loop with other Amazon Web Services resources and stopped your function's invocation.`,
    400,
    { Type: "User" },
  )
