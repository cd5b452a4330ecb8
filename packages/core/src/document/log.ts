import { createHash } from "node:crypto"
import { between, GetCommand, IS_NEW, isConflict, queryAll, transact } from "../dynamo/index.ts"
import { dynamo } from "../aws.ts"
import { now } from "../clock.ts"
import { config } from "../config.ts"
import { AppError } from "../error.ts"
import { pause } from "../pause.ts"
import { INLINE_BYTES } from "./limits.ts"
import { busy, find, missing } from "./rights.ts"
import * as store from "./store.ts"
import { Entry, entryItem, type Head, headKey, LAST, logBetween, Sent, sentItem, sentKey } from "./table.ts"

/** Writers of one document meet at its head; each attempt lets one of them pass. */
const ATTEMPTS = 12
const FIRST_PAUSE_MS = 10
const LONGEST_PAUSE_MS = 400

export interface Edit {
  update: Uint8Array
  userId: string
  clientId: string
}

const digestOf = (update: Uint8Array): string => createHash("sha256").update(update).digest("base64url")

/** The position that a client id already has, if any. Throws `conflict.idempotency` if it stands for other bytes. */
async function repeated(id: string, edit: Edit): Promise<number | undefined> {
  const { Item } = await dynamo().send(
    new GetCommand({
      TableName: config("DOCUMENT_TABLE"),
      Key: sentKey(id, edit.userId, edit.clientId),
      ConsistentRead: true,
    }),
  )
  if (!Item) return undefined
  const { seq, digest } = Sent.parse(Item)
  if (digest === digestOf(edit.update)) return seq
  throw new AppError(
    "conflict",
    "conflict.idempotency",
    "This clientId was used for another update. Choose a new one for each update.",
  )
}

/** Head, entry and client id in one transaction: positions have no gaps, and a client id has one position. */
const writes = (head: Head, entry: Entry, { userId, clientId, update }: Edit) => {
  const TableName = config("DOCUMENT_TABLE")
  return {
    head: {
      Update: {
        TableName,
        Key: headKey(head.id),
        UpdateExpression: "SET #seq = :seq, updatedAt = :now, logBytes = logBytes + :bytes",
        ConditionExpression: "#seq = :before",
        ExpressionAttributeNames: { "#seq": "seq" },
        ExpressionAttributeValues: { ":seq": entry.seq, ":before": entry.seq - 1, ":now": entry.at, ":bytes": entry.bytes },
      },
    },
    entry: { Put: { TableName, Item: entryItem(head.id, entry), ConditionExpression: IS_NEW } },
    client: {
      Put: {
        TableName,
        Item: sentItem(head.id, { userId, clientId }, { seq: entry.seq, digest: digestOf(update) }, entry.at),
        ConditionExpression: IS_NEW,
      },
    },
  }
}

/**
 * Appends an update after what `head` shows and gives its position and the head as it is then. The document itself is never read. Of a repeat it gives
 * the position of the first time. A body in the bucket is written before: if the transaction never happens, nobody names it.
 */
export async function append(head: Head, edit: Edit): Promise<{ seq: number; head: Head; isRepeat: boolean }> {
  const bytes = edit.update.byteLength
  let body: string | undefined
  for (let attempt = 1, before: Head | undefined = head; attempt <= ATTEMPTS; attempt++) {
    if (!before) throw missing()
    if (bytes > INLINE_BYTES && body === undefined) {
      const seq = await repeated(before.id, edit)
      if (seq !== undefined) return { seq, head: before, isRepeat: true }
      body = store.bodyKey(before.id, [edit.userId, edit.clientId, digestOf(edit.update)])
      await store.put(body, edit.update)
    }
    const seq = before.seq + 1
    const entry: Entry = { seq, ...(body === undefined ? { update: edit.update } : { body }), bytes, by: edit.userId, at: now() }
    // Each attempt builds on a newer head, so a conflict is none to wait out with this one.
    const refused = await transact(writes(before, entry, edit), 1).catch((error: unknown) => {
      if (!isConflict(error)) throw error
    })
    if (refused?.size === 0) return { seq, head: { ...before, seq, logBytes: before.logBytes + bytes }, isRepeat: false }
    if (refused?.has("client")) {
      const first = await repeated(head.id, edit)
      if (first !== undefined) return { seq: first, head: before, isRepeat: true }
    }
    await pause(attempt, FIRST_PAUSE_MS, LONGEST_PAUSE_MS)
    before = await find(head.id)
  }
  throw busy()
}

/** All entries after a position, in order, without their bodies. Where a compaction took some away, the first is not the next one. */
export async function after(id: string, seq: number): Promise<Entry[]> {
  const items = await queryAll({
    TableName: config("DOCUMENT_TABLE"),
    ...between(...logBetween(id, seq + 1, LAST)),
    ConsistentRead: true,
  })
  return items.map((item) => Entry.parse(item))
}
