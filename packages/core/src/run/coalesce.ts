/** Above this many characters waiting, a piece goes out whatever the clock says; a frame must stay below 32 KB, and a control character takes six bytes of it. */
const MAX_PIECE = 5_000

export interface CoalesceOptions {
  /** Milliseconds between two pieces: 60 makes about 28 frames of a 500-token answer, and no eye sees the difference. */
  everyMs?: number
}

/**
 * Gathers text deltas. The first goes out at once, the rest at most every `everyMs`; pieces are handed to `flush` one after the other.
 * `drain` sends what is left and waits for it; `failed` rejects as soon as a flush failed, so that the producer can stop.
 */
export function coalesce(flush: (text: string) => Promise<void>, { everyMs = 60 }: CoalesceOptions = {}) {
  let waiting = ""
  let timer: ReturnType<typeof setTimeout> | undefined
  let lastAt = Number.NEGATIVE_INFINITY
  let chain: Promise<void> = Promise.resolve()
  let queued = false
  let error: { thrown: unknown } | undefined
  let isLast = false

  async function send(): Promise<void> {
    queued = false
    if (waiting === "" || error) return
    // Never between the two halves of a surrogate pair, of which the second may still come: each piece is stored and sent as UTF-8 of its own.
    let end = Math.min(waiting.length, MAX_PIECE)
    if (!(isLast && end === waiting.length) && waiting.charCodeAt(end - 1) >> 10 === 0x36) end -= 1
    if (end === 0) return
    const piece = waiting.slice(0, end)
    waiting = waiting.slice(end)
    lastAt = performance.now()
    try {
      await flush(piece)
    } catch (thrown) {
      error = { thrown }
    }
    if (waiting.length >= MAX_PIECE) await send()
  }

  function enqueue(): void {
    clearTimeout(timer)
    timer = undefined
    if (queued) return
    queued = true
    chain = chain.then(send)
  }

  return {
    push(text: string): void {
      if (error) throw error.thrown
      waiting += text
      const due = lastAt + everyMs - performance.now()
      if (due <= 0 || waiting.length >= MAX_PIECE) enqueue()
      else timer ??= setTimeout(enqueue, due)
    },
    async drain(): Promise<void> {
      isLast = true
      do {
        enqueue()
        await chain
      } while (waiting !== "" && !error)
      clearTimeout(timer)
      timer = undefined
      isLast = false
      if (error) throw error.thrown
    },
  }
}
