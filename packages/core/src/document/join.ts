import * as z from "zod"
import { useUser } from "../actor.ts"
import { refusedCursor } from "../dynamo/index.ts"
import { AppError } from "../error.ts"
import { fn } from "../fn.ts"
import * as Roster from "../roster/index.ts"
import { Bytes, fromBase64, toBase64 } from "./edit.ts"
import { PAGE_BYTES } from "./limits.ts"
import { open } from "./rights.ts"
import { load, tail } from "./state.ts"
import * as store from "./store.ts"
import { type Head, LAST } from "./table.ts"
import { Key } from "../text.ts"

/** Where the next page is: an object that never changes, how far it was read, and the position that it reaches. */
const Cursor = z.object({
  key: z.string(),
  at: z.number().int().min(0),
  size: z.number().int().min(1),
  seq: z
    .number()
    .int()
    .min(0)
    .max(LAST - 1),
})
type Cursor = z.output<typeof Cursor>

const encode = (cursor: Cursor): string => Buffer.from(JSON.stringify(cursor)).toString("base64url")
function decode(id: string, text: string): Cursor {
  let cursor: Cursor
  try {
    cursor = Cursor.parse(JSON.parse(Buffer.from(text, "base64url").toString("utf8")))
  } catch (cause) {
    throw refusedCursor(cause)
  }
  const isPage = cursor.at % PAGE_BYTES === 0 || cursor.at === cursor.size
  if (!isPage || !store.isPaged(id, cursor.key)) throw refusedCursor()
  return cursor
}

interface Page {
  seq: number
  /** Base64. Where `of` is above 1, this is part `part` of an update: join the bytes of all parts, then apply. */
  update: string
  part?: number
  of?: number
  /** There is more: ask with it. Good for as long as the connection, the next one, and the day. */
  next?: string
}

/** An object page by page; after its last page follows what came after its position. */
async function page(cursor: Cursor): Promise<Page> {
  const { key, at, size, seq } = cursor
  const bytes = await store.get(key, at, PAGE_BYTES)
  if (!bytes) throw new AppError("missing", "missing.page", "This page is no longer kept. Join again without `next`.")
  const next = encode({ ...cursor, at: at + bytes.byteLength })
  return { seq, update: toBase64(bytes), part: at / PAGE_BYTES + 1, of: Math.ceil(size / PAGE_BYTES), next }
}

/** One frame where it fits; else an object that is read page by page. */
async function answer(id: string, update: Uint8Array, seq: number): Promise<Page> {
  if (update.byteLength <= PAGE_BYTES) return { seq, update: toBase64(update) }
  const key = store.joinKey(id)
  await store.put(key, update)
  return page({ key, at: 0, size: update.byteLength, seq })
}

/** What a reader with this vector lacks, or everything. A fresh reader of a large document gets its snapshot straight from the bucket. */
async function first(head: Head, vector: Uint8Array | undefined): Promise<Page> {
  const { id, snapshotKey, snapshotBytes, snapshotSeq } = head
  if (!vector && snapshotKey !== undefined && snapshotBytes > PAGE_BYTES)
    return page({ key: snapshotKey, at: 0, size: snapshotBytes, seq: snapshotSeq })
  const { updates, seq } = await load(head)
  const { lacking, merged } = await import("./merge.ts")
  const all = merged(updates)
  return answer(id, vector ? lacking(all, vector) : all, seq)
}

async function following(head: Head, cursor: Cursor): Promise<Page> {
  const { key, at, size, seq } = cursor
  if (at < size) return page(cursor)
  const { merged, vectorOf } = await import("./merge.ts")
  const rest = await tail(head.id, seq, head.seq)
  if (rest) return answer(head.id, merged(rest.updates), rest.seq)
  // A compaction took the log after this snapshot while its pages were read: what it lacks is in the newer one.
  const read = await store.get(key)
  if (!read) throw new AppError("missing", "missing.page", "This page is no longer kept. Join again without `next`.")
  return first(head, vectorOf(read))
}

/**
 * Makes a connection a reader of the document and gives what it lacks of it: everything, or what its state vector does not have. It listens before the
 * state is read, so no update falls between. `next` asks for the page after, on any connection.
 */
export const join = fn(
  () => z.object({ doc: Key(64), vector: Bytes.optional(), next: Key(1_000).optional(), connectionId: Key() }),
  async ({ doc, vector: text, next, connectionId }) => {
    const vector = text === undefined ? undefined : fromBase64(text)
    const { checkVector } = await import("./validate.ts")
    if (vector) checkVector(vector)
    const place = { topic: (await open(doc)).id, connectionId, userId: useUser().userId }
    await Roster.join(place)
    /** Who was removed in this moment is taken off again. */
    const head = await open(doc).catch(async (error: unknown) => {
      await Roster.leave(place)
      throw error
    })
    const found = next === undefined ? await first(head, vector) : await following(head, decode(head.id, next))
    return { doc: head.id, epoch: head.epoch, ...found }
  },
)

/** Takes the connection off the readers. */
export const leave = fn(
  () => z.object({ doc: Key(64), connectionId: Key() }),
  async ({ doc, connectionId }) => {
    await Roster.leave({ topic: doc, connectionId })
    return {}
  },
)
