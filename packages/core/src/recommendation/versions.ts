import {
  DeleteCommand,
  everyOf,
  GetCommand,
  type Item,
  type Key,
  keyOf,
  PutCommand,
  queryPages,
  unlessRefused,
  UpdateCommand,
  writeAll,
} from "../dynamo/index.ts"
import { dynamo } from "../aws.ts"
import { config } from "../config.ts"
import { Current, CURRENT, KINDS, partition, TURN } from "./table.ts"

const target = () => config("RECOMMENDATION_TABLE")

/** The version that serves, or undefined before the first training. */
export async function current(): Promise<Current | undefined> {
  const { Item } = await dynamo().send(new GetCommand({ TableName: target(), Key: CURRENT, ConsistentRead: true }))
  return Item && Current.parse(Item)
}

/** One training at a time, `forMs` at most: a second one would do the same work to lose at the end. */
export async function takeTurn(now: number, forMs: number): Promise<boolean> {
  const taken = await unlessRefused(
    dynamo().send(
      new UpdateCommand({
        TableName: target(),
        Key: TURN,
        UpdateExpression: "SET #until = :until",
        ConditionExpression: "attribute_not_exists(#until) OR #until <= :now",
        ExpressionAttributeNames: { "#until": "until" },
        ExpressionAttributeValues: { ":until": now + forMs, ":now": now },
      }),
    ),
  )
  return taken !== undefined
}

export async function endTurn(until: number): Promise<void> {
  await unlessRefused(
    dynamo().send(
      new DeleteCommand({
        TableName: target(),
        Key: TURN,
        ConditionExpression: "#until = :until",
        ExpressionAttributeNames: { "#until": "until" },
        ExpressionAttributeValues: { ":until": until },
      }),
    ),
  )
}

/** Writes the rows of a version that nobody reads yet. */
export const writeRows = (items: readonly Item[]): Promise<void> =>
  writeAll(
    target(),
    items.map((Item) => ({ PutRequest: { Item } })),
  )

/** Makes a version the one that serves, unless another training was first. One write: there is no moment between two versions. */
export async function switchTo(next: Current, before: Current | undefined): Promise<boolean> {
  const switched = await unlessRefused(
    dynamo().send(
      new PutCommand({
        TableName: target(),
        Item: { ...CURRENT, ...next },
        ConditionExpression: before ? "#version = :before" : "attribute_not_exists(#version)",
        ExpressionAttributeNames: { "#version": "version" },
        ExpressionAttributeValues: before ? { ":before": before.version } : undefined,
      }),
    ),
  )
  return switched !== undefined
}

/** All rows of one kind of a version. */
export const rowsOf = (kind: (typeof KINDS)[number], version: string): AsyncGenerator<Item[]> =>
  queryPages({ TableName: target(), ...everyOf(partition(kind, version)) })

/** Deletes what a version wrote. What is left where this dies goes by its `ttl`. */
export async function forget(version: string): Promise<void> {
  for (const kind of KINDS)
    for await (const items of rowsOf(kind, version))
      await writeAll(
        target(),
        items.map((item) => ({ DeleteRequest: { Key: keyOf(item as unknown as Key) } })),
      )
}
