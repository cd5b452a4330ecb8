import { PutRecordsCommand, type PutRecordsRequestEntry } from "@aws-sdk/client-kinesis"
import { kinesis } from "../sdk.ts"
import { now } from "../clock.ts"
import { isDenial } from "../denial.ts"
import { pause } from "../pause.ts"

/**
 * PutRecords takes 500 records and 10 MiB with their keys: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html. Half of that is
 * what it took until October 2025, and more than the shards of a small stream take in a second.
 */
const MOST_RECORDS = 500
const MOST_BYTES = 5 * 1024 * 1024
/** Throttles lift within a second; an HTTP caller waits up to 29 s at most, so eight leave room for everything else. */
const ATTEMPTS = 8
const PATIENCE_MS = 8_000
const FIRST_PAUSE_MS = 200

/** A record on its way, with the index of its event in the request. */
export interface Entry {
  index: number
  key: string
  bytes: Uint8Array
}

export interface Outcome {
  /** Greatest sequence number of each shard. */
  positions: Map<string, string>
  /** Entries that no attempt got in, with the reason. */
  failed: { index: number; code: "limit.rate" | "unavailable.stream" | "internal.denied" }[]
}

const THROTTLES = new Set([
  "ProvisionedThroughputExceededException",
  "ThrottlingException",
  "LimitExceededException",
  "KMSThrottlingException",
])
function codeOf(name = ""): Outcome["failed"][number]["code"] {
  if (isDenial(name)) return "internal.denied"
  return THROTTLES.has(name) ? "limit.rate" : "unavailable.stream"
}

function* chunksOf(entries: readonly Entry[]): Generator<Entry[]> {
  let chunk: Entry[] = []
  let bytes = 0
  for (const entry of entries) {
    const size = entry.bytes.byteLength + entry.key.length
    if (chunk.length === MOST_RECORDS || (chunk.length > 0 && bytes + size > MOST_BYTES)) {
      yield chunk
      chunk = []
      bytes = 0
    }
    chunk.push(entry)
    bytes += size
  }
  if (chunk.length > 0) yield chunk
}

const greater = (a: string | undefined, b: string): string => (a !== undefined && BigInt(a) > BigInt(b) ? a : b)

type Refusal = { entry: Entry; code: Outcome["failed"][number]["code"] }

async function attempt(
  stream: string,
  entries: readonly Entry[],
  positions: Map<string, string>,
  deadline: number,
): Promise<Refusal[]> {
  const Records: PutRecordsRequestEntry[] = entries.map(({ key, bytes }) => ({ PartitionKey: key, Data: bytes }))
  const abortSignal = AbortSignal.timeout(Math.max(500, deadline - now()))
  try {
    const answer = await kinesis().send(new PutRecordsCommand({ StreamName: stream, Records }), { abortSignal })
    // HTTP 200 with failures inside: each record of the answer stands at its request's index.
    return entries.flatMap((entry, index): Refusal[] => {
      const record = answer.Records?.[index]
      if (record?.SequenceNumber && record.ShardId) {
        positions.set(record.ShardId, greater(positions.get(record.ShardId), record.SequenceNumber))
        return []
      }
      return [{ entry, code: codeOf(record?.ErrorCode) }]
    })
  } catch (error) {
    // The request as a whole failed. It may have been written: a second copy is the same event, by its id.
    return entries.map((entry) => ({ entry, code: codeOf((error as Error).name) }))
  }
}

/**
 * Writes entries to one stream, in chunks one after the other, and resends exactly those that Kinesis refused, in their order and before any
 * later chunk. Records of a key keep their order, with one exception: a record refused in the middle of a request follows those that were accepted beside it
 * (PutRecords itself promises no order). A stream that denies is not asked again. Nothing downstream depends on it: versions are decided by `at`, facts by id. Never throws.
 */
export async function put(stream: string, entries: readonly Entry[]): Promise<Outcome> {
  const positions = new Map<string, string>()
  const failed: Outcome["failed"] = []
  const deadline = now() + PATIENCE_MS
  for (const chunk of chunksOf(entries)) {
    let refused: Refusal[] = chunk.map((entry) => ({ entry, code: "limit.rate" }))
    for (let count = 0; refused.length > 0 && count < ATTEMPTS && now() < deadline; count++) {
      // Full jitter, so that producers throttled together do not come back together.
      if (count > 0) await pause(count, FIRST_PAUSE_MS, Math.max(0, deadline - now()))
      refused = await attempt(
        stream,
        refused.map(({ entry }) => entry),
        positions,
        deadline,
      )
      // The next attempt would be denied as well.
      if (refused.some(({ code }) => code === "internal.denied")) break
    }
    failed.push(...refused.map(({ entry, code }) => ({ index: entry.index, code })))
  }
  return { positions, failed }
}
