import type { AwsRequest, AwsResponse } from "../service.ts"

interface Entry {
  /** Which entry of the request. */
  index: number
  value: any
}

interface Batch {
  /** The entries of a request, in order. */
  entries(input: any): any[]
  /** The request with these entries only. */
  keep(input: any, kept: Entry[]): any
  /** The answer for the kept entries, completed by the failed ones. `answer` is what an empty request would get where none was kept. */
  merge(answer: any, kept: Entry[], failed: Entry[], input: any): any
}

const CODE = "InternalFailure"
const MESSAGE = "A fault was asked for."

/** `{table: [request, …]}` flattened and folded, as DynamoDB's batches are. */
const byTable = (
  field: "PutRequests" | "Keys",
): Pick<Batch, "entries" | "keep"> & { fold(entries: Entry[], input: any): any } => {
  const listOf = (of: any): any[] => (field === "Keys" ? (of?.Keys ?? []) : (of ?? []))
  const fold = (entries: Entry[], input: any) => {
    const tables: Record<string, any> = {}
    for (const { value } of entries) {
      const { table, item } = value
      if (field === "Keys") (tables[table] ??= { ...input.RequestItems[table], Keys: [] }).Keys.push(item)
      else (tables[table] ??= []).push(item)
    }
    return tables
  }
  return {
    entries: (input) =>
      Object.entries(input?.RequestItems ?? {}).flatMap(([table, of]) => listOf(of).map((item) => ({ table, item }))),
    keep: (input, kept) => ({ ...input, RequestItems: fold(kept, input) }),
    fold,
  }
}

function mergeTables(a: Record<string, any> = {}, b: Record<string, any>): Record<string, any> {
  const merged: Record<string, any> = { ...a }
  for (const [table, of] of Object.entries(b)) {
    const own = merged[table]
    if (!own) merged[table] = of
    else merged[table] = Array.isArray(of) ? [...own, ...of] : { ...own, Keys: [...own.Keys, ...of.Keys] }
  }
  return merged
}

const writes = byTable("PutRequests")
const reads = byTable("Keys")

/** Lists whose answers stand at the place of their entry. */
const inPlace = (input: string, output: string, count: string): Batch => ({
  entries: (of) => of?.[input] ?? [],
  keep: (of, kept) => ({ ...of, [input]: kept.map(({ value }) => value) }),
  merge(answer, kept, failed) {
    const results: any[] = []
    for (const [at, { index }] of kept.entries()) results[index] = answer[output]?.[at]
    for (const { index } of failed) results[index] = { ErrorCode: failureCode(input), ErrorMessage: MESSAGE }
    return { ...answer, [output]: results, [count]: (answer[count] ?? 0) + failed.length }
  },
})

/** PutRecords knows two errors: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecordsResultEntry.html */
const failureCode = (input: string): string => (input === "Records" ? "ProvisionedThroughputExceededException" : CODE)

/** SQS: `{Successful, Failed}`, told apart by the entries' ids. */
const byId: Batch = {
  entries: (input) => input?.Entries ?? [],
  keep: (input, kept) => ({ ...input, Entries: kept.map(({ value }) => value) }),
  merge: (answer, _, failed) => ({
    Successful: [],
    ...answer,
    Failed: [
      ...(answer.Failed ?? []),
      ...failed.map(({ value }) => ({ Id: value.Id, SenderFault: false, Code: CODE, Message: MESSAGE })),
    ],
  }),
}

const BATCHES: Readonly<Record<string, Readonly<Record<string, Batch>>>> = {
  dynamodb: {
    BatchWriteItem: {
      ...writes,
      merge: (answer, _, failed, input) => ({
        ...answer,
        UnprocessedItems: mergeTables(answer.UnprocessedItems, writes.fold(failed, input)),
      }),
    },
    BatchGetItem: {
      ...reads,
      merge: (answer, _, failed, input) => ({
        Responses: {},
        ...answer,
        UnprocessedKeys: mergeTables(answer.UnprocessedKeys, reads.fold(failed, input)),
      }),
    },
  },
  kinesis: { PutRecords: inPlace("Records", "Records", "FailedRecordCount") },
  events: { PutEvents: inPlace("Entries", "Entries", "FailedEntryCount") },
  sqs: { SendMessageBatch: byId, DeleteMessageBatch: byId, ChangeMessageVisibilityBatch: byId },
}

/** Whether an operation takes entries that fail one by one inside an answer of 200. */
export const isBatch = (service: string, operation: string): boolean => Object.hasOwn(BATCHES[service] ?? {}, operation)

/** Draws which entries fail: `share` of them, at least one. */
function draw(count: number, share: number, random: () => number): Set<number> {
  const indexes = Array.from({ length: count }, (_, index) => index)
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    ;[indexes[last], indexes[other]] = [indexes[other]!, indexes[last]!]
  }
  return new Set(indexes.slice(0, Math.max(1, Math.round(count * share))))
}

/** Runs a batch without the entries that fail and answers as if the service had failed them; the others really happen. */
export async function partly(
  request: AwsRequest,
  operation: string,
  { share, random }: { share: number; random(): number },
  handle: (request: AwsRequest) => Promise<AwsResponse>,
): Promise<AwsResponse> {
  const batch = BATCHES[request.service]?.[operation]
  const input = request.json
  const values = batch?.entries(input) ?? []
  if (!batch || values.length === 0) return handle(request)
  const chosen = draw(values.length, share, random)
  const entries = values.map((value, index): Entry => ({ index, value }))
  const kept = entries.filter(({ index }) => !chosen.has(index))
  const failed = entries.filter(({ index }) => chosen.has(index))
  const json = batch.keep(input, kept)
  const body = Buffer.from(JSON.stringify(json))
  const less: AwsRequest = { ...request, json, body, headers: { ...request.headers, "content-length": String(body.length) } }
  const answer: AwsResponse =
    kept.length > 0
      ? await handle(less)
      : { status: 200, headers: { "content-type": request.headers["content-type"] ?? "application/x-amz-json-1.1" }, body: "{}" }
  if (answer.status !== 200) return answer
  const { "content-length": _, ...headers } = answer.headers ?? {}
  // A checksum of the answer (DynamoDB's CRC32) would not fit any more.
  delete headers["x-amz-crc32"]
  return { ...answer, headers, body: JSON.stringify(batch.merge(JSON.parse(String(answer.body)), kept, failed, input)) }
}
