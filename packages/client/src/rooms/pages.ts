import { toApiError } from "../error.ts"
import type { Client } from "../http.ts"
import { backOff } from "../socket/back-off.ts"
import type { RoomMessage } from "../wire.ts"
import { ASSISTANT_ID, type Answers } from "./answers.ts"
import { PAGE, type RoomLog, type SeqRange } from "./log.ts"

const ANSWER_TRIES = 4

interface Parts {
  id: string
  client: Pick<Client, "rooms">
  log: RoomLog
  answers: Answers
  random: () => number
  deliver(readable: readonly RoomMessage[]): void
}

/** Fetches what is not here of a range of a room's history, with the proof of the assistant's answers; resolves when it is. */
export function createPages({ id, client, log, answers, random, deliver }: Parts) {
  const loading = new Set<number>()

  async function loadPage(page: number): Promise<void> {
    if (loading.has(page)) return
    loading.add(page)
    const epoch = log.epoch
    try {
      const first = page * PAGE + 1
      const { items } = await client.rooms.messages(id, { before: Math.min(first + PAGE, log.head + 1), limit: PAGE })
      if (epoch !== log.epoch) return
      deliver(log.fill(page, items))
    } finally {
      loading.delete(page)
    }
  }

  /** Receipts are worth a few tries; whoever looks again later starts anew. */
  async function loadAnswer(run: string): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await answers.load(run)
      } catch (thrown) {
        if (tries === ANSWER_TRIES || toApiError(thrown).kind === "missing") throw thrown
        await new Promise((resolve) => setTimeout(resolve, backOff(tries, random)))
      }
    }
  }

  return async (range: SeqRange): Promise<void> => {
    await Promise.all(log.missing(range).map(loadPage))
    const held = Array.from({ length: range.to - range.from + 1 }, (_, n) => log.at(range.from + n))
    await Promise.all(held.flatMap((each) => (each?.user.id === ASSISTANT_ID ? loadAnswer(each.clientId) : [])))
  }
}
