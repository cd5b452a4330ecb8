import type { Person } from "../wire.ts"
import type { PresenceFrame } from "./frames.ts"
import { createTyping } from "./typing.ts"

/** Who is in a room, who types, and up to where each has read. */
export function createPeople({ say, changed }: { say(on: boolean): void; changed(): void }) {
  const present = new Map<string, Person>()
  const reads = new Map<string, number>()
  const typing = createTyping({ say, changed })

  return {
    typing,
    /** The whole list, as an ack of a join tells it. */
    here(people: readonly Person[]): void {
      present.clear()
      for (const person of people) present.set(person.id, person)
    },
    presence({ joined, left }: Pick<PresenceFrame, "joined" | "left">): void {
      for (const person of joined) present.set(person.id, person)
      for (const { id } of left) {
        present.delete(id)
        typing.forget(id)
      }
    },
    read(user: string, seq: number): void {
      reads.set(user, Math.max(reads.get(user) ?? 0, seq))
    },
    get: () => ({ present: [...present.values()], typing: typing.people, reads: new Map(reads) as ReadonlyMap<string, number> }),
  }
}
