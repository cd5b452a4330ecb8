import * as z from "zod"
import { useUser } from "../actor.ts"
import { cursorOf } from "../dynamo/index.ts"
import * as FanOut from "../fan-out/index.ts"
import { fn } from "../fn.ts"
import * as Notice from "../notice/index.ts"
import * as Roster from "../roster/index.ts"
import { missing } from "./errors.ts"
import { RoomRef } from "./log.ts"
import { notAllowed, personAfter } from "./members.ts"
import { isActive, view } from "./read.ts"
import { getAll } from "./store.ts"
import { Member, memberKey } from "./table.ts"
import { Cursor } from "../text.ts"

/** Lets the owner of a room pass, and administrators. `missing.room` for who is not in it, `forbidden.room` for its other members. */
async function asKeeper(room: string): Promise<void> {
  const { userId, role } = useUser()
  const { head, member } = await view(room, userId)
  if (head && role === "admin") return
  if (!head || !isActive(member)) throw missing()
  if (member.role !== "owner") throw notAllowed()
}

/** Who listens to a room right now, each person once with how many connections, in the order of their ids. For its owner and administrators. */
export const listeners = fn(
  () => RoomRef.extend({ cursor: Cursor.optional(), limit: z.coerce.number().int().min(1).max(100).default(25) }),
  async ({ room, cursor, limit }) => {
    await asKeeper(room)
    const connections = await Roster.connectionsOf({ topic: room })
    const after = personAfter(cursor) ?? ""
    const people = [...connections.keys()].filter((id) => id > after).sort()
    const page = people.slice(0, limit)
    const rows = await getAll(page.map((id) => memberKey(room, id)))
    return {
      items: page.map((id, index) => {
        /** Who was removed in this moment is still on the roster. */
        const { name, number } = rows[index] ? Member.parse(rows[index]) : { name: "Guest", number: 0 }
        return { id, name, number, connections: connections.get(id)! }
      }),
      ...(people.length > limit && { next: cursorOf(page.at(-1)!) }),
    }
  },
)

/** Says something to everybody who listens to a room, which is no message of its log. For its owner and administrators. */
export const announce = fn(
  () => RoomRef.extend(Notice.Draft.shape),
  async ({ room, ...draft }) => {
    await asKeeper(room)
    const notice = await Notice.write(draft, room)
    await FanOut.publish({ topic: room, frame: { type: "notice", code: "room.notice", room, ...notice } })
    return { id: notice.id, at: notice.at }
  },
)
