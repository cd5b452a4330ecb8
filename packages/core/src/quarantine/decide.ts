import { GetCommand, PutCommand } from "../dynamo/index.ts"
import { dynamo } from "../aws.ts"
import { config } from "../config.ts"
import { failedConditions, transact } from "../run/transact.ts"
import { Decision, decisionKey, type Entry, entryKey } from "./table.ts"

export async function findDecision(entry: string, line: number): Promise<Decision | undefined> {
  const { Item } = await dynamo().send(
    new GetCommand({ TableName: config("INGEST_TABLE"), Key: decisionKey(entry, line), ConsistentRead: true }),
  )
  return Item && Decision.parse(Item)
}

type Fields = Omit<Decision, "sk">

/** Says before the event is sent which one it will be, so that two at once cannot send two. False where somebody decided already. */
export async function claim(entry: Entry, line: number, fields: Fields): Promise<boolean> {
  const Item = { ...decisionKey(entry.sk, line), ...fields, ttl: entry.ttl }
  try {
    await dynamo().send(
      new PutCommand({ TableName: config("INGEST_TABLE"), Item, ConditionExpression: "attribute_not_exists(pk)" }),
    )
    return true
  } catch (error) {
    if ((error as Error).name === "ConditionalCheckFailedException") return false
    throw error
  }
}

/**
 * Ends a record's waiting: its decision and the counter of its object in one transaction, on the condition that it still waits: unclaimed, or claimed
 * for the very event. Returns what is decided, by whomever.
 */
export async function decide(entry: Entry, line: number, fields: Fields): Promise<Decision> {
  const TableName = config("INGEST_TABLE")
  const waits =
    fields.state === "discarded"
      ? { ConditionExpression: "attribute_not_exists(pk)" }
      : {
          ConditionExpression: "#state = :begun AND eventId = :event",
          ExpressionAttributeNames: { "#state": "state" },
          ExpressionAttributeValues: { ":begun": "resubmitting", ":event": fields.eventId },
        }
  const Item = { ...decisionKey(entry.sk, line), ...fields, ttl: entry.ttl }
  const counter = {
    TableName,
    Key: entryKey(entry.sk),
    UpdateExpression: "ADD #open :one",
    ConditionExpression: "attribute_exists(pk)",
    ExpressionAttributeNames: { "#open": "open" },
    ExpressionAttributeValues: { ":one": -1 },
  }
  try {
    await transact([{ Put: { TableName, Item, ...waits } }, { Update: counter }])
    return { sk: Item.sk, ...fields }
  } catch (error) {
    const known = failedConditions(error).length > 0 ? await findDecision(entry.sk, line) : undefined
    if (known) return known
    throw error
  }
}
