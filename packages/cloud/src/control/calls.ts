import * as z from "zod"
import type { Call } from "../call.ts"
import { json, parsed, type Route } from "./route.ts"
import { events } from "./tail.ts"

const Filter = z.strictObject({
  /** Position after which to begin. */
  since: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(5_000).default(1_000),
  /** The newest so many instead, still oldest first. */
  last: z.coerce.number().int().min(1).max(5_000).optional(),
  /** Part of the function's name. */
  function: z.string().min(1).optional(),
  service: z.string().min(1).optional(),
  /** `deny` is everything that was denied; `implicitDeny` what no statement named. */
  decision: z.enum(["allow", "deny", "implicitDeny"]).optional(),
  /** Of the call itself or of the invocation that made it. */
  requestId: z.string().min(1).optional(),
})
type Filter = z.infer<typeof Filter>

const picks =
  ({ function: name, service, decision, requestId }: Filter) =>
  (call: Call): boolean =>
    (name === undefined || (call.function ?? "").includes(name)) &&
    (service === undefined || call.service === service) &&
    (decision === undefined || call.decision === decision || (decision === "deny" && call.decision !== "allow")) &&
    (requestId === undefined || call.requestId === requestId || call.invocation === requestId)

/** With the access that decided in front: the refused one, else the first. */
function shown(call: Call) {
  const decisive = call.access.find(({ decision }) => decision === call.decision) ?? call.access[0]
  return { ...call, action: decisive?.action, resource: decisive?.resource, statement: decisive?.statement }
}

/** `GET /_local/calls?since=n&limit=`: calls after position n, oldest first; ask again from the last `n`. */
export const calls: Route = {
  method: "GET",
  path: "calls",
  answer({ url }, { calls: log }) {
    const filter = parsed(Filter, Object.fromEntries(url.searchParams))
    if ("refusal" in filter) return filter.refusal
    const { since, limit, last } = filter.is
    const found = last === undefined ? log.since(since, limit, picks(filter.is)) : log.last(last, picks(filter.is))
    return json(200, { items: found.map(shown) })
  },
}

/** Server-Sent Events: every call that is logged from now on, or from `since`. */
export const callsTail: Route = {
  method: "GET",
  path: "calls/tail",
  answer({ url, headers, signal }, { calls: log }) {
    const last = headers["last-event-id"]
    const filter = parsed(Filter, { ...Object.fromEntries(url.searchParams), ...(last && { since: last }) })
    if ("refusal" in filter) return filter.refusal
    const matches = picks(filter.is)
    const since = url.searchParams.has("since") || last ? filter.is.since : undefined
    return events(signal, (send) => {
      const write = (call: Call) => send(call.n, shown(call))
      if (since !== undefined) log.since(since, filter.is.limit, matches).forEach(write)
      return log.follow((call) => void (matches(call) && write(call)))
    })
  },
}
