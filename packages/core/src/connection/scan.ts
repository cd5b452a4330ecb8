import { DeleteCommand, ScanCommand } from "../dynamo/index.ts"
import * as z from "zod"
import { type Role, ROLES } from "../actor.ts"
import { dynamo } from "../aws.ts"
import { config } from "../config.ts"
import { inParallel } from "../parallel.ts"
import { type Info as Notice, noticeOf } from "../notice/table.ts"
import { headOf } from "../roster/table.ts"
import type { Ref } from "./table.ts"

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

const Row = z.object({
  connectionId: z.string(),
  userId: z.string(),
  connectedAt: z.number(),
  expiresAt: z.number(),
  role: z.enum(ROLES),
  session: z.string().default(""),
  ttl: z.number(),
  topics: z.set(z.string()).default(new Set()),
})

const Keyed = z.looseObject({ pk: z.string(), sk: z.string(), ttl: z.number().optional() })

const PARALLEL = 16

/** Deletes an item whose time is over, unless somebody gave it more. */
async function removeExpired({ pk, sk }: z.infer<typeof Keyed>, now: number): Promise<void> {
  try {
    await dynamo().send(
      new DeleteCommand({
        TableName: config("CONNECTION_TABLE"),
        Key: { pk, sk },
        ConditionExpression: "#ttl <= :now",
        ExpressionAttributeNames: { "#ttl": "ttl" },
        ExpressionAttributeValues: { ":now": Math.floor(now / 1000) },
      }),
    )
  } catch (error) {
    if ((error as Error).name !== "ConditionalCheckFailedException") throw error
  }
}

/**
 * Reads the whole CONNECTION_TABLE once. Live rows, rosters and notices are given; tombstones, tickets, counters and buckets whose time is over are deleted
 * on the way, as TTL alone may take days. Live rows are never deleted here: their topics come first.
 */
export async function everything(now: number): Promise<Seen> {
  const seen: Seen = { rows: [], entries: [], away: [], notices: [] }
  let ExclusiveStartKey: Record<string, unknown> | undefined
  do {
    const page = await dynamo().send(new ScanCommand({ TableName: config("CONNECTION_TABLE"), ExclusiveStartKey }))
    const over: z.infer<typeof Keyed>[] = []
    for (const item of (page.Items ?? []).map((each) => Keyed.parse(each))) {
      const isLive = item.sk.startsWith("connection#") && item.closedAt === undefined
      const row = isLive ? Row.safeParse(item).data : undefined
      if (row) {
        const { connectionId, userId, connectedAt, expiresAt, role, session, ttl, topics } = row
        const ref = { connectionId, userId }
        seen.rows.push({ ref, connectedAt, expiresAt, role, session, keepUntil: ttl * 1000, topics: [...topics] })
      } else if (item.ttl !== undefined && item.ttl <= now / 1000) over.push(item)
      else if (item.pk.startsWith("topic#")) {
        const topic = item.pk.slice("topic#".length)
        const { entries, away } = headOf(item, now)
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
