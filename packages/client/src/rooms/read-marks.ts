const SAY_EVERY_MS = 1_000

/** How far this person has read. It only grows, and is told at most once a second. */
export function createReadMarks(say: (seq: number) => void) {
  let read = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  return {
    /** False where that was known. */
    to(seq: number): boolean {
      if (seq <= read) return false
      read = seq
      timer ??= setTimeout(() => {
        timer = undefined
        say(read)
      }, SAY_EVERY_MS)
      return true
    },
    stop(): void {
      clearTimeout(timer)
      timer = undefined
    },
  }
}
