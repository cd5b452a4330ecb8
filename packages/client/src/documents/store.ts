import { fromBase64, toBase64 } from "./base64.ts"

export type EditStore = Pick<Storage, "getItem" | "setItem" | "removeItem">

const keyOf = (id: string) => `backline.doc.${id}`

/** Edits of a document that were not acknowledged before a reload. */
export function readEdits(store: EditStore, id: string): Uint8Array | undefined {
  try {
    const kept = store.getItem(keyOf(id))
    return kept === null ? undefined : fromBase64(kept)
  } catch {
    return undefined
  }
}

/** A full store loses the copy, not the edits: they are in memory too. */
export function writeEdits(store: EditStore, id: string, edits: Uint8Array | undefined): void {
  try {
    if (edits) store.setItem(keyOf(id), toBase64(edits))
    else store.removeItem(keyOf(id))
  } catch {
    store.removeItem(keyOf(id))
  }
}
