import { control, type CallQuery } from "./control.ts"
import type { Names } from "./names.ts"
import type { Source } from "./use-tail.ts"
import type { Call } from "./wire.ts"

const NEWEST = 500
const A_SECOND = 1_000

/** A call that is refused says `deny` or, where no statement speaks of it, `implicitDeny`: a reader asks for both. */
const decisionsOf = (decision: string): (string | undefined)[] => {
  if (decision === "deny") return ["deny", "implicitDeny"]
  return [decision || undefined]
}

/** Calls that fit, as the local cloud picks them. */
export function callSource(filter: { function: string; service: string; decision: string }): Source<Call> {
  const ask = async (query: CallQuery, signal: AbortSignal): Promise<Call[]> => {
    const { function: name, service } = filter
    const lists = await Promise.all(
      decisionsOf(filter.decision).map((decision) => control.calls({ function: name, service, decision, ...query }, signal)),
    )
    return lists.flat().toSorted((a, b) => a.n - b.n)
  }
  return {
    newest: (signal) => ask({ last: NEWEST }, signal),
    after: (since, signal) => ask({ since, limit: A_SECOND }, signal),
  }
}

/** What goes on all the time by itself: event sources that look for work, and log lines that are carried. A failure is never routine. */
export const isRoutine = ({ service, operation, decision, status }: Call): boolean =>
  decision === "allow" &&
  status === 200 &&
  (service === "logs" ||
    (service === "sqs" && ["ReceiveMessage", "GetQueueAttributes"].includes(operation)) ||
    (service === "kinesis" && ["GetRecords", "GetShardIterator", "DescribeStreamSummary", "ListShards"].includes(operation)))

/** Whether a call has all the words in it, in what a row or its details show. */
export function mentions(call: Call, text: string, names: Names): boolean {
  const words = text.trim().toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return true
  const { caller, service, operation, access, error = "", requestId, invocation = "", fault = "" } = call
  const asked = access.flatMap(({ action, resource, statement = "" }) => [action, names.arn(resource), statement])
  const all = [names.of(caller), service, operation, error, requestId, invocation, fault, ...asked].join(" ").toLowerCase()
  return words.every((word) => all.includes(word))
}

/** Why a call was decided as it was, in a sentence. */
export function reasonOf({ action, resource, decision, statement }: Call["access"][number], who: string, names: Names): string {
  const on = names.arn(resource)
  if (decision === "allow") return statement === "administrator" ? "an administrator may do everything" : (statement ?? "allowed")
  if (decision === "deny") return `${statement ?? "a statement"} denies ${action} on ${on}`
  return `no statement of ${who} allows ${action} on ${on}`
}
