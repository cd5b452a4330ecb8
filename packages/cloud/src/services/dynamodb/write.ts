import type { AwsRequest, AwsResponse } from "../../service.ts"
import { detailOf, takeCapacity, totalOf } from "./capacity.ts"
import { checkExpressions } from "./corrections.ts"
import { type Database, plain, target } from "./database.ts"
import { indexDemands, indexesBefore } from "./index-demands.ts"
import { itemBytes } from "./item-size.ts"
import { type Item, itemKey, partitionOf } from "./key.ts"
import type { Answer } from "./proxy.ts"
import { type Body, bodyOf, withMembers } from "./request.ts"
import { sendUpdate } from "./send-update.ts"
import type { Table } from "./tables.ts"
import type { Demand } from "./throughput.ts"
import { writeUnits } from "./units.ts"
import { checkVectors } from "./vectors/check-writes.ts"
import { blameParents, corrected, partsAsked, wasThere } from "./update-corrections.ts"

type WriteOperation = "PutItem" | "UpdateItem" | "DeleteItem"

/** Members that the engine is asked for beyond what the caller asked, so that costs can be told. */
interface Extra {
  members: Record<string, unknown>
  /** The answer's Attributes are ours alone. */
  hidesAttributes: boolean
  hidesItem: boolean
  /** What the caller gets of the answer's Attributes, where that is not all of them. */
  parts?: ReturnType<typeof partsAsked>
}

function extraOf(operation: WriteOperation, json: any, table: Table, isConditional: boolean): Extra {
  const hasGlobal = table.indexes.some(({ isGlobal }) => isGlobal)
  const hidesAttributes = hasGlobal && operation !== "PutItem" && (json.ReturnValues ?? "NONE") === "NONE"
  const hidesItem = isConditional && (json.ReturnValuesOnConditionCheckFailure ?? "NONE") === "NONE"
  const parts = operation === "UpdateItem" ? partsAsked(json) : undefined
  return {
    hidesAttributes,
    hidesItem,
    parts,
    members: {
      ReturnConsumedCapacity: hasGlobal ? "INDEXES" : "TOTAL",
      ...(hidesAttributes && { ReturnValues: operation === "UpdateItem" ? "ALL_NEW" : "ALL_OLD" }),
      ...(parts && { ReturnValues: parts.ReturnValues }),
      ...(hidesItem && { ReturnValuesOnConditionCheckFailure: "ALL_OLD" }),
    },
  }
}

/** PutItem, UpdateItem and DeleteItem. */
export async function write(request: AwsRequest, operation: WriteOperation, database: Database): Promise<AwsResponse> {
  const body = bodyOf(request)
  const { json } = body
  const { tables, proxy, holds, throughput, changes } = database
  const table = await tables.find(json.TableName)
  const item: Item | undefined = operation === "PutItem" ? json.Item : json.Key
  const key = table && itemKey(table, item)
  // The engine says what is wrong with it.
  if (!table || !item || key === undefined) return plain(await proxy.send(target(operation), body.body))
  checkExpressions(json)
  if (operation !== "DeleteItem") checkVectors(operation === "PutItem" ? "Put" : "Update", json, database.vectors.of(table.name))
  holds.refuseHeld(key)
  const base: Demand = {
    kind: "Write",
    table,
    partition: partitionOf(table.keys, item),
    units: operation === "PutItem" ? writeUnits(itemBytes(item)) : 1,
  }
  const written = holds.writing([key])
  try {
    const isNew = operation === "UpdateItem" && !(await wasThere(table, json, database))
    const indexes = await indexesBefore(database, table, operation, json)
    const reservation = throughput.reserve([base, ...indexes])
    const update = operation === "UpdateItem" ? corrected(body) : undefined
    const isConditional = json.ConditionExpression !== undefined || update?.hasElements === true
    const extra = extraOf(operation, json, table, isConditional)
    const send = () =>
      update
        ? sendUpdate(update, extra.members, table, database)
        : proxy.send(target(operation), withMembers(body, extra.members))
    let answer: Answer
    try {
      answer = await changes.around([{ table, key, item }], send, ({ status }) => status === 200)
    } catch (error) {
      reservation.cancel()
      throw error
    }
    if (answer.status === 200) {
      const { response, image, units, consumed } = read(answer, extra, body)
      const inIndexes = indexDemands(table, operation === "PutItem" ? item : image, consumed[0])
      const spent = totalOf(consumed) - inIndexes.total
      reservation.settle([{ ...base, units: spent }, ...inIndexes.demands])
      return { ...(isNew ? withoutAttributes(response) : response), units: { WRU: units } }
    }
    if (update?.hasParents) await blameParents(answer, table, json, database)
    const failed = conditionFailure(answer, extra)
    if (!failed) {
      reservation.cancel()
      return plain(answer)
    }
    reservation.settle([{ ...base, units: failed.units }])
    return { status: answer.status, body: failed.body, units: { WRU: failed.units } }
  } finally {
    written()
  }
}

const withoutAttributes = ({ status, body }: AwsResponse): AwsResponse => {
  const { Attributes: _, ...rest } = JSON.parse(String(body))
  return { status, body: JSON.stringify(rest) }
}

function read(answer: Answer, { hidesAttributes, members, parts }: Extra, { json }: Body) {
  const { body, consumed } = takeCapacity(answer.body, detailOf(json))
  const units = totalOf(consumed)
  if (parts) {
    const { Attributes: image, ...rest } = JSON.parse(body.toString("utf8"))
    // Without a part, JSON leaves the member out.
    return { response: { status: 200, body: JSON.stringify({ Attributes: parts.of(image), ...rest }) }, image, units, consumed }
  }
  if (!hidesAttributes) {
    const isWhole = json.ReturnValues === "ALL_NEW" || json.ReturnValues === "ALL_OLD"
    const image =
      isWhole && members.ReturnConsumedCapacity === "INDEXES" ? JSON.parse(body.toString("utf8")).Attributes : undefined
    return { response: { status: 200, body }, image: image as Item | undefined, units, consumed }
  }
  const { Attributes, ...rest } = JSON.parse(body.toString("utf8"))
  return { response: { status: 200, body: JSON.stringify(rest) }, image: Attributes as Item | undefined, units, consumed }
}

/** A write whose condition fails costs what the item that is there weighs: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html */
function conditionFailure({ body }: Answer, { hidesItem }: Extra): { body: Buffer | string; units: number } | undefined {
  if (!body.includes("ConditionalCheckFailedException")) return undefined
  const { Item: found, ...rest } = JSON.parse(body.toString("utf8"))
  return { body: hidesItem ? JSON.stringify(rest) : body, units: writeUnits(itemBytes(found)) }
}
