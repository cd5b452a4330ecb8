/** How far a document's log was heard without a gap; its updates may come in any order, more than once. */
export function createPosition() {
  let reached = 0
  let known = 0
  const early = new Set<number>()

  function advance(): void {
    while (early.delete(reached + 1)) reached++
    for (const seq of early) if (seq <= reached) early.delete(seq)
  }

  return {
    get gap(): boolean {
      return known > reached
    },
    /** The update at this position was applied. */
    heard(seq: number): void {
      known = Math.max(known, seq)
      if (seq > reached) early.add(seq)
      advance()
    },
    /** The document has everything up to here. */
    reachedTo(seq: number): void {
      reached = Math.max(reached, seq)
      known = Math.max(known, seq)
      advance()
    },
    /** There is an update at this position, which was not applied. */
    heardOf(seq: number): void {
      known = Math.max(known, seq)
    },
  }
}
