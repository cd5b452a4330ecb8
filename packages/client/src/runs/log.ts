import type { RunEvent } from "../wire.ts"

/** Only the frame was too small for its rows; a receipt that lacks them in the log itself never gets any. */
const isBare = (event: RunEvent): boolean => event.kind === "receipt" && event.rowsOmitted === true

/**
 * A run's events in order, each once, from sources that repeat, drop and reorder them. `accept` gives what became readable:
 * new events up to the first gap, and receipts whose rows have now arrived.
 */
export function createRunLog() {
  const early = new Map<number, RunEvent>()
  /** Offsets of receipts that travelled without their rows. */
  const bare = new Set<number>()
  let offset = 0

  return {
    /** The last offset without a gap before it. */
    get offset(): number {
      return offset
    },
    /** Something later is here already: what lies between has to be fetched. */
    get gap(): boolean {
      return early.size > 0
    },
    /** Lowest offset of a receipt that still lacks its rows. */
    get firstBare(): number | undefined {
      return bare.size ? Math.min(...bare) : undefined
    },
    /** These receipts will not get rows (the log says so too); stop asking. */
    forgetBare(): void {
      bare.clear()
    },
    accept(events: readonly RunEvent[]): RunEvent[] {
      const readable: RunEvent[] = []
      for (const event of events) {
        if (event.offset > offset) {
          if (!early.has(event.offset) || !isBare(event)) early.set(event.offset, event)
        } else if (bare.has(event.offset) && !isBare(event)) {
          bare.delete(event.offset)
          readable.push(event)
        }
      }
      for (let next = early.get(offset + 1); next; next = early.get(offset + 1)) {
        early.delete(++offset)
        if (isBare(next)) bare.add(offset)
        readable.push(next)
      }
      return readable
    },
  }
}
