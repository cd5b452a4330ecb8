import { PutCommand, QueryCommand } from "../dynamo/index.ts"
import { dynamo } from "../aws.ts"
import { now } from "../clock.ts"
import { config } from "../config.ts"
import { outOfOrder, tableError } from "./errors.ts"
import { type Head, type Lane, laneItem, laneNumber, laneSk, lanesOf } from "./table.ts"

/*
 * A connection may number its messages to a room, so that two of them never change places however their invocations run. The first and the
 * last number of each connection in every eight messages get a receipt: whoever wants to be the n-th asks for n and n - 1.
 */

/** The number of the last message that a connection sent to a room: in the head, or as its newest receipt says. */
async function lastOf(head: Head, userId: string, { connectionId }: Lane): Promise<number> {
  const { Items = [] } = await dynamo()
    .send(
      new QueryCommand({
        TableName: config("ROOM_TABLE"),
        KeyConditionExpression: "pk = :pk AND begins_with(sk, :lane)",
        ExpressionAttributeValues: { ":pk": lanesOf(head.id, userId), ":lane": laneSk(connectionId) },
        ConsistentRead: true,
        ScanIndexForward: false,
        Limit: 1,
      }),
    )
    .catch((error: unknown) => {
      throw tableError(error)
    })
  const inTail = head.tail.flatMap(({ lane }) => (lane?.connectionId === connectionId ? [lane.n] : []))
  return Math.max(0, ...Items.map(laneNumber), ...inTail)
}

/** Throws `conflict.order` unless this is the connection's next message. `head` was read before this is asked. */
export async function mustBeNext(head: Head, userId: string, lane: Lane): Promise<void> {
  const expected = (await lastOf(head, userId, lane)) + 1
  if (lane.n !== expected) throw outOfOrder(expected)
}

/** Notes a message that was stored before, and now came again over another connection, as that connection's next. */
export async function take(head: Head, userId: string, lane: Lane): Promise<void> {
  await mustBeNext(head, userId, lane)
  await dynamo()
    .send(new PutCommand({ TableName: config("ROOM_TABLE"), Item: laneItem(head.id, userId, lane, now()) }))
    .catch((error: unknown) => {
      throw tableError(error)
    })
}
