import * as z from "zod"
import { GetCommand } from "../dynamo/index.ts"
import { useUser } from "../actor.ts"
import { dynamo } from "../aws.ts"
import { now } from "../clock.ts"
import { config } from "../config.ts"
import { AppError } from "../error.ts"
import { parse, type Problem } from "../event/index.ts"
import { fn } from "../fn.ts"
import { accept } from "../ingest/accept.ts"
import { decode } from "../ingest/record.ts"
import type { Refused } from "../lake/quarantine.ts"
import { log } from "../logger.ts"
import { claim, decide, findDecision } from "./decide.ts"
import { type Info, infoOf } from "./info.ts"
import { page } from "./list.ts"
import { recordsOf } from "./object.ts"
import { type Decision, Entry, entryKey, placeOf } from "./table.ts"

export type { Info } from "./info.ts"

/** Of one record; an answer of Lambda may have 6 MB, and an event has 64 KB. */
const SHOWN_BYTES = 512 * 1024

const Id = z.string().max(40)

interface Found {
  entry: Entry
  line: number
  record: Refused
}

async function find(id: string): Promise<Found> {
  const place = placeOf(id)
  const Key = place && entryKey(place.entry)
  const { Item } = Key
    ? await dynamo().send(new GetCommand({ TableName: config("INGEST_TABLE"), Key, ConsistentRead: true }))
    : { Item: undefined }
  const entry = Item && Entry.parse(Item)
  const record = entry && entry.ttl * 1000 > now() && (await recordsOf(entry))[place!.line]
  if (!record)
    throw new AppError("missing", "missing.quarantined", "There is no such record in quarantine. Records are kept for 90 days.")
  return { entry, line: place!.line, record }
}

const shown = ({ entry, line, record }: Found, decision: Decision | undefined): Info =>
  infoOf(entry, line, record, decision, SHOWN_BYTES)

/** Records that wait for a person (`state=open`), or all of the last 90 days, newest batches first, in pages. */
export const list = fn(
  () =>
    z.object({
      state: z.enum(["open", "all"], "must be open or all").default("open"),
      limit: z.coerce.number().int().min(1).max(100).default(25),
      cursor: z.string().max(200).optional(),
    }),
  ({ state, limit, cursor }) => page(state === "open", limit, cursor),
)

/** One record, with what is wrong with it by the schemas of today: nothing is, where they have changed since. */
export const get = fn(
  () => z.object({ id: Id }),
  async ({ id }): Promise<Info & { problem: Problem | null }> => {
    const found = await find(id)
    const decision = await findDecision(found.entry.sk, found.line)
    return { ...shown(found, decision), problem: decode(found.record.bytes).problem ?? null }
  },
)

const taken = ({ state, eventId }: Decision): AppError =>
  new AppError(
    "conflict",
    "conflict.quarantine",
    state === "discarded"
      ? "This record was discarded. Send the event with POST /events instead."
      : state === "resubmitted"
        ? `This record was resubmitted as event ${eventId}. A correction of it is an event of its own.`
        : `This record is being resubmitted as event ${eventId}. Resubmit it with that id to end it.`,
  )

/**
 * Sends the mended event, or the record as it is, through the door that all events take, and notes who did it. The event's id decides: the same again is the
 * same event and the same answer, another one is refused with `conflict.quarantine`. First it is noted which event it will be, then it is sent, then it is noted that it
 * was: dying in between leaves it `resubmitting`, and the same again ends it. Throws `input.*` with the path of what is still wrong.
 */
export const resubmit = fn(
  () => z.object({ id: Id, event: z.unknown().optional() }),
  async ({ id, event: given }): Promise<Info> => {
    const found = await find(id)
    const { event, problem } = given === undefined ? decode(found.record.bytes) : parse(given)
    if (problem) {
      const details = [{ path: problem.path, message: problem.message }]
      throw new AppError("input", problem.code, problem.message, { details })
    }
    const { entry, line } = found
    const by = useUser().userId
    const begun: Omit<Decision, "sk"> = { state: "resubmitting", eventId: event.id, by, at: now() }
    if (!(await claim(entry, line, begun))) {
      const known = await findDecision(entry.sk, line)
      if (known && known.eventId !== event.id) throw taken(known)
      if (known?.state === "resubmitted") return shown(found, known)
    }
    const { positions } = await accept({ events: [event] })
    const decision = await decide(entry, line, { ...begun, state: "resubmitted", position: positions[0] })
    log.info("quarantined record was resubmitted", { id, eventId: event.id, by })
    return shown(found, decision)
  },
)

/** Says that a record is not worth mending; twice is once. It stays readable as long as the others. */
export const discard = fn(
  () => z.object({ id: Id }),
  async ({ id }): Promise<Info> => {
    const found = await find(id)
    const { entry, line } = found
    const known = await findDecision(entry.sk, line)
    const decision = known ?? (await decide(entry, line, { state: "discarded", by: useUser().userId, at: now() }))
    if (decision.state !== "discarded") throw taken(decision)
    if (!known) log.info("quarantined record was discarded", { id, by: decision.by })
    return shown(found, decision)
  },
)
