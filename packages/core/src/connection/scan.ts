import { type Item, ScanCommand } from "../dynamo/index.ts"
import type { Role } from "../actor.ts"
import { dynamo } from "../aws.ts"
import { config } from "../config.ts"
import { inParallel } from "../parallel.ts"
import { type Info as Notice, noticeOf } from "../notice/table.ts"
import { rosterOf } from "../roster/table.ts"
import { type Ref, removeExpired, rowOf } from "./table.ts"

/** A live row as the sweep sees it. */
export interface SeenRow {
  ref: Ref
  connectedAt: number
  expiresAt: number
  role: Role
  session: string
  keepUntil: number
  topics: string[]
}

interface Place extends Ref {
  topic: string
}

export interface Seen {
  rows: SeenRow[]
  entries: Place[]
  away: Omit<Place, "connectionId">[]
  notices: Notice[]
}

const PARALLEL = 16

/**
 * Reads the whole CONNECTION_TABLE once. Live rows, rosters and notices are given; tombstones, tickets, counters and buckets whose time is over are deleted
 * on the way, as TTL alone may take days. Live rows are never deleted here: their topics come first.
 */
export async function everything(now: number): Promise<Seen> {
  const seen: Seen = { rows: [], entries: [], away: [], notices: [] }
  let ExclusiveStartKey: Record<string, unknown> | undefined
  do {
    const page = await dynamo().send(new ScanCommand({ TableName: config("CONNECTION_TABLE"), ExclusiveStartKey }))
    const over: Item[] = []
    for (const item of page.Items ?? []) {
      const row = rowOf(item)
      if (row) {
        const { connectionId, userId, connectedAt, expiresAt, role, session, ttl, topics } = row
        const ref = { connectionId, userId }
        seen.rows.push({ ref, connectedAt, expiresAt, role, session, keepUntil: ttl * 1000, topics: [...topics] })
        continue
      }
      const roster = rosterOf(item, now)
      if (Number(item.ttl) <= now / 1000) over.push(item)
      else if (roster) {
        const { topic, entries, away } = roster
        seen.entries.push(...entries.map((entry) => ({ topic, ...entry })))
        seen.away.push(...[...away].map((userId) => ({ topic, userId })))
      } else {
        const notice = noticeOf(item)
        if (notice) seen.notices.push(notice)
      }
    }
    await inParallel(over, PARALLEL, (item) => removeExpired(item, now))
    ExclusiveStartKey = page.LastEvaluatedKey
  } while (ExclusiveStartKey)
  return seen
}
