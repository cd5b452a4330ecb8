import type { Person } from "../wire.ts"
import type { CallFrame } from "./frames.ts"

/** A word that did not get through is said again, while it is still true. */
const AGAIN_MS = 3_000

/** Who is in a room's call, and whether this client is. */
export function createCall({ say, changed }: { say(on: boolean): Promise<unknown>; changed(): void }) {
  let people: readonly Person[] = []
  let isIn = false
  let timer: ReturnType<typeof setTimeout> | undefined

  function tell(): void {
    clearTimeout(timer)
    if (!isIn) return
    say(true).catch(() => {
      clearTimeout(timer)
      timer = setTimeout(tell, AGAIN_MS)
    })
  }

  return {
    /** In the order they came, as far as this client saw. */
    get people(): readonly Person[] {
      return people
    },
    /** All of them, as an ack of a join tells; this connection's own word is its successor's too. */
    here(all: readonly Person[]): void {
      people = all
      tell()
    },
    heard({ joined, left }: Pick<CallFrame, "joined" | "left">): void {
      const staying = people.filter(({ id }) => !left.some((each) => each.id === id))
      people = [...staying, ...joined.filter(({ id }) => !staying.some((each) => each.id === id))]
      changed()
    },
    enter(): boolean {
      if (isIn) return false
      isIn = true
      tell()
      return true
    },
    /** Where the word is lost it ends with the connection. */
    leave(): boolean {
      clearTimeout(timer)
      if (!isIn) return false
      isIn = false
      say(false).catch(() => undefined)
      return true
    },
  }
}
