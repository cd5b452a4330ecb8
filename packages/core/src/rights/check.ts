import { findAll } from "../document/rights.ts"
import { IdOf } from "../id.ts"
import * as Roster from "../roster/index.ts"
import { isActive } from "../room/read.ts"
import { getAll } from "../room/store.ts"
import { Member, memberKey } from "../room/table.ts"
import type { Place } from "./silence.ts"

const isRoom = (id: string): boolean => IdOf("room").safeParse(id).success
const isDocument = (id: string): boolean => IdOf("document").safeParse(id).success

interface Membership {
  room: string
  userId: string
}
const textOf = ({ room, userId }: Membership): string => `${room} ${userId}`

/** Those of these that there are, as `textOf` has them. */
async function active(asked: readonly Membership[], isConsistent: boolean): Promise<Set<string>> {
  const each = [...new Map(asked.map((one) => [textOf(one), one])).values()]
  const found = new Set<string>()
  const rows = await getAll(
    each.map(({ room, userId }) => memberKey(room, userId)),
    isConsistent,
  )
  for (const [index, row] of rows.entries()) if (row && isActive(Member.parse(row))) found.add(textOf(each[index]!))
  return found
}

/**
 * Those whose person may not listen there: to a room or its call without being in the room, to a document without being its owner, its member, or in its
 * room. Topics that are none of these nobody has a right to, and nobody loses one.
 */
export async function withoutRight(places: readonly Place[], isConsistent: boolean): Promise<Place[]> {
  const documents = [...new Set(places.map(({ topic }) => topic).filter(isDocument))]
  const heads = documents.length > 0 ? await findAll(documents, isConsistent) : new Map()
  /** The room that decides; nothing where none does. */
  const byRoom = new Map<Place, Membership>()
  const out = new Set<Place>()
  for (const place of places) {
    const { topic, userId } = place
    if (isDocument(topic)) {
      const head = heads.get(topic)
      if (head && (head.owner === userId || head.members.includes(userId))) continue
      if (head?.room === undefined) out.add(place)
      else byRoom.set(place, { room: head.room, userId })
    } else {
      const room = Roster.roomOfCall(topic) ?? topic
      if (isRoom(room)) byRoom.set(place, { room, userId })
    }
  }
  const members = await active([...byRoom.values()], isConsistent)
  for (const [place, membership] of byRoom) if (!members.has(textOf(membership))) out.add(place)
  return [...out]
}
