import type { RoomMessage } from "@backline/client"
import type { Person } from "./person.ts"
import type { Scene } from "./scenes.ts"

/** Pages of a list that are looked through: more than a person has rooms. */
const MOST_PAGES = 20

type Page<T> = { items: T[]; next?: string | null }

/** The first of a paged list that fits. */
export async function found<T>(page: (cursor?: string) => Promise<Page<T>>, fits: (item: T) => boolean): Promise<T | undefined> {
  let cursor: string | undefined
  for (let n = 0; n < MOST_PAGES; n++) {
    const { items, next } = await page(cursor)
    const item = items.find(fits)
    if (item || !next) return item
    cursor = next
  }
  return undefined
}

/** Every message of ours that the room has already, by client id: receipts of a message end, its row does not. */
async function said({ client }: Person, room: string): Promise<Map<string, RoomMessage>> {
  const known = new Map<string, RoomMessage>()
  let before: number | undefined
  for (let n = 0; n < MOST_PAGES; n++) {
    const { items } = await client.rooms.messages(room, { limit: 100, before })
    for (const message of items) known.set(message.clientId, message)
    before = items[0]?.seq
    if (before === undefined || before <= 1) break
  }
  return known
}

/** The scene's room, with everybody in it. */
async function roomOf(name: string, people: readonly Person[], ids: readonly string[]): Promise<string> {
  const [host, ...guests] = people
  const there = await found(
    (cursor) => host!.client.rooms.list({ cursor, limit: 50 }),
    (each) => each.name === name,
  )
  if (!there) return (await host!.client.rooms.create({ name, visibility: "public", members: ids.slice(1) })).id
  for (const { client } of guests) await client.rooms.addMember(there.id)
  return there.id
}

/** Plays a scene to its end, from wherever an earlier start was cut short. */
export async function play({ key, name, lines }: Scene, people: readonly Person[], ids: readonly string[]): Promise<void> {
  const room = await roomOf(name, people, ids)
  const known = await said(people[0]!, room)
  for (const [index, { who, text, reaction }] of lines.entries()) {
    const clientId = `simulated-${key}-${index + 1}`
    const seq = known.get(clientId)?.seq ?? (await people[who]!.socket.request("room.send", { room, text, clientId })).seq
    if (reaction) await people[reaction.who]!.socket.request("room.react", { room, seq, emoji: reaction.emoji, on: true })
  }
}
