import { postToUser } from "../connection/post.ts"
import * as FanOut from "../fan-out/index.ts"
import { roomOfCall } from "../roster/call.ts"
import * as Roster from "../roster/index.ts"

/** Somebody on a roster, over however many connections. */
export interface Place {
  topic: string
  userId: string
}

/** Takes every connection of a person off a topic, and says so to those who stay and to the one who goes. Nothing is said where there was none. */
export async function silence({ topic, userId }: Place): Promise<void> {
  if ((await Roster.evict({ topic, userId })).length === 0) return
  const gone = { joined: [], left: [{ id: userId }] }
  const room = roomOfCall(topic)
  if (room !== undefined) return FanOut.publish({ topic: room, frame: { type: "call", room, ...gone }, ephemeral: true })
  const name = topic.startsWith("doc_") ? "doc" : "room"
  await FanOut.publish({ topic, frame: { type: "presence", [name]: topic, ...gone }, ephemeral: true })
  await postToUser(userId, { type: "notice", code: `${name}.removed`, [name]: topic })
}
