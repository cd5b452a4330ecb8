import { AppError } from "../error.ts"
import { pause } from "../pause.ts"

const ATTEMPTS = 6
const FIRST_PAUSE_MS = 50

const unanswered = () =>
  new AppError("unavailable", "unavailable.table", "The table takes no more right now. Ask again in a moment.", {
    retryAfterMs: 500,
  })

/** Calls `send` with at most `size` of these at once. It gives what DynamoDB left undone, which is sent again, as the SDK does not; `busy` is thrown in the end. */
export async function inBatches<T>(
  all: readonly T[],
  size: number,
  send: (some: T[]) => Promise<T[] | undefined>,
  busy: () => Error = unanswered,
): Promise<void> {
  for (let from = 0; from < all.length; from += size) {
    let left = all.slice(from, from + size)
    for (let attempt = 1; left.length > 0; attempt++) {
      if (attempt > ATTEMPTS) throw busy()
      if (attempt > 1) await pause(attempt - 1, FIRST_PAUSE_MS)
      left = (await send(left)) ?? []
    }
  }
}
