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
export const departed = fn(z.array(Departure), async (departures): Promise<void> => {
  const gone = new Map<string, string[]>()
  await inParallel(departures, PARALLEL, async ({ topic, userId }) => {
    if (await Roster.depart({ topic, userId })) gone.set(topic, [...(gone.get(topic) ?? []), userId])
  })
  for (const [topic, people] of gone)
    for (let i = 0; i < people.length; i += PEOPLE) {
      const left = people.slice(i, i + PEOPLE).map((id) => ({ id }))
      await publish({ topic, frame: { type: "presence", [nameOf(topic)]: topic, joined: [], left }, ephemeral: true })
    }
})
