import { IS_THERE } from "../dynamo/index.ts"
import type { Departure } from "../connection/departure.ts"
import { IdOf } from "../id.ts"
import { inParallel } from "../parallel.ts"
import { update } from "./store.ts"
import { memberKey } from "./table.ts"

const PARALLEL = 16

/** Notes when a person was last here. A mark never moves back; nobody becomes a member by it. Safe to repeat. */
export async function noteSeen(room: string, userId: string, at: number): Promise<void> {
  await update({
    Key: memberKey(room, userId),
    UpdateExpression: "SET seenAt = :at",
    ConditionExpression: `${IS_THERE} AND #role <> :banned AND (attribute_not_exists(seenAt) OR seenAt < :at)`,
    ExpressionAttributeNames: { "#role": "role" },
    ExpressionAttributeValues: { ":at": at, ":banned": "banned" },
  })
}

/**
 * Notes when people who were lost were last in their rooms; topics that are no rooms keep no such thing. Before the others are told, which happens once:
 * if this dies, the whole comes again. Who is back by then has a mark too, which is when they were gone.
 */
export const noteLost = (departures: readonly Departure[]): Promise<void> =>
  inParallel(
    departures.filter(({ topic }) => IdOf("room").safeParse(topic).success),
    PARALLEL,
    ({ topic, userId, at }) => noteSeen(topic, userId, at),
  )
