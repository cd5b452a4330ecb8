import { IS_NEW } from "../dynamo/index.ts"
import { now } from "../clock.ts"
import { outOfOrder } from "./errors.ts"
import { getAll, update } from "./store.ts"
import { type Head, type Lane, laneEnd, laneKey, laneNumber } from "./table.ts"

/*
 * A connection may number its messages to a room, so that two of them never change places however their invocations run. How far its numbers are is
 * noted before the head lets go of them, and never goes back: whoever wants to be the n-th finds n - 1 there or in the head.
 */

/** Notes that a connection's messages up to this one are stored. */
export async function note(room: string, userId: string, lane: Lane, at: number): Promise<void> {
  await update({
    Key: laneKey(room, userId, lane),
    UpdateExpression: "SET n = :n, #ttl = :ttl",
    ConditionExpression: `${IS_NEW} OR n < :n`,
    ExpressionAttributeNames: { "#ttl": "ttl" },
    ExpressionAttributeValues: { ":n": lane.n, ":ttl": laneEnd(at) },
  })
}

/** The number of the last message that a connection sent to a room: in the head, or as it is noted. */
async function lastOf(head: Head, userId: string, lane: Lane): Promise<number> {
  const [noted] = await getAll([laneKey(head.id, userId, lane)])
  const inTail = head.tail.flatMap((each) => (each.lane?.connectionId === lane.connectionId ? [each.lane.n] : []))
  return Math.max(laneNumber(noted), ...inTail)
}

/** Throws `conflict.order` unless this is the connection's next message. `head` was read before this is asked. */
export async function mustBeNext(head: Head, userId: string, lane: Lane): Promise<void> {
  const expected = (await lastOf(head, userId, lane)) + 1
  if (lane.n !== expected) throw outOfOrder(expected)
}

/** Notes a message that was stored before, and now came again over another connection, as that connection's next. */
export async function take(head: Head, userId: string, lane: Lane): Promise<void> {
  await mustBeNext(head, userId, lane)
  await note(head.id, userId, lane, now())
}
