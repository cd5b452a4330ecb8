import { setTimeout as pause } from "node:timers/promises"
import { BatchWriteCommand, DeleteCommand, GetCommand, PutCommand, QueryCommand, UpdateCommand } from "../dynamo/index.ts"
import { dynamo } from "../aws.ts"
import { config } from "../config.ts"
import { inParallel } from "../parallel.ts"
import { Current, CURRENT, KINDS, partition, TURN } from "./table.ts"

type Item = Record<string, unknown>
type Request = { PutRequest: { Item: Item } } | { DeleteRequest: { Key: Item } }

const BATCH = 25
const LANES = 4
const MOST_ATTEMPTS = 8

const target = () => config("RECOMMENDATION_TABLE")
const failedCondition = (error: unknown): boolean => error instanceof Error && error.name === "ConditionalCheckFailedException"

/** The version that serves, or undefined before the first training. */
export async function current(): Promise<Current | undefined> {
  const { Item } = await dynamo().send(new GetCommand({ TableName: target(), Key: CURRENT, ConsistentRead: true }))
  return Item && Current.parse(Item)
}

/** One training at a time, `forMs` at most: a second one would do the same work to lose at the end. */
export async function takeTurn(now: number, forMs: number): Promise<boolean> {
  try {
    await dynamo().send(
      new UpdateCommand({
        TableName: target(),
        Key: TURN,
        UpdateExpression: "SET #until = :until",
        ConditionExpression: "attribute_not_exists(#until) OR #until <= :now",
        ExpressionAttributeNames: { "#until": "until" },
        ExpressionAttributeValues: { ":until": now + forMs, ":now": now },
      }),
    )
    return true
  } catch (error) {
    if (failedCondition(error)) return false
    throw error
  }
}

export async function endTurn(until: number): Promise<void> {
  try {
    await dynamo().send(
      new DeleteCommand({
        TableName: target(),
        Key: TURN,
        ConditionExpression: "#until = :until",
        ExpressionAttributeNames: { "#until": "until" },
        ExpressionAttributeValues: { ":until": until },
      }),
    )
  } catch (error) {
    if (!failedCondition(error)) throw error
  }
}

async function send(requests: Request[]): Promise<void> {
  let left: Request[] = requests
  for (let attempt = 0; left.length > 0; attempt++) {
    if (attempt === MOST_ATTEMPTS) throw new Error(`${left.length} rows were not taken in ${MOST_ATTEMPTS} attempts.`)
    if (attempt > 0) await pause(Math.random() * Math.min(2_000, 50 * 2 ** attempt))
    const { UnprocessedItems } = await dynamo().send(new BatchWriteCommand({ RequestItems: { [target()]: left } }))
    left = (UnprocessedItems?.[target()] ?? []) as Request[]
  }
}

async function sendAll(requests: readonly Request[]): Promise<void> {
  const batches: Request[][] = []
  for (let at = 0; at < requests.length; at += BATCH) batches.push(requests.slice(at, at + BATCH))
  await inParallel(batches, LANES, send)
}

/** Writes the rows of a version that nobody reads yet. */
export const writeRows = (items: readonly Item[]): Promise<void> => sendAll(items.map((Item) => ({ PutRequest: { Item } })))

/** Makes a version the one that serves, unless another training was first. One write: there is no moment between two versions. */
export async function switchTo(next: Current, before: Current | undefined): Promise<boolean> {
  try {
    await dynamo().send(
      new PutCommand({
        TableName: target(),
        Item: { ...CURRENT, ...next },
        ConditionExpression: before ? "#version = :before" : "attribute_not_exists(#version)",
        ExpressionAttributeNames: { "#version": "version" },
        ExpressionAttributeValues: before ? { ":before": before.version } : undefined,
      }),
    )
    return true
  } catch (error) {
    if (failedCondition(error)) return false
    throw error
  }
}

/** All rows of one kind of a version. */
export async function* rowsOf(kind: (typeof KINDS)[number], version: string): AsyncGenerator<Item[]> {
  let ExclusiveStartKey: Item | undefined
  do {
    const { Items = [], LastEvaluatedKey } = await dynamo().send(
      new QueryCommand({
        TableName: target(),
        KeyConditionExpression: "pk = :pk",
        ExpressionAttributeValues: { ":pk": partition(kind, version) },
        ExclusiveStartKey,
      }),
    )
    yield Items
    ExclusiveStartKey = LastEvaluatedKey
  } while (ExclusiveStartKey)
}

/** Deletes what a version wrote. What is left where this dies goes by its `ttl`. */
export async function forget(version: string): Promise<void> {
  for (const kind of KINDS)
    for await (const items of rowsOf(kind, version))
      await sendAll(items.map(({ pk, sk }) => ({ DeleteRequest: { Key: { pk, sk } } })))
}
