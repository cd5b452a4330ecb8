import * as z from "zod"
import { useUser } from "../actor.ts"
import { fn } from "../fn.ts"
import * as Roster from "../roster/index.ts"
import { RoomRef } from "./log.ts"
import { asMember, isActive } from "./read.ts"
import { getAll } from "./store.ts"
import { Member, memberKey, type Person, personOf } from "./table.ts"
import { Key } from "../text.ts"

/** Of a larger call so many are named: one read, and a part of the answer to a join. */
const MOST_NAMED = 100

/** Who is in a room's call, each person once, in the order of their ids. Who was removed from the room is not named. */
export async function inCall(room: string): Promise<Person[]> {
  const present = await Roster.present({ topic: Roster.callOf(room) })
  const ids = present.map(({ userId }) => userId).sort()
  const rows = await getAll(ids.slice(0, MOST_NAMED).map((id) => memberKey(room, id)))
  return rows.flatMap((row) => {
    const member = row && Member.parse(row)
    return isActive(member) ? [personOf(member)] : []
  })
}

/**
 * Says that a connection is in its room's call, or not any more. It is the person's own word, for others to see; whom LiveKit lets in and hears is
 * another matter. Safe to repeat, and to be told again however often it is: a repeat may come from somebody whose first try ended half way.
 * `isIn`: this person is in the call now, over this connection or another.
 */
export const call = fn(
  () => RoomRef.extend({ on: z.boolean(), connectionId: Key() }),
  async ({ room, on, connectionId }) => {
    const { userId } = useUser()
    const ref = { topic: Roster.callOf(room), connectionId, userId }
    if (!on) {
      await Roster.leave(ref)
      const { member } = await asMember(room, userId)
      const others = await Roster.present({ topic: Roster.callOf(room) })
      return { room, user: personOf(member), isIn: others.some((each) => each.userId === userId) }
    }
    const { member } = await asMember(room, userId)
    // The room's roster first: who reads it later looks for the call, whatever becomes of this.
    await Roster.noteCall({ topic: room })
    await Roster.join(ref)
    // Who was removed in this moment is taken off again.
    await asMember(room, userId).catch(async (error: unknown) => {
      await Roster.leave(ref)
      throw error
    })
    return { room, user: personOf(member), isIn: true }
  },
)
