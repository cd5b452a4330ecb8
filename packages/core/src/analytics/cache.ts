import { createHash } from "node:crypto"
import { GetCommand, PutCommand } from "../dynamo/index.ts"
import { dynamo } from "../aws.ts"
import { now } from "../clock.ts"
import { config } from "../config.ts"
import { log } from "../logger.ts"
import type { Bound } from "./statement.ts"
import { resultKey } from "./table.ts"

/** What is kept of a run. */
export interface Stored {
  statementId: string
  rows: Record<string, unknown>[]
  truncated: boolean
}

const KEEP_MS = 24 * 60 * 60 * 1_000
/** An item may have 400 KB; the rest is for its keys and SQL-free attributes. */
const MAX_BYTES = 350_000

/** The same SQL with the same values, whoever asks and whatever the parameters were called before they were bound. */
export const cacheKey = (name: string, { sql, values }: Bound): string =>
  createHash("sha256")
    .update(JSON.stringify([name, sql, Object.entries(values).sort()]))
    .digest("hex")

/** A stored result with the data version it was read at; undefined where there is none or it is over a day old. A cache that does not answer is a miss. */
export async function find(key: string): Promise<(Stored & { version: number }) | undefined> {
  try {
    const { Item } = await dynamo().send(new GetCommand({ TableName: config("ANALYTICS_TABLE"), Key: resultKey(key) }))
    if (!Item || Number(Item.ttl) * 1_000 <= now()) return undefined
    return {
      statementId: String(Item.statementId),
      rows: JSON.parse(String(Item.rows)),
      truncated: Item.truncated === true,
      version: Number(Item.version),
    }
  } catch (error) {
    log.warn("cached result was not read", { error })
    return undefined
  }
}

/** Keeps a result of this data version unless it is too large. Two writers of one key have the same rows or differ by a version that is checked when read. */
export async function keep(key: string, version: number, { statementId, rows, truncated }: Stored): Promise<void> {
  const text = JSON.stringify(rows)
  if (Buffer.byteLength(text) > MAX_BYTES) return
  const ttl = Math.floor((now() + KEEP_MS) / 1_000)
  try {
    const Item = { ...resultKey(key), version, statementId, rows: text, truncated, ttl }
    await dynamo().send(new PutCommand({ TableName: config("ANALYTICS_TABLE"), Item }))
  } catch (error) {
    log.warn("result was not cached", { error })
  }
}
