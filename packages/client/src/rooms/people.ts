import type { Member } from "../wire.ts"
import type { PresenceFrame } from "./frames.ts"
import { createTyping } from "./typing.ts"

/** Who belongs to a room, who is there, who types, and up to where each has read. */
export function createPeople({ say, changed }: { say(on: boolean): void; changed(): void }) {
  const members = new Map<string, Member>()
  const present = new Set<string>()
  const reads = new Map<string, number>()
  const typing = createTyping({ say, changed })

  return {
    typing,
    /** The whole list, as an ack of a join tells it. */
    here(all: readonly Member[]): void {
      members.clear()
      present.clear()
      for (const member of all) {
        members.set(member.id, member)
        if (member.present ?? true) present.add(member.id)
        if (member.read !== undefined) reads.set(member.id, Math.max(reads.get(member.id) ?? 0, member.read))
      }
    },
    presence({ joined, left }: Pick<PresenceFrame, "joined" | "left">): void {
      for (const person of joined) {
        members.set(person.id, { ...members.get(person.id), ...person })
        present.add(person.id)
      }
      for (const { id, seenAt } of left) {
        const member = members.get(id)
        if (member && seenAt !== undefined) members.set(id, { ...member, seenAt })
        present.delete(id)
        typing.forget(id)
      }
    },
    read(user: string, seq: number): void {
      reads.set(user, Math.max(reads.get(user) ?? 0, seq))
    },
    get: () => ({
      members: [...members.values()] as readonly Member[],
      present: new Set(present) as ReadonlySet<string>,
      typing: typing.people,
      reads: new Map(reads) as ReadonlyMap<string, number>,
    }),
  }
}
