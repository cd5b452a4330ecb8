import { AppError } from "../error.ts"
import { after } from "./log.ts"
import { find, missing } from "./rights.ts"
import * as store from "./store.ts"
import type { Entry, Head } from "./table.ts"

/** A compaction may take the log away under a reader; the head then names the snapshot that has it. */
const ATTEMPTS = 5

/** Updates in order, bodies fetched; undefined where one is gone. */
async function bodies(entries: readonly Entry[]): Promise<Uint8Array[] | undefined> {
  const found = await Promise.all(entries.map(async ({ update, body }) => update ?? store.get(body!)))
  return found.every((each) => each !== undefined) ? (found as Uint8Array[]) : undefined
}

/** Entries after a position without a gap, up to at least `upTo`; undefined where a compaction took some of them. */
export async function tail(id: string, seq: number, upTo: number): Promise<{ updates: Uint8Array[]; seq: number } | undefined> {
  const entries = await after(id, seq)
  if (seq + entries.length < upTo || entries.some((entry, index) => entry.seq !== seq + 1 + index)) return undefined
  const updates = await bodies(entries)
  return updates && { updates, seq: seq + entries.length }
}

export interface State {
  head: Head
  /** Snapshot first, then the log. */
  updates: Uint8Array[]
  /** Position that they reach; what is appended meanwhile may be in them already. */
  seq: number
}

/** Everything there is of a document: snapshot and log after it. */
export async function load(head: Head): Promise<State> {
  for (let attempt = 0, current: Head | undefined = head; attempt < ATTEMPTS; attempt++) {
    if (!current) throw missing()
    const { snapshotKey, snapshotSeq } = current
    const snapshot = snapshotKey === undefined ? undefined : await store.get(snapshotKey)
    const rest = snapshotKey !== undefined && !snapshot ? undefined : await tail(current.id, snapshotSeq, current.seq)
    if (rest) return { head: current, updates: snapshot ? [snapshot, ...rest.updates] : rest.updates, seq: rest.seq }
    current = await find(current.id)
  }
  throw new AppError("unavailable", "unavailable.document", "The document could not be read just now. Try again.", {
    retryAfterMs: 500,
  })
}
