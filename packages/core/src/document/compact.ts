import { SendMessageCommand } from "../sqs/index.ts"
import { beginning, between, DeleteCommand, type Key, QueryCommand, transact } from "../dynamo/index.ts"
import * as z from "zod"
import { dynamo, sqs } from "../aws.ts"
import { now } from "../clock.ts"
import { config } from "../config.ts"
import { AppError } from "../error.ts"
import { fn } from "../fn.ts"
import { IdOf } from "../id.ts"
import { log } from "../logger.ts"
import { COMPACT_BYTES, COMPACT_UPDATES, VERSIONS } from "./limits.ts"
import { find } from "./rights.ts"
import { load } from "./state.ts"
import * as store from "./store.ts"
import { Entry, type Head, headKey, logBetween, logKey, Version, versionItem, versionKey, versionsOf } from "./table.ts"

/** Whether the edit that made `head` is the one to ask: every so many updates or bytes again, so that a request that got lost is only late. */
const isDue = ({ seq, snapshotSeq, logBytes }: Head, bytes: number): boolean =>
  (seq - snapshotSeq) % COMPACT_UPDATES === 0 ||
  Math.floor(logBytes / COMPACT_BYTES) > Math.floor((logBytes - bytes) / COMPACT_BYTES)

/** Asks for a compaction if this edit makes one due. The edit is safe already, so a queue that does not answer is only noted. */
export async function askIfDue(head: Head, bytes: number): Promise<void> {
  if (!isDue(head, bytes)) return
  try {
    const MessageBody = JSON.stringify({ id: head.id })
    await sqs().send(new SendMessageCommand({ QueueUrl: config("COMPACTION_QUEUE_URL"), MessageBody }))
  } catch (error) {
    log.warn("compaction was not asked for", { document: head.id, error })
  }
}

/** Names the snapshot in head and versions, in one transaction. False if another compaction was first. */
async function commit(head: Head, version: Version, folds: number): Promise<boolean> {
  const TableName = config("DOCUMENT_TABLE")
  const update = {
    TableName,
    Key: headKey(head.id),
    UpdateExpression: "SET snapshotSeq = :seq, snapshotKey = :key, snapshotBytes = :bytes, logBytes = logBytes - :folds",
    ConditionExpression: "snapshotSeq = :before",
    ExpressionAttributeValues: {
      ":seq": version.version,
      ":key": version.key,
      ":bytes": version.bytes,
      ":folds": folds,
      ":before": head.snapshotSeq,
    },
  }
  const put = { TableName, Item: versionItem(head.id, version) }
  const refused = await transact({ head: { Update: update }, version: { Put: put } })
  return refused.size === 0
}

const equal = (a: Uint8Array, b: Uint8Array | undefined): boolean => b !== undefined && Buffer.compare(a, b) === 0

async function entriesTo(id: string, seq: number): Promise<Entry[]> {
  const { Items = [] } = await dynamo().send(
    new QueryCommand({
      TableName: config("DOCUMENT_TABLE"),
      ...between(...logBetween(id, 0, seq)),
      ProjectionExpression: "#seq, body, #bytes, #by, #at",
      ExpressionAttributeNames: { "#seq": "seq", "#bytes": "bytes", "#by": "by", "#at": "at" },
      ConsistentRead: true,
    }),
  )
  return Items.map((item) => Entry.parse(item))
}

const deleteItem = (Key: Key) => dynamo().send(new DeleteCommand({ TableName: config("DOCUMENT_TABLE"), Key }))

/** Deletes under way at once. */
const PARALLEL = 10

async function each<T>(items: readonly T[], run: (item: T) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < items.length; i += PARALLEL) await Promise.all(items.slice(i, i + PARALLEL).map(run))
}

/** Deletes what the snapshot holds, the body of an entry before the entry: who dies between leaves something that is found again. */
async function tidyLog(id: string, snapshotSeq: number): Promise<number> {
  let deleted = 0
  for (;;) {
    const entries = await entriesTo(id, snapshotSeq)
    await each(entries, async ({ seq, body }) => {
      if (body !== undefined) await store.remove(body)
      await deleteItem(logKey(id, seq))
    })
    deleted += entries.length
    if (entries.length === 0) return deleted
  }
}

/** Keeps the newest versions; what no version names was left by a compaction that died. */
async function tidyVersions(id: string, snapshotSeq: number): Promise<void> {
  const { Items = [] } = await dynamo().send(
    new QueryCommand({
      TableName: config("DOCUMENT_TABLE"),
      ...beginning(versionsOf(id)),
      ConsistentRead: true,
      ScanIndexForward: false,
    }),
  )
  const versions = Items.map((item) => Version.parse(item))
  const kept = new Set(versions.slice(0, VERSIONS).map(({ key }) => key))
  await each(
    (await store.snapshotsBefore(id, snapshotSeq)).filter((key) => !kept.has(key)),
    store.remove,
  )
  await each(versions.slice(VERSIONS), ({ version }) => deleteItem(versionKey(id, version)))
}

/**
 * Folds the log of a document into a snapshot. The snapshot is stored, read back and compared, then named by the head, and only then do the entries
 * that it holds go: whoever dies at any point leaves a document that loads the same, and the next compaction finishes. Safe to repeat, also at once.
 */
export const compact = fn(
  () => z.object({ id: IdOf("document") }),
  async ({ id }) => {
    const head = await find(id)
    if (!head) return { seq: 0, deleted: 0 }
    if (head.seq > head.snapshotSeq) {
      const { head: current, updates, seq } = await load(head)
      const { folded } = await import("./merge.ts")
      const update = folded(updates)
      const key = store.snapshotKey(id, seq)
      await store.put(key, update)
      if (!equal(update, await store.get(key)))
        throw new AppError(
          "unavailable",
          "unavailable.document",
          "A snapshot was not stored as it was written. It is tried again.",
        )
      const folds = updates.slice(current.snapshotKey === undefined ? 0 : 1).reduce((sum, each) => sum + each.byteLength, 0)
      const version: Version = { version: seq, at: now(), bytes: update.byteLength, key }
      if (!(await commit(current, version, folds))) await store.remove(key)
    }
    const { snapshotSeq } = (await find(id)) ?? head
    const deleted = await tidyLog(id, snapshotSeq)
    await tidyVersions(id, snapshotSeq)
    log.info("document was compacted", { document: id, seq: snapshotSeq, deleted })
    return { seq: snapshotSeq, deleted }
  },
)
