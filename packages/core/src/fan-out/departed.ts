import * as z from "zod"
import { Departure } from "../connection/departure.ts"
import { fn } from "../fn.ts"
import { inParallel } from "../parallel.ts"
import * as Roster from "../roster/index.ts"
import { publish } from "./publish.ts"

const PARALLEL = 16
/** A page of people fits any frame. */
const PEOPLE = 100

interface Left {
  id: string
  seenAt: number
}

/** Who hears that people left a topic, and how: of a call its room does. */
function frameOf(topic: string, left: Left[]) {
  const room = Roster.roomOfCall(topic)
  if (room !== undefined) return { topic: room, frame: { type: "call", room, joined: [], left: left.map(({ id }) => ({ id })) } }
  const name = topic.startsWith("doc_") ? "doc" : "room"
  return { topic, frame: { type: "presence", [name]: topic, joined: [], left } }
}

/** Tells each topic once who is still away, however often it is asked. */
export const departed = fn(
  () => z.array(Departure),
  async (departures): Promise<void> => {
    const gone = new Map<string, Left[]>()
    await inParallel(departures, PARALLEL, async ({ topic, userId, at }) => {
      if (await Roster.depart({ topic, userId })) gone.set(topic, [...(gone.get(topic) ?? []), { id: userId, seenAt: at }])
    })
    for (const [topic, people] of gone)
      for (let i = 0; i < people.length; i += PEOPLE)
        await publish({ ...frameOf(topic, people.slice(i, i + PEOPLE)), ephemeral: true })
  },
)
