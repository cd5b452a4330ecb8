import * as z from "zod"
import { useUser } from "../actor.ts"
import { AppError } from "../error.ts"
import * as FanOut from "../fan-out/index.ts"
import { fn } from "../fn.ts"
import { askIfDue } from "./compact.ts"
import { DOCUMENT_BYTES, PAGE_BYTES, UPDATE_PARTS } from "./limits.ts"
import * as log from "./log.ts"
import { receive } from "./parts.ts"
import { allow, open } from "./rights.ts"
import type { Head } from "./table.ts"
import { ClientId, Key } from "../text.ts"

/** Bytes in a frame: base64 of at most one page. */
export const Bytes = z
  .string()
  .min(1)
  .max(Math.ceil(PAGE_BYTES / 3) * 4)
  .regex(/^[A-Za-z0-9+/]*={0,2}$/, "must be base64")

export const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64")
export const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"))

/**
 * Stores an update and tells every reader but `except`. The frames follow the write: if that step dies, readers notice the gap at the next position, and a
 * sender that got no answer repeats both. What is too large for a frame is told without its bytes: readers join again with their vector.
 */
export async function store(head: Head, edit: Omit<log.Edit, "userId">, except?: string): Promise<{ seq: number }> {
  const bytes = edit.update.byteLength
  if (head.snapshotBytes + head.logBytes + bytes > DOCUMENT_BYTES)
    throw new AppError("limit", "limit.size", "This document is full: it holds 32 MB. Start another one.")
  const { seq, head: after, isRepeat } = await log.append(head, { ...edit, userId: useUser().userId })
  const told = bytes <= PAGE_BYTES ? { update: toBase64(edit.update) } : { bytes }
  const frame = { type: "doc.update", doc: head.id, seq, ...told, clientId: edit.clientId }
  await FanOut.publish({ topic: head.id, frame, except })
  if (!isRepeat) await askIfDue(after, bytes)
  return { seq }
}

/** What a sender says; the transport adds the connection that is not to hear it. */
export const Update = z
  .object({
    doc: Key(64),
    update: Bytes,
    /** Also the id of an upload in parts. */
    clientId: ClientId,
    part: z.number().int().min(1).optional(),
    of: z.number().int().min(1).max(UPDATE_PARTS).optional(),
  })
  .refine(({ part = 1, of = 1 }) => part <= of, { path: ["part"], message: "must not be above `of`" })

/**
 * An edit of the signed-in person, as base64 of a Yjs update: its position in the document's log. The same clientId again gives the same position. In
 * parts, every part but the last is acknowledged with its number, the last with the position or with the parts that are missing.
 */
export const update = fn(
  () => Update.and(z.object({ connectionId: Key().optional() })),
  async ({ doc, update: text, clientId, part = 1, of = 1, connectionId }) => {
    const head = await open(doc)
    let bytes = fromBase64(text)
    if (of > 1) {
      const { userId } = useUser()
      const received = await receive({ id: head.id, userId, clientId, part, of }, bytes)
      if ("missing" in received) return { part, ...(received.missing.length > 0 ? { missing: received.missing } : {}) }
      bytes = new Uint8Array(received.update)
    }
    const { checkUpdate } = await import("./validate.ts")
    checkUpdate(bytes)
    return store(head, { update: bytes, clientId }, connectionId)
  },
)

/** Of JSON; cursors, names and colours. */
const AWARENESS_BYTES = 4 * 1024

/** JSON is read to any depth, but not written: what nests too deep for that has no size. */
function sizeOf(state: unknown): number {
  try {
    return (JSON.stringify(state) ?? "null").length
  } catch {
    return Infinity
  }
}

/** Tells the other readers where somebody is. Never stored, may be lost; readers that join later hear the next one. */
export const awareness = fn(
  () =>
    z.object({
      doc: Key(64),
      state: z.unknown().refine((state) => sizeOf(state) <= AWARENESS_BYTES, "must be at most 4 KB of JSON"),
      connectionId: Key().optional(),
    }),
  async ({ doc, state = null, connectionId }) => {
    await allow(doc)
    const frame = { type: "doc.awareness", doc, user: useUser().userId, state }
    await FanOut.publish({ topic: doc, frame, except: connectionId, ephemeral: true })
    return {}
  },
)
