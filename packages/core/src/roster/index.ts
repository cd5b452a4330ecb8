import * as z from "zod"
import { now } from "../clock.ts"
import { fn } from "../fn.ts"
import * as table from "./table.ts"

const Topic = z.string().min(1)
const Ref = z.object({ topic: Topic, connectionId: z.string() })

/** Adds a connection to those that listen to a topic. Safe to repeat. `joined`: it is the first connection of this person there. */
export const join = fn(Ref.extend({ userId: z.string() }), async ({ topic, ...listener }) => {
  await table.put(topic, listener)
  const others = (await table.all(topic)).filter((each) => each.connectionId !== listener.connectionId)
  return { version: now(), joined: !others.some(({ userId }) => userId === listener.userId) }
})

/** Takes a connection off a topic. Safe to repeat. `left`: it was the last connection of this person there. */
export const leave = fn(Ref, async ({ topic, connectionId }) => {
  const gone = await table.remove(topic, connectionId)
  return { left: gone !== undefined && !(await table.all(topic)).some(({ userId }) => userId === gone.userId) }
})

/** Everybody who listens to a topic, each person once. */
export const present = fn(z.object({ topic: Topic }), async ({ topic }) => {
  const people = new Set((await table.all(topic)).map(({ userId }) => userId))
  return [...people].map((userId) => ({ userId }))
})

/** Every connection that listens to a topic. */
export const connections = fn(z.object({ topic: Topic }), async ({ topic }) =>
  (await table.all(topic)).map(({ connectionId }) => connectionId),
)
