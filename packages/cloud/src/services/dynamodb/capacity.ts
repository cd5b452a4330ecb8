/** What an answer says it cost. */
export interface Consumed {
  CapacityUnits: number
  TableName?: string
  GlobalSecondaryIndexes?: Record<string, { CapacityUnits: number }>
}

export type Detail = "NONE" | "TOTAL" | "INDEXES"

export const detailOf = (json: any): Detail => (json.ReturnConsumedCapacity === undefined ? "NONE" : json.ReturnConsumedCapacity)

/** At the end of an answer. Items cannot look like this: their numbers are quoted. */
const TAIL =
  /,?"ConsumedCapacity":(\{[^{}[\]]*"CapacityUnits":\d[^{}[\]]*\}|\[(?:\{[^{}[\]]*"CapacityUnits":\d[^{}[\]]*\},?)+\])\}$/
const TAIL_BYTES = 1_024

const listed = (capacity: any): Consumed[] => (capacity === undefined ? [] : Array.isArray(capacity) ? capacity : [capacity])

export const totalOf = (consumed: readonly Consumed[]): number =>
  consumed.reduce((sum, { CapacityUnits }) => sum + Number(CapacityUnits ?? 0), 0)

const totals = (capacity: any): any =>
  Array.isArray(capacity) ? capacity.map(totals) : { TableName: capacity.TableName, CapacityUnits: capacity.CapacityUnits }

/** What the answer reports, and the body with as much of the report as the caller asked for. */
export function takeCapacity(body: Buffer, keep: Detail): { body: Buffer; consumed: Consumed[] } {
  const tail = TAIL.exec(body.subarray(-TAIL_BYTES).toString("latin1"))
  if (tail) {
    const rest = keep === "NONE" ? Buffer.concat([body.subarray(0, body.length - tail[0].length), Buffer.from("}")]) : body
    return { body: rest, consumed: listed(JSON.parse(tail[1]!)) }
  }
  const { ConsumedCapacity, ...rest } = JSON.parse(body.toString("utf8"))
  const consumed = listed(ConsumedCapacity)
  if (keep === "INDEXES" || ConsumedCapacity === undefined) return { body, consumed }
  const kept = keep === "TOTAL" ? { ...rest, ConsumedCapacity: totals(ConsumedCapacity) } : rest
  return { body: Buffer.from(JSON.stringify(kept)), consumed }
}
