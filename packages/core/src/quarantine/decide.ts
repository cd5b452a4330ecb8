import { GetCommand, IS_NEW, IS_THERE, PutCommand, transact, unlessRefused } from "../dynamo/index.ts"
import { dynamo } from "../aws.ts"
import { config } from "../config.ts"
import { AppError } from "../error.ts"
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
  const put = new PutCommand({ TableName: config("INGEST_TABLE"), Item, ConditionExpression: IS_NEW })
  return (await unlessRefused(dynamo().send(put))) !== undefined
}

/**
 * Ends a record's waiting: its decision and the counter of its object in one transaction, on the condition that it still waits: unclaimed, or claimed
 * for the very event. Returns what is decided, by whomever.
 */
export async function decide(entry: Entry, line: number, fields: Fields): Promise<Decision> {
  const TableName = config("INGEST_TABLE")
  const waits =
    fields.state === "discarded"
      ? { ConditionExpression: IS_NEW }
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
    ConditionExpression: IS_THERE,
    ExpressionAttributeNames: { "#open": "open" },
    ExpressionAttributeValues: { ":one": -1 },
  }
  const refused = await transact({ decision: { Put: { TableName, Item, ...waits } }, counter: { Update: counter } })
  if (refused.size === 0) return { sk: Item.sk, ...fields }
  const known = await findDecision(entry.sk, line)
  if (known) return known
  throw new AppError("missing", "missing.quarantined", "There is no such record in quarantine. Records are kept for 90 days.")
}
