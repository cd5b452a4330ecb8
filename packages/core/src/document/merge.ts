import * as Y from "yjs"
import { log } from "../logger.ts"

/** This file and validate.ts bring Yjs, a quarter of what a function with sockets loads: whoever needs them imports them in the call that does. */

/** No change at all, as Yjs writes it. */
const NOTHING = Uint8Array.of(0, 0)

/** One update of many, without building the document. */
export const merged = (updates: Uint8Array[]): Uint8Array =>
  updates.length === 0 ? NOTHING : updates.length === 1 ? updates[0]! : Y.mergeUpdates(updates)

/**
 * The state as one update, what was deleted reduced to its place. Where updates that were accepted cannot be integrated together they are merged as
 * bytes instead: larger, and nothing is lost.
 */
export function folded(updates: Uint8Array[]): Uint8Array {
  const document = new Y.Doc()
  try {
    document.transact(() => {
      for (const update of updates) Y.applyUpdate(document, update)
    })
    return Y.encodeStateAsUpdate(document)
  } catch (error) {
    log.error("document could not be folded", { error })
    return merged(updates)
  } finally {
    document.destroy()
  }
}

/** What a reader with this vector lacks of an update. */
export const lacking = (update: Uint8Array, vector: Uint8Array): Uint8Array => Y.diffUpdate(update, vector)

export const vectorOf = (update: Uint8Array): Uint8Array => Y.encodeStateVectorFromUpdate(update)

/**
 * The update that makes `now` look like `then`, whatever types are in it: on a replica that stands at `then`, everything that came later is applied as
 * one step, and that step is undone. Undefined where they look the same.
 */
export function wayBack(then: Uint8Array, now: Uint8Array): Uint8Array | undefined {
  const document = new Y.Doc()
  const later = Symbol("later")
  Y.applyUpdate(document, then)
  const undo = new Y.UndoManager(document, { trackedOrigins: new Set([later]), captureTimeout: Number.MAX_SAFE_INTEGER })
  Y.applyUpdate(document, now, later)
  const before = Y.encodeStateVector(document)
  const undone = undo.undo()
  const update = undone ? Y.encodeStateAsUpdate(document, before) : undefined
  document.destroy()
  return update
}
