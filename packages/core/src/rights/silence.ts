import { postToUser } from "../connection/post.ts"
import * as FanOut from "../fan-out/index.ts"
import * as Roster from "../roster/index.ts"

/** Somebody on a roster, over however many connections. */
export interface Place {
  topic: string
  userId: string
}

/** Takes every connection of a person off a topic; false where there was none. */
export const evict = async (place: Place): Promise<boolean> => (await Roster.evict(place)).length > 0

/** Tells those who stay and the one who goes that somebody was taken off a topic. */
export async function tell({ topic, userId }: Place): Promise<void> {
  const gone = { joined: [], left: [{ id: userId }] }
  const room = Roster.roomOfCall(topic)
  if (room !== undefined) return FanOut.publish({ topic: room, frame: { type: "call", room, ...gone }, ephemeral: true })
  const name = topic.startsWith("doc_") ? "doc" : "room"
  await FanOut.publish({ topic, frame: { type: "presence", [name]: topic, ...gone }, ephemeral: true })
  await postToUser(userId, { type: "notice", code: `${name}.removed`, [name]: topic })
}
