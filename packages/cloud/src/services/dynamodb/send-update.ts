import { AwsError } from "../../service.ts"
import { type Database, target } from "./database.ts"
import { type Item, keyAttributes } from "./key.ts"
import { hasMoved, placed, writesElements } from "./list-ends.ts"
import { withPlainSets } from "./number-sets.ts"
import type { Answer } from "./proxy.ts"
import { type Body, withMembers, written } from "./request.ts"
import type { Table } from "./tables.ts"
import type { Corrected } from "./update-corrections.ts"

/** How often an update may find its lists changed by others before it gives up. */
const MOST_ATTEMPTS = 20

const itemOf = async (table: Table, key: Item, { ask }: Database): Promise<Item | undefined> =>
  (await ask("GetItem", { TableName: table.name, Key: keyAttributes(table.keys, key), ConsistentRead: true })).json.Item

/** Sends an UpdateItem; again, with the places of now, where a list changed between the look at its item and the write. */
export async function sendUpdate(
  update: Corrected,
  members: Readonly<Record<string, unknown>>,
  table: Table,
  database: Database,
): Promise<Answer> {
  const send = (body: Body) => database.proxy.send(target("UpdateItem"), withMembers(body, members))
  if (!update.hasElements) return send(update)
  const { Key, ExpressionAttributeNames: names } = update.json
  let item = await itemOf(table, Key, database)
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const { json, lengths } = placed(update.json, item)
    const answer = await send(json === update.json ? update : written(json))
    if (!answer.body.includes("ConditionalCheckFailedException")) return answer
    item = JSON.parse(answer.body.toString("utf8")).Item
    if (!hasMoved(lengths, names, item)) return answer
  }
  throw busy()
}

const busy = (): AwsError =>
  new AwsError(
    "InternalServerError",
    "The lists of this item change faster than an element can be placed in them: try again.",
    500,
  )

/** Sends a TransactWriteItems whose updates are corrected likewise, one by one. */
export async function sendTransaction(
  body: Body,
  members: Readonly<Record<string, unknown>>,
  tables: readonly Table[],
  database: Database,
): Promise<Answer> {
  const send = (own: Body) => database.proxy.send(target("TransactWriteItems"), withMembers(own, members))
  const actions: any[] = body.json.TransactItems
  const isPlaced = actions.map(({ Update }) => Update !== undefined && writesElements(Update.UpdateExpression))
  const hasSets = body.body.includes('"NS"') && actions.some(({ Update }) => Update)
  if (!hasSets && !isPlaced.includes(true)) return send(body)
  const plain = actions.map((action) => (action.Update ? { ...action, Update: withPlainSets(action.Update) } : action))
  const itemsOf = (which: readonly boolean[]): Promise<(Item | undefined)[]> =>
    Promise.all(plain.map(async ({ Update }, at) => (which[at] ? itemOf(tables[at]!, Update.Key, database) : undefined)))
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const items = await itemsOf(isPlaced)
    const own = plain.map((action, at) => (isPlaced[at] ? placed(action.Update, items[at]) : undefined))
    const TransactItems = plain.map((action, at) => (own[at] ? { ...action, Update: own[at].json } : action))
    const answer = await send(written({ ...body.json, TransactItems }))
    if (!answer.body.includes("ConditionalCheckFailed")) return answer
    const now = await itemsOf(own.map((one) => one !== undefined && one.lengths.size > 0))
    const moved = own.some((one, at) => one && hasMoved(one.lengths, plain[at].Update.ExpressionAttributeNames, now[at]))
    if (!moved) return answer
  }
  throw busy()
}
