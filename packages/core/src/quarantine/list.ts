import { queryAll, QueryCommand } from "../dynamo/index.ts"
import { dynamo } from "../aws.ts"
import { now } from "../clock.ts"
import { config } from "../config.ts"
import { AppError } from "../error.ts"
import { type Info, infoOf } from "./info.ts"
import { recordsOf } from "./object.ts"
import { Decision, entriesFrom, Entry, everyDecision, lineKey, MOST_LINES, placeOf, idOf } from "./table.ts"

/** Rows that one page looks at, and objects that it reads: each has at most 6 MB, what Lambda gives a consumer at once. */
const MOST_ROWS = 500
const MOST_OBJECTS = 20
/** Of each record; the rest is in GET /quarantine/{id}. */
const PREVIEW_BYTES = 2_048

/** Where a page begins: at a line of an object, or past the object. */
type Place = { entry: string; line: number }

const encode = ({ entry, line }: Place): string => Buffer.from(idOf(entry, line)).toString("base64url")

function decode(cursor: string | undefined): Place | undefined {
  if (cursor === undefined) return undefined
  const place = placeOf(Buffer.from(cursor, "base64url").toString("utf8"))
  if (place) return place
  throw new AppError("input", "input.cursor", "This cursor is not one of ours. Start again without it.")
}

async function openedFrom(from: Place | undefined, onlyOpen: boolean): Promise<{ entries: Entry[]; next?: Place }> {
  const entries = entriesFrom(from)
  const { Items = [], LastEvaluatedKey } = await dynamo().send(
    new QueryCommand({
      TableName: config("INGEST_TABLE"),
      ...entries,
      // What has ended may be listed for two days more: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
      FilterExpression: `#ttl > :now${onlyOpen ? " AND #open > :none" : ""}`,
      ExpressionAttributeNames: { "#ttl": "ttl", ...(onlyOpen && { "#open": "open" }) },
      ExpressionAttributeValues: {
        ...entries.ExpressionAttributeValues,
        ":now": Math.floor(now() / 1000),
        ...(onlyOpen && { ":none": 0 }),
      },
      ScanIndexForward: false,
      ConsistentRead: true,
      Limit: MOST_ROWS,
    }),
  )
  const found = Items.map((item) => Entry.parse(item))
  const more = found[MOST_OBJECTS]
  if (more) return { entries: found.slice(0, MOST_OBJECTS), next: { entry: more.sk, line: 0 } }
  return { entries: found, ...(LastEvaluatedKey && { next: { entry: String(LastEvaluatedKey.sk), line: MOST_LINES } }) }
}

/** What people did with the records of an object, by line. */
async function decisionsOf(entry: string): Promise<Map<string, Decision>> {
  const decisions = new Map<string, Decision>()
  const every = { TableName: config("INGEST_TABLE"), ...everyDecision(entry), ConsistentRead: true }
  for (const item of await queryAll(every)) decisions.set(String(item.sk), Decision.parse(item))
  return decisions
}

const isOpen = ({ state }: Info): boolean => state === "open" || state === "resubmitting"

/** Newest objects first, the records of each in their order. A page may be shorter than asked for; `next` says whether there is more. */
export async function page(onlyOpen: boolean, limit: number, cursor?: string): Promise<{ items: Info[]; next?: string }> {
  const from = decode(cursor)
  const { entries, next } = await openedFrom(from, onlyOpen)
  const items: Info[] = []
  for (const entry of entries) {
    const [records, decisions] = await Promise.all([recordsOf(entry), decisionsOf(entry.sk)])
    for (let line = entry.sk === from?.entry ? from.line : 0; line < records.length; line++) {
      const info = infoOf(entry, line, records[line]!, decisions.get(lineKey(line)), PREVIEW_BYTES)
      if (onlyOpen && !isOpen(info)) continue
      if (items.length === limit) return { items, next: encode({ entry: entry.sk, line }) }
      items.push(info)
    }
  }
  return { items, ...(next && { next: encode(next) }) }
}
