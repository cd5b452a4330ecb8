import * as z from "zod"
import { Departure } from "../connection/departure.ts"
import { fn } from "../fn.ts"
import { inParallel } from "../parallel.ts"
import * as Roster from "../roster/index.ts"
import { publish } from "./publish.ts"

const PARALLEL = 16
/** A page of people fits any frame. */
const PEOPLE = 100

const nameOf = (topic: string): "doc" | "room" => (topic.startsWith("doc_") ? "doc" : "room")

/** Tells each topic once who is still away, however often it is asked. */
export const departed = fn(
  () => z.array(Departure),
  async (departures): Promise<void> => {
    const gone = new Map<string, { id: string; seenAt: number }[]>()
    await inParallel(departures, PARALLEL, async ({ topic, userId, at }) => {
      if (await Roster.depart({ topic, userId })) gone.set(topic, [...(gone.get(topic) ?? []), { id: userId, seenAt: at }])
    })
    for (const [topic, people] of gone)
      for (let i = 0; i < people.length; i += PEOPLE) {
        const left = people.slice(i, i + PEOPLE)
        await publish({ topic, frame: { type: "presence", [nameOf(topic)]: topic, joined: [], left }, ephemeral: true })
      }
  },
)
