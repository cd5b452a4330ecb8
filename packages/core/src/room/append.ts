import { update } from "./store.ts"
import { clientMark, Head, headKey, laneMark, marksOf, type Stored, weightOf } from "./table.ts"

/** Messages, and bytes of text, that the head may hold. An item has at most 400 KB. */
const MOST = 64
const MOST_WEIGHT = 160_000

/** How far a head had let go of its messages. */
export type Seen = Pick<Head, "epoch" | "paged">

export interface Append {
  room: string
  message: Stored
  /** The head as it was before the receipt was looked for. */
  seen: Seen
  /** This connection's message before this one was found noted. */
  previousSent: boolean
}

/** Gives a message the next seq and stores it, in one write; the head as it is then, or undefined where a condition refused. */
export async function append({ room, message, seen, previousSent }: Append): Promise<Head | undefined> {
  const { lane, user, clientId } = message
  const followsInHead = lane !== undefined && lane.n > 1 && !previousSent
  const head = await update({
    Key: headKey(room),
    UpdateExpression:
      "SET #seq = #seq + :one, #tail = list_append(#tail, :message), #weight = #weight + :weight, #recent = list_append(#recent, :marks)",
    ConditionExpression: [
      "epoch = :epoch",
      "settled <= :seen",
      "size(#tail) < :most",
      "#weight < :mostWeight",
      "NOT contains(#recent, :mark)",
      ...(lane ? ["NOT contains(#recent, :lane)"] : []),
      ...(followsInHead ? ["contains(#recent, :previous)"] : []),
    ].join(" AND "),
    ExpressionAttributeNames: { "#seq": "seq", "#tail": "tail", "#weight": "weight", "#recent": "recent" },
    ExpressionAttributeValues: {
      ":one": 1,
      ":message": [message],
      ":weight": weightOf(message),
      ":marks": marksOf(message),
      ":epoch": seen.epoch,
      ":seen": seen.paged,
      ":most": MOST,
      ":mostWeight": MOST_WEIGHT,
      ":mark": clientMark(user.id, clientId),
      ...(lane && { ":lane": laneMark(lane) }),
      ...(followsInHead && { ":previous": laneMark({ ...lane, n: lane.n - 1 }) }),
    },
    ReturnValues: "ALL_NEW",
  })
  return head && Head.parse(head)
}

export const isFull = ({ tail, weight }: Head): boolean => tail.length >= MOST || weight >= MOST_WEIGHT
