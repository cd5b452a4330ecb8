import { randomUUID } from "node:crypto"
import { withoutLineage } from "../../../delivery/lineage.ts"
import { busArn, busName } from "../bus.ts"
import { timeOf } from "../event.ts"
import { depthOf } from "../raw-json.ts"
import { type Call, invalid, operation } from "./operation.ts"

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
const MAX_ENTRIES = 10
/** 1 MB since January 29, 2026, 256 KB before: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html */
const MAX_BYTES = 1_048_576
/** Objects and arrays in one another: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
const MAX_DEPTH = 1_100
const TIME_BYTES = 14

const bytes = (text: unknown): number => (typeof text === "string" ? Buffer.byteLength(text) : 0)

interface Entry {
  Source: string
  DetailType: string
  Detail: string
  EventBusName?: string
  Time?: number | string
  Resources?: string[]
  TraceHeader?: string
}

const sizeOf = (entry: Entry): number =>
  (entry.Time === undefined ? 0 : TIME_BYTES) +
  [entry.Source, entry.DetailType, entry.Detail, ...(entry.Resources ?? [])].reduce<number>((sum, each) => sum + bytes(each), 0)

/** Whether a text is JSON of an object that is not too deep. It is kept as it is written. */
function isDetail(text: string): boolean {
  try {
    const detail: unknown = JSON.parse(text)
    return typeof detail === "object" && detail !== null && !Array.isArray(detail) && depthOf(text) <= MAX_DEPTH
  } catch {
    return false
  }
}

const failed = (ErrorCode: string, ErrorMessage: string) => ({ ErrorCode, ErrorMessage })

function put(entry: Entry, { buses, router, cloud, request }: Call<unknown>) {
  for (const name of ["Source", "DetailType", "Detail"] as const)
    if (typeof entry[name] !== "string" || entry[name] === "")
      return failed("InvalidArgument", `Parameter ${name} is not valid. Reason: ${name} is a required argument.`)
  // Only AWS itself speaks as one of its services.
  if (entry.Source.startsWith("aws.") && request.caller.kind !== "service")
    return failed("NotAuthorizedForSourceException", "Not authorized for the source.")
  if (!isDetail(entry.Detail)) return failed("MalformedDetail", "Detail is malformed.")
  const bus = busName(entry.EventBusName)
  if (!buses.has(bus)) return failed("ResourceNotFoundException", `Event bus ${bus} does not exist.`)
  const at = entry.Time === undefined ? cloud.now() : typeof entry.Time === "number" ? entry.Time * 1000 : Date.parse(entry.Time)
  if (Number.isNaN(at)) return failed("InvalidArgument", "Parameter Time is not valid.")
  const id = randomUUID()
  router.put(
    bus,
    {
      version: "0",
      id,
      "detail-type": entry.DetailType,
      source: entry.Source,
      account: cloud.account,
      time: timeOf(at),
      region: cloud.region,
      resources: entry.Resources ?? [],
      detail: entry.Detail,
    },
    // Lambda follows no loops through buses, so the lineage ends here.
    withoutLineage(entry.TraceHeader ?? request.headers["x-amzn-trace-id"]),
  )
  return { EventId: id }
}

/** Always 200 once the request is well-formed: entries fail one by one, and FailedEntryCount says how many. */
export const PutEvents = operation({
  members: ["Entries"],
  access: ({ input, cloud }) =>
    (Array.isArray(input.Entries) ? (input.Entries as Partial<Entry>[]) : [{}]).map((entry?: Partial<Entry>) => ({
      action: "events:PutEvents",
      resource: busArn(cloud, busName(entry?.EventBusName)),
      context: { "events:source": String(entry?.Source ?? ""), "events:detail-type": String(entry?.DetailType ?? "") },
    })),
  run(call) {
    const entries = call.input.Entries as Entry[]
    if (!Array.isArray(entries) || entries.length === 0 || entries.length > MAX_ENTRIES)
      throw invalid(
        `1 validation error detected: Value '${String(entries)}' at 'entries' failed to satisfy constraint: Member must have length between 1 and ${MAX_ENTRIES}`,
      )
    if (entries.reduce<number>((sum, entry) => sum + sizeOf(entry), 0) > MAX_BYTES)
      throw invalid("Total size of the entries in the request is over the limit.")
    const Entries = entries.map((entry) => put(entry, call))
    return { output: { Entries, FailedEntryCount: Entries.filter((each) => "ErrorCode" in each).length } }
  },
})
