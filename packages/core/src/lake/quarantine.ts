import { gunzipSync, gzipSync } from "node:zlib"

/** A record that is no event, exactly as it came. */
export interface Refused {
  /** `code: message` of what was wrong with it. */
  reason: string
  shard: string
  sequence: string
  arrivedAt: number
  bytes: Uint8Array
}

/** Lines of {reason, shard, sequence, arrivedAt, bytes: base64}, gzipped. zlib writes no time into the header, so a replay gives the same bytes. */
export function quarantineOf(refused: readonly Refused[]): Uint8Array {
  const lines = refused.map(({ reason, shard, sequence, arrivedAt, bytes }) =>
    JSON.stringify({ reason, shard, sequence, arrivedAt, bytes: Buffer.from(bytes).toString("base64") }),
  )
  return gzipSync(`${lines.join("\n")}\n`)
}

/** What `quarantineOf` wrote. */
export function refusedOf(object: Uint8Array): Refused[] {
  const lines = gunzipSync(object).toString("utf8").split("\n").filter(Boolean)
  return lines.map((line) => {
    const { bytes, ...rest } = JSON.parse(line) as Omit<Refused, "bytes"> & { bytes: string }
    return { ...rest, bytes: Buffer.from(bytes, "base64") }
  })
}
