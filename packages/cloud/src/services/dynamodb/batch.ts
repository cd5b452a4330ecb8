import type { AwsRequest, AwsResponse } from "../../service.ts"
import { detailOf, takeCapacity, totalOf } from "./capacity.ts"
import type { Write } from "./changes.ts"
import { checkExpressions } from "./corrections.ts"
import { type Database, plain, target } from "./database.ts"
import { indexesBefore } from "./index-demands.ts"
import { itemBytes } from "./item-size.ts"
import { type Item, itemKey, partitionOf } from "./key.ts"
import { bodyOf, withMembers, written } from "./request.ts"
import { Throttled } from "./throttled.ts"
import type { Demand, Reservation } from "./throughput.ts"
import { writeUnits } from "./units.ts"
import { invalid } from "./validation.ts"
import { checkVectors } from "./vectors/check-writes.ts"

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html, API_BatchGetItem.html */
const MOST = { BatchWriteItem: 25, BatchGetItem: 100 } as const

/** One request of a batch: where it stands in it, and what it needs. */
interface Part extends Write {
  /** As it was sent. */
  given: any
  demands: Demand[]
}

/** The parts of a batch, or undefined where it is not one that the engine takes. */
async function partsOf(operation: keyof typeof MOST, json: any, database: Database): Promise<Part[] | undefined> {
  const parts: Part[] = []
  for (const [name, request] of Object.entries<any>(json.RequestItems ?? {})) {
    const table = await database.tables.find(name)
    const given: unknown = operation === "BatchWriteItem" ? request : request?.Keys
    if (!table || !Array.isArray(given)) return undefined
    if (operation === "BatchGetItem") checkExpressions(request)
    for (const each of given) {
      const item: Item | undefined = operation === "BatchWriteItem" ? (each?.PutRequest?.Item ?? each?.DeleteRequest?.Key) : each
      const key = itemKey(table, item)
      if (!item || key === undefined || parts.length === MOST[operation]) return undefined
      const partition = partitionOf(table.keys, item)
      const kind = operation === "BatchWriteItem" ? "Write" : "Read"
      const isPut = each.PutRequest !== undefined
      if (isPut) checkVectors("Put", each.PutRequest, database.vectors.of(table.name))
      const units = kind === "Read" ? (request.ConsistentRead === true ? 1 : 0.5) : isPut ? writeUnits(itemBytes(item)) : 1
      const before =
        kind === "Read"
          ? []
          : await indexesBefore(database, table, isPut ? "PutItem" : "DeleteItem", isPut ? { Item: item } : { Key: item })
      parts.push({ table, key, item, given: each, demands: [{ kind, table, partition, units }, ...before] })
    }
  }
  // The engine does not see that 1 and 1.0 are one key.
  if (new Set(parts.map(({ key }) => key)).size < parts.length) throw invalid("Provided list of item keys contains duplicates")
  return parts
}

/** The batch with these parts only. */
function requestOf(operation: keyof typeof MOST, json: any, parts: readonly Part[]): Record<string, any> {
  const items: Record<string, any> = {}
  for (const { table, given } of parts) {
    if (operation === "BatchWriteItem") (items[table.name] ??= []).push(given)
    else (items[table.name] ??= { ...json.RequestItems[table.name], Keys: [] }).Keys.push(given)
  }
  return items
}

/** Spreads what a batch did cost over the reservations, by what each expected. */
function settle(taken: readonly { part: Part; reservation: Reservation }[], total: number): void {
  const expected = taken.reduce((sum, { part }) => sum + part.demands.reduce((all, { units }) => all + units, 0), 0)
  const factor = expected > 0 ? total / expected : 1
  for (const { part, reservation } of taken)
    reservation.settle(part.demands.map((demand) => ({ ...demand, units: demand.units * factor })))
}

/**
 * BatchGetItem and BatchWriteItem. What is throttled, or held by a transaction, comes back as unprocessed; where all of it is throttled
 * the call fails: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
 */
export async function batch(request: AwsRequest, operation: keyof typeof MOST, database: Database): Promise<AwsResponse> {
  const body = bodyOf(request)
  const { json } = body
  const { proxy, holds, throughput, changes } = database
  const parts = await partsOf(operation, json, database)
  if (!parts || parts.length === 0) return plain(await proxy.send(target(operation), body.body))
  const isWrite = operation === "BatchWriteItem"
  const taken: { part: Part; reservation: Reservation }[] = []
  const left: Part[] = []
  let refusal: Throttled | undefined
  for (const part of parts) {
    if (isWrite && holds.isHeld(part.key)) {
      left.push(part)
      continue
    }
    try {
      taken.push({ part, reservation: throughput.reserve(part.demands) })
    } catch (error) {
      if (!(error instanceof Throttled)) throw error
      refusal = error
      left.push(part)
    }
  }
  const unprocessed = isWrite ? "UnprocessedItems" : "UnprocessedKeys"
  if (taken.length === 0) {
    if (refusal && left.length === parts.length) throw refusal
    const empty = isWrite ? {} : { Responses: {} }
    return { status: 200, body: JSON.stringify({ ...empty, [unprocessed]: requestOf(operation, json, left) }) }
  }
  const own = taken.map(({ part }) => part)
  const sent = left.length === 0 ? body : written({ ...json, RequestItems: requestOf(operation, json, own) })
  const detail = detailOf(json)
  const asked = detail === "NONE" ? withMembers(sent, { ReturnConsumedCapacity: "TOTAL" }) : sent.body
  const done = isWrite ? holds.writing(own.map(({ key }) => key)) : undefined
  try {
    const send = () => proxy.send(target(operation), asked)
    const answer = isWrite ? await changes.around(own, send, ({ status }) => status === 200) : await send()
    if (answer.status !== 200) {
      for (const { reservation } of taken) reservation.cancel()
      return plain(answer)
    }
    const { body: answered, consumed } = takeCapacity(answer.body, detail)
    const units = totalOf(consumed)
    settle(taken, units)
    return {
      status: 200,
      body: withLeft(answered, unprocessed, requestOf(operation, json, left)),
      units: isWrite ? { WRU: units } : { RRU: units },
    }
  } finally {
    done?.()
  }
}

function withLeft(body: Buffer, member: string, left: Record<string, any>): Buffer | string {
  if (Object.keys(left).length === 0) return body
  const json = JSON.parse(body.toString("utf8"))
  for (const [table, value] of Object.entries<any>(json[member] ?? {})) {
    if (Array.isArray(value)) (left[table] ??= []).push(...value)
    else (left[table] ??= { ...value, Keys: [] }).Keys.push(...value.Keys)
  }
  return JSON.stringify({ ...json, [member]: left })
}
