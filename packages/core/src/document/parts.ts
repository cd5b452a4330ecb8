import { between, PutCommand, queryAll } from "../dynamo/index.ts"
import { dynamo } from "../aws.ts"
import { now } from "../clock.ts"
import { config } from "../config.ts"
import { AppError } from "../error.ts"
import { UPDATE_BYTES } from "./limits.ts"
import { partItem, partOf, partsOf } from "./table.ts"

export interface Place {
  id: string
  userId: string
  clientId: string
  /** From 1. */
  part: number
  of: number
}

async function stored(place: Place): Promise<Map<number, Uint8Array>> {
  const parts = new Map<number, Uint8Array>()
  const items = await queryAll({
    TableName: config("DOCUMENT_TABLE"),
    ...between(...partsOf(place)),
    ConsistentRead: true,
  })
  for (const item of items) {
    const part = partOf(item, now())
    if (part?.of === place.of) parts.set(part.part, part.bytes)
  }
  return parts
}

/**
 * Keeps one part of an update for a day. With the last part it gives the whole, or says which parts are missing: a sender that lost its connection
 * sends the last part again and learns what to repeat. Parts may come in any order and more than once.
 */
export async function receive(place: Place, bytes: Uint8Array): Promise<{ update: Uint8Array } | { missing: number[] }> {
  await dynamo().send(new PutCommand({ TableName: config("DOCUMENT_TABLE"), Item: partItem(place, bytes, now()) }))
  if (place.part < place.of) return { missing: [] }
  const parts = await stored(place)
  const missing = Array.from({ length: place.of }, (_, index) => index + 1).filter((part) => !parts.has(part))
  if (missing.length > 0) return { missing }
  const size = [...parts.values()].reduce((sum, part) => sum + part.byteLength, 0)
  if (size > UPDATE_BYTES) throw new AppError("limit", "limit.size", "An update has at most 8 MB. Send several smaller ones.")
  return { update: Buffer.concat(Array.from({ length: place.of }, (_, index) => parts.get(index + 1)!)) }
}
