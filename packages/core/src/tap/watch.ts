import { createContext } from "../context.ts"
import { log } from "../logger.ts"
import type { Line } from "./line.ts"
import { live, refresh } from "./live.ts"
import { tell } from "./tell.ts"

/** What happened, for whom it counts, and its line, which is made only where a tap wants it. */
interface Note {
  topics: readonly string[]
  user: string | undefined
  line(): Line | Promise<Line>
}

const context = createContext<{ notes: Note[]; user?: string }>("tap notes", () => ({ notes: [] }))

/** Notes what happened in a topic, or to the sockets of a person; without `user` it is put down to whose frame this is. Costs nothing outside of `watched`. */
export function note({ topics = [], user }: { topics?: readonly string[]; user?: string }, line: Note["line"]): void {
  const { notes, user: own } = context.use()
  notes.push({ topics, user: user ?? own, line })
}

async function tellAll(notes: readonly Note[]): Promise<void> {
  await Promise.all(
    live().map(async (tap) => {
      const wanted = notes.filter(({ topics, user }) => (tap.room === undefined ? user === tap.user : topics.includes(tap.room)))
      if (wanted.length > 0) await tell(tap, await Promise.all(wanted.map(async ({ line }) => line())))
    }),
  )
}

/**
 * Does `run`; then tells the live taps what was noted in it, together. While nobody taps it costs one read of half a unit every ten seconds for each
 * function environment, beside `run`, not before it. Nothing of it fails `run`.
 */
export async function watched<R>(run: () => Promise<R>, user?: string): Promise<R> {
  const notes: Note[] = []
  const fresh = refresh()
  try {
    return await context.with({ notes, user }, run)
  } finally {
    await fresh
    await tellAll(notes).catch((error: unknown) => log.warn("taps were not told", { error }))
  }
}
