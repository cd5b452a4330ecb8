import type { AwsRequest, AwsResponse } from "../../service.ts"
import { detailOf, takeCapacity, totalOf } from "./capacity.ts"
import { type Database, plain, target } from "./database.ts"
import { checkExpressions, checkRead } from "./corrections.ts"
import { equalValue } from "./expression.ts"
import { partitionOf } from "./key.ts"
import { bodyOf, withMembers } from "./request.ts"
import type { Demand } from "./throughput.ts"

type ReadOperation = "GetItem" | "Query" | "Scan"

/** The one partition that a call reads, or undefined: a Scan goes over all of them and counts for none. */
function demandOf(operation: ReadOperation, json: any, table: Demand["table"]): Demand | undefined {
  const index = table.indexes.find(({ name }) => name === json.IndexName)
  const keys = index?.keys ?? table.keys
  const units = json.ConsistentRead === true ? 1 : 0.5
  // A local index lies beside its table and shares the partition.
  const demand: Demand = { kind: "Read", table, index: index?.isGlobal ? index : undefined, units }
  if (operation === "Scan") return demand
  const [hash] = keys
  if (!hash) return undefined
  const value =
    operation === "GetItem"
      ? json.Key?.[hash.name]
      : (equalValue(json, json.KeyConditionExpression, hash.name) ?? json.KeyConditions?.[hash.name]?.AttributeValueList?.[0])
  const partition = partitionOf(keys, { [hash.name]: value })
  return partition === undefined ? undefined : { ...demand, partition }
}

/** GetItem, Query and Scan. */
export async function read(
  request: AwsRequest,
  operation: ReadOperation,
  { tables, proxy, throughput }: Database,
): Promise<AwsResponse> {
  const body = bodyOf(request)
  const { json } = body
  const table = await tables.find(json.TableName)
  if (table) {
    checkRead(operation, json, table)
    checkExpressions(json)
  }
  const demand = table && demandOf(operation, json, table)
  if (!demand) return plain(await proxy.send(target(operation), body.body))
  const reservation = throughput.reserve([demand])
  const detail = detailOf(json)
  const asked = detail === "NONE" ? withMembers(body, { ReturnConsumedCapacity: "TOTAL" }) : body.body
  const answer = await proxy.send(target(operation), asked).catch((error: unknown) => {
    reservation.cancel()
    throw error
  })
  if (answer.status !== 200) {
    reservation.cancel()
    return plain(answer)
  }
  const { body: own, consumed } = takeCapacity(answer.body, detail)
  const units = totalOf(consumed)
  reservation.settle([{ ...demand, units }])
  return { status: 200, body: own, units: { RRU: units } }
}
