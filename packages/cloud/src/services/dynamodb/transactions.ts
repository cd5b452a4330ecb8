import { setTimeout as pause } from "node:timers/promises"
import { AwsError, type AwsRequest, type AwsResponse } from "../../service.ts"
import { detailOf, takeCapacity, totalOf } from "./capacity.ts"
import type { Write } from "./changes.ts"
import { checkExpressions } from "./corrections.ts"
import { type Database, plain, target } from "./database.ts"
import { ONGOING } from "./holds.ts"
import { indexesBefore } from "./index-demands.ts"
import { itemBytes } from "./item-size.ts"
import { canonicalText, digest, type Item, itemKey, partitionOf } from "./key.ts"
import { type Body, bodyOf, withMembers, written } from "./request.ts"
import { sendTransaction } from "./send-update.ts"
import { Throttled } from "./throttled.ts"
import type { Demand, Reservation } from "./throughput.ts"
import { readUnits, writeUnits } from "./units.ts"
import { invalid } from "./validation.ts"
import { checkVectors } from "./vectors/check-writes.ts"

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html */
const MOST_ITEMS = 100
/**
 * A transaction on AWS is two round trips to every item (prepare, commit), some ten milliseconds in which others run into it. The engine
 * needs less than one, and two that arrive in the same few milliseconds would never meet. So its items are held this long before the engine
 * is asked; whoever waits for the answer before the next call never meets itself.
 */
const PREPARE_MS = 3

interface Part extends Write {
  kind: string
  demands: Demand[]
}

interface Reason {
  Code: string
  Message?: string
}

const NONE: Reason = { Code: "None" }
const CONFLICT: Reason = { Code: "TransactionConflict", Message: ONGOING }

const cancelled = (reasons: readonly Reason[]): AwsError =>
  new AwsError(
    "TransactionCanceledException",
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map(({ Code }) => Code).join(", ")}]`,
    400,
    { CancellationReasons: reasons },
  )

/** The items of a transaction; undefined where the engine has to say what is wrong with one. */
async function partsOf(json: any, isWrite: boolean, database: Database): Promise<Part[] | undefined> {
  if (!Array.isArray(json.TransactItems) || json.TransactItems.length === 0) return undefined
  if (json.TransactItems.length > MOST_ITEMS)
    throw invalid(
      `1 validation error detected: Value '[${json.TransactItems.length} items]' at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to ${MOST_ITEMS}`,
    )
  const parts: Part[] = []
  for (const one of json.TransactItems) {
    const entries = Object.entries<any>(one ?? {})
    const [kind, action] = entries[0] ?? []
    const table = await database.tables.find(action?.TableName)
    const item: Item | undefined = kind === "Put" ? action?.Item : action?.Key
    const key = table && itemKey(table, item)
    if (entries.length !== 1 || !kind || !table || !item || key === undefined) return undefined
    checkExpressions(action)
    if (kind === "Put" || kind === "Update") checkVectors(kind, action, database.vectors.of(table.name))
    const base = { table, partition: partitionOf(table.keys, item) }
    const units = kind === "Put" ? writeUnits(itemBytes(item), true) : 2
    const indexes =
      isWrite && kind !== "ConditionCheck" ? await indexesBefore(database, table, kind === "Put" ? "PutItem" : kind, action) : []
    parts.push({ kind, table, key, item, demands: [{ ...base, kind: isWrite ? "Write" : "Read", units }, ...indexes] })
  }
  if (new Set(parts.map(({ key }) => key)).size < parts.length)
    throw invalid("Transaction request cannot include multiple operations on one item")
  return parts
}

/** Reserves for every item, or cancels the transaction with the reason at its place. */
function reserve(parts: readonly Part[], { throughput }: Database): Reservation[] {
  const reservations: Reservation[] = []
  const reasons = parts.map(({ demands }): Reason => {
    try {
      reservations.push(throughput.reserve(demands))
      return NONE
    } catch (error) {
      if (error instanceof Throttled) return { Code: error.reasonCode, Message: error.message }
      throw error
    }
  })
  if (reservations.length === parts.length) return reservations
  for (const reservation of reservations) reservation.cancel()
  throw cancelled(reasons)
}

function settle(parts: readonly Part[], reservations: readonly Reservation[], total: number): void {
  const expected = parts.reduce((sum, { demands }) => sum + demands.reduce((all, { units }) => all + units, 0), 0)
  for (const [index, reservation] of reservations.entries())
    reservation.settle(parts[index]!.demands.map((demand) => ({ ...demand, units: (demand.units * total) / expected })))
}

export async function transactGet(request: AwsRequest, database: Database): Promise<AwsResponse> {
  const body = bodyOf(request)
  const { proxy, holds } = database
  const parts = await partsOf(body.json, false, database)
  if (!parts) return plain(await proxy.send(target("TransactGetItems"), body.body))
  // A read holds nothing: it is itself what gives way to a write under way.
  if (parts.some(({ key }) => holds.isWritten(key)))
    throw cancelled(parts.map(({ key }) => (holds.isWritten(key) ? CONFLICT : NONE)))
  const reservations = reserve(parts, database)
  const detail = detailOf(body.json)
  const asked = detail === "NONE" ? withMembers(body, { ReturnConsumedCapacity: "TOTAL" }) : body.body
  const answer = await proxy.send(target("TransactGetItems"), asked)
  if (answer.status !== 200) {
    for (const reservation of reservations) reservation.cancel()
    return plain(answer)
  }
  const { body: own, consumed } = takeCapacity(answer.body, detail)
  const units = totalOf(consumed)
  settle(parts, reservations, units)
  return { status: 200, body: own, units: { RRU: units } }
}

export async function transactWrite(request: AwsRequest, database: Database): Promise<AwsResponse> {
  const given = bodyOf(request)
  const { ClientRequestToken: token, ...json } = given.json
  const parts = await partsOf(json, true, database)
  if (!parts || (token !== undefined && !isToken(token)))
    return plain(await database.proxy.send(target("TransactWriteItems"), given.body))
  // The engine remembers tokens by the machine's time; we by the cloud's.
  const body = token === undefined ? given : written(json)
  if (token === undefined) return run(body, parts, database)
  const digested = digest(canonicalText(json.TransactItems))
  if (database.tokens.begin(token, digested) === "repeated") return repeat(body, parts, database)
  let succeeded = false
  try {
    const response = await run(body, parts, database)
    succeeded = response.status === 200
    return response
  } finally {
    database.tokens.end(token, digested, succeeded)
  }
}

const isToken = (token: unknown): boolean => typeof token === "string" && token.length >= 1 && token.length <= 36

async function run(body: Body, parts: Part[], database: Database): Promise<AwsResponse> {
  const { holds, changes } = database
  if (parts.some(({ key }) => holds.isHeld(key))) throw cancelled(parts.map(({ key }) => (holds.isHeld(key) ? CONFLICT : NONE)))
  const reservations = reserve(parts, database)
  const release = holds.hold(parts.map(({ key }) => key))
  try {
    await pause(PREPARE_MS)
    const detail = detailOf(body.json)
    const members = detail === "NONE" ? { ReturnConsumedCapacity: "TOTAL" } : {}
    const written = parts.filter(({ kind }) => kind !== "ConditionCheck")
    const tables = parts.map(({ table }) => table)
    const send = () => sendTransaction(body, members, tables, database)
    const answer = await changes.around(written, send, ({ status }) => status === 200)
    // What was prepared is paid for, also when the transaction is cancelled then.
    if (answer.status !== 200) return plain(answer)
    const { body: own, consumed } = takeCapacity(answer.body, detail)
    const units = totalOf(consumed)
    settle(parts, reservations, units)
    return { status: 200, body: own, units: { WRU: units } }
  } finally {
    release()
  }
}

/** The same again within ten minutes: nothing is written, and the items are read: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
async function repeat({ json }: Body, parts: Part[], { ask }: Database): Promise<AwsResponse> {
  const byTable = new Map<string, number>()
  for (const { table, item } of parts) {
    const Key = Object.fromEntries(table.keys.map(({ name }) => [name, item[name]!]))
    const found = await ask("GetItem", { TableName: table.name, Key, ConsistentRead: true })
    byTable.set(table.name, (byTable.get(table.name) ?? 0) + readUnits(itemBytes(found.json.Item), "transactional"))
  }
  const ConsumedCapacity = [...byTable].map(([TableName, units]) => ({
    TableName,
    CapacityUnits: units,
    ReadCapacityUnits: units,
  }))
  const RRU = ConsumedCapacity.reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0)
  return { status: 200, body: JSON.stringify(detailOf(json) === "NONE" ? {} : { ConsumedCapacity }), units: { RRU } }
}
