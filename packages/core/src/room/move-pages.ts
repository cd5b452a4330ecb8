import { setTimeout as pause } from "node:timers/promises"
import { BatchWriteCommand, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb"
import { dynamo } from "../aws.ts"
import { config } from "../config.ts"
import { busy, isRefusal, tableError } from "./errors.ts"
import { type Head, headKey, type Item, laneItem, marksOf, PAGE, placeOf, receiptItem, type Stored, weightOf } from "./table.ts"

/** A copy that is older than what lies there already, or the same, changes nothing. */
async function putPage(head: Head, first: number, messages: readonly Stored[]): Promise<void> {
  try {
    await dynamo().send(
      new PutCommand({
        TableName: config("ROOM_TABLE"),
        Item: { ...placeOf(head, first).key, messages, touched: head.touched },
        ConditionExpression: "attribute_not_exists(pk) OR touched < :touched",
        ExpressionAttributeValues: { ":touched": head.touched },
      }),
    )
  } catch (error) {
    if (!isRefusal(error)) throw tableError(error)
  }
}

/** A receipt of each message, and of the first and the last number of each connection. They never change: writing them again is nothing new. */
function receipts(head: Head, messages: readonly Stored[]): Item[] {
  const numbered = messages.filter(({ lane }) => lane)
  const byConnection = (each: Stored) => [each.lane!.connectionId, each] as const
  const last = new Map(numbered.map(byConnection))
  const first = new Map(numbered.toReversed().map(byConnection))
  const ends = new Set([...first.values(), ...last.values()])
  return [
    ...messages.map((message, index) => receiptItem(head, head.paged + 1 + index, message)),
    ...[...ends].map(({ user, lane, at }) => laneItem(head.id, user.id, lane!, at)),
  ]
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
const BATCH = 25
const ATTEMPTS = 5

async function putAll(items: readonly Item[]): Promise<void> {
  const TableName = config("ROOM_TABLE")
  for (let i = 0; i < items.length; i += BATCH) {
    let left = items.slice(i, i + BATCH).map((each) => ({ PutRequest: { Item: each } }))
    for (let attempt = 1; left.length > 0; attempt++) {
      if (attempt > ATTEMPTS) throw busy()
      if (attempt > 1) await pause(10 * 2 ** attempt * (0.5 + Math.random()))
      const { UnprocessedItems } = await dynamo()
        .send(new BatchWriteCommand({ RequestItems: { [TableName]: left } }))
        .catch((error: unknown) => {
          throw tableError(error)
        })
      left = (UnprocessedItems?.[TableName] ?? []) as typeof left
    }
  }
}

/**
 * Moves the full pages of a head into its log: pages and receipts first, then the head lets go, if it is still as it was seen. Of any number
 * of movers one wins; one that dies leaves copies that the next one finds right.
 */
export async function movePages(head: Head): Promise<void> {
  const count = Math.floor(head.tail.length / PAGE) * PAGE
  if (count === 0) return
  const moved = head.tail.slice(0, count)
  const pages = Array.from({ length: count / PAGE }, (_, n) => n * PAGE)
  await Promise.all([
    ...pages.map((start) => putPage(head, head.paged + 1 + start, moved.slice(start, start + PAGE))),
    putAll(receipts(head, moved)),
  ])
  const kept = new Set(head.tail.flatMap(marksOf))
  const settledMarks = [...head.recent].filter((mark) => !kept.has(mark))
  try {
    await dynamo().send(
      new UpdateCommand({
        TableName: config("ROOM_TABLE"),
        Key: headKey(head.id),
        UpdateExpression: [
          "SET settled = :paged, paged = :next, #weight = #weight - :weight",
          `REMOVE ${moved.map((_, index) => `#tail[${index}]`).join(", ")}`,
          ...(settledMarks.length > 0 ? ["DELETE #recent :settled"] : []),
        ].join(" "),
        ConditionExpression: "paged = :paged AND touched = :touched AND epoch = :epoch",
        ExpressionAttributeNames: {
          "#weight": "weight",
          "#tail": "tail",
          ...(settledMarks.length > 0 && { "#recent": "recent" }),
        },
        ExpressionAttributeValues: {
          ":paged": head.paged,
          ":next": head.paged + count,
          ":weight": moved.reduce((sum, each) => sum + weightOf(each), 0),
          ":touched": head.touched,
          ":epoch": head.epoch,
          ...(settledMarks.length > 0 && { ":settled": new Set(settledMarks) }),
        },
      }),
    )
  } catch (error) {
    if (!isRefusal(error)) throw tableError(error)
  }
}
