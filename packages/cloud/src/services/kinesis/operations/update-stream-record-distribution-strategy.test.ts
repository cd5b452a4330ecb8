import { expect, test } from "vitest"
import { dataOf, streamCloud } from "../testing.ts"

const StreamARN = "arn:aws:kinesis:us-east-1:111122223333:stream/s"
const ON_DEMAND = { StreamModeDetails: { StreamMode: "ON_DEMAND" } }

async function withStream(more: object) {
  const c = await streamCloud()
  await c.send("CreateStream", { StreamName: "s", ...more })
  const put = (more: object = {}) => c.send("PutRecord", { StreamARN, Data: dataOf("x"), ...more })
  const set = (RecordDistributionStrategy: string) =>
    c.send("UpdateStreamRecordDistributionStrategy", { StreamARN, RecordDistributionStrategy })
  const strategy = async () =>
    (await c.send("DescribeStreamSummary", { StreamARN })).StreamDescriptionSummary.RecordDistributionStrategy
  return { ...c, put, set, strategy }
}

// https://docs.aws.amazon.com/streams/latest/dev/service-managed-pk-producing-behavior.html
test("a stream that spreads its records needs no key, and ignores keys and hash keys for the place", async () => {
  const { put, send } = await withStream({ ...ON_DEMAND, RecordDistributionStrategy: "AUTO" })
  const shardsOf = async (more: object) =>
    new Set(await Promise.all(Array.from({ length: 8 }, async () => (await put(more)).ShardId as string)))
  expect((await shardsOf({})).size).toBe(4)
  expect((await shardsOf({ PartitionKey: "same" })).size).toBe(4)
  expect((await shardsOf({ PartitionKey: "same", ExplicitHashKey: "0" })).size).toBe(4)
  const Records = Array.from({ length: 8 }, () => ({ Data: dataOf("x") }))
  const answer = await send("PutRecords", { StreamARN, Records })
  expect(answer.FailedRecordCount).toBe(0)
  expect(new Set(answer.Records.map(({ ShardId }: any) => ShardId)).size).toBe(4)
  expect((await put({ SequenceNumberForOrdering: "1" })).__type).toBe("InvalidArgumentException")
})

test("a record without a key is read without one, and a key that was given comes back", async () => {
  const { put, send } = await withStream({ ...ON_DEMAND, RecordDistributionStrategy: "AUTO" })
  const { ShardId } = await put()
  for (let count = 0; count < 3; count++) await put({ PartitionKey: "other" })
  await put({ PartitionKey: "given" })
  const { ShardIterator } = await send("GetShardIterator", { StreamARN, ShardId, ShardIteratorType: "TRIM_HORIZON" })
  const { Records } = await send("GetRecords", { ShardIterator })
  expect(Records.map((record: any) => ["PartitionKey" in record, record.PartitionKey])).toEqual([
    [false, undefined],
    [true, "given"],
  ])
})

test("the strategy changes with the next record, back and forth", async () => {
  const { put, set, strategy } = await withStream(ON_DEMAND)
  expect(await strategy()).toBe("USER_PARTITION_KEY")
  expect((await put()).__type).toBe("ValidationException")
  await set("AUTO")
  expect([await strategy(), (await put()).status]).toEqual(["AUTO", 200])
  await set("USER_PARTITION_KEY")
  expect((await put()).__type).toBe("ValidationException")
  expect((await put({ PartitionKey: "k", SequenceNumberForOrdering: "1" })).status).toBe(200)
  expect((await put({ PartitionKey: "k", SequenceNumberForOrdering: "first" })).__type).toBe("ValidationException")
})

test("a provisioned stream has no strategy, and a stream is named by its ARN", async () => {
  const { set, strategy, send } = await withStream({ ShardCount: 1 })
  expect(await strategy()).toBeUndefined()
  expect((await set("AUTO")).__type).toBe("InvalidArgumentException")
  expect((await set("RANDOM")).__type).toBe("ValidationException")
  const named = { StreamName: "s", RecordDistributionStrategy: "AUTO" }
  expect((await send("UpdateStreamRecordDistributionStrategy", named)).__type).toBe("InvalidArgumentException")
  const made = await send("CreateStream", { StreamName: "t", ShardCount: 1, RecordDistributionStrategy: "AUTO" })
  expect(made.__type).toBe("InvalidArgumentException")
})
