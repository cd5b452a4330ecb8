const READS = new Set(["GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"])
const WRITES = new Set(["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"])

export const isItemOperation = (operation: string): boolean => READS.has(operation) || WRITES.has(operation)

export const wantsCapacity = (json: any): boolean =>
  json.ReturnConsumedCapacity !== undefined && json.ReturnConsumedCapacity !== "NONE"

/** The body with ReturnConsumedCapacity=TOTAL; spliced in front, so that a large body is not written anew. */
export function askForCapacity(body: Buffer, json: any): Buffer {
  if (json.ReturnConsumedCapacity !== undefined) return Buffer.from(JSON.stringify({ ...json, ReturnConsumedCapacity: "TOTAL" }))
  const start = body.indexOf("{") + 1
  return Buffer.concat([Buffer.from('{"ReturnConsumedCapacity":"TOTAL",'), body.subarray(start)])
}

/** At the end of an answer. Items cannot look like this: their numbers are quoted. */
const TAIL =
  /,?"ConsumedCapacity":(\{[^{}[\]]*"CapacityUnits":\d[^{}[\]]*\}|\[(?:\{[^{}[\]]*"CapacityUnits":\d[^{}[\]]*\},?)+\])\}$/
const TAIL_BYTES = 1_024

function total(capacity: any): number {
  const each = Array.isArray(capacity) ? capacity : [capacity]
  return each.reduce((sum: number, one: any) => sum + Number(one?.CapacityUnits ?? 0), 0)
}

/** RRU or WRU that the answer reports, and the body without the report where the caller did not ask for it. */
export function takeCapacity(operation: string, body: Buffer, keep: boolean): { body: Buffer; units: Record<string, number> } {
  const unit = READS.has(operation) ? "RRU" : "WRU"
  const tail = TAIL.exec(body.subarray(-TAIL_BYTES).toString("latin1"))
  if (tail) {
    const rest = keep ? body : Buffer.concat([body.subarray(0, body.length - tail[0].length), Buffer.from("}")])
    return { body: rest, units: { [unit]: total(JSON.parse(tail[1]!)) } }
  }
  const { ConsumedCapacity, ...rest } = JSON.parse(body.toString("utf8"))
  return { body: keep ? body : Buffer.from(JSON.stringify(rest)), units: { [unit]: total(ConsumedCapacity) } }
}
