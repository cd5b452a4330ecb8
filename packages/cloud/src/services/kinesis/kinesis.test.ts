import fc from "fast-check"
import { beforeEach, describe, expect, test } from "vitest"
import { fakeCloud, type FakeCloud } from "../../lambda/testing/fake-cloud.ts"
import { hashKey } from "./hash.ts"
import { kinesis, Streams } from "./index.ts"

const ARN = "arn:aws:kinesis:us-east-1:111122223333:stream/concerts"
const base64 = (text: string) => Buffer.from(text).toString("base64")
const text = (data: string) => Buffer.from(data, "base64").toString()

let cloud: FakeCloud
let streams: Streams

beforeEach(async () => {
  cloud = fakeCloud({ now: Date.UTC(2030, 0, 1) })
  streams = new Streams()
  await cloud.use(kinesis(streams))
  streams.create({ name: "concerts", arn: ARN, shards: 2, mode: "PROVISIONED", retentionHours: 24, createdAt: cloud.now() })
})

async function send(operation: string, input: object) {
  const { status, json } = await cloud.call({ service: "kinesis", target: `Kinesis_20131202.${operation}`, body: input })
  return { status, ...json }
}
const put = (key: string, data: string) => send("PutRecord", { StreamName: "concerts", PartitionKey: key, Data: base64(data) })
const iterator = async (shard: number, type: string, more: object = {}) =>
  (await send("GetShardIterator", { StreamARN: ARN, ShardId: `shardId-00000000000${shard}`, ShardIteratorType: type, ...more }))
    .ShardIterator
const read = async (shard: number, type: string, more: object = {}) =>
  send("GetRecords", { ShardIterator: await iterator(shard, type, more) })
const many = (count: number, bytes = 10, key?: string) =>
  Array.from({ length: count }, (_, index) => ({ PartitionKey: key ?? `key-${index}`, Data: base64("x".repeat(bytes)) }))

describe("PutRecord", () => {
  test("gives a 56-digit sequence number that grows within its shard", async () => {
    const first = await put("a", "one")
    const second = await put("a", "two")
    expect(first.SequenceNumber).toMatch(/^49\d{54}$/)
    expect(second.ShardId).toBe(first.ShardId)
    expect(BigInt(second.SequenceNumber)).toBeGreaterThan(BigInt(first.SequenceNumber))
  })

  test("puts a key where its MD5 falls, and an explicit hash key where it says", async () => {
    for (const key of ["a", "b", "c", "Beethoven, Ludwig van", "ü"]) {
      const upper = hashKey(key) >= 1n << 127n
      expect((await put(key, "x")).ShardId).toBe(`shardId-00000000000${upper ? 1 : 0}`)
    }
    const explicit = { StreamName: "concerts", PartitionKey: "a", Data: "", ExplicitHashKey: String((1n << 128n) - 1n) }
    expect((await send("PutRecord", explicit)).ShardId).toBe("shardId-000000000001")
    expect((await send("PutRecord", { ...explicit, ExplicitHashKey: String(1n << 128n) })).__type).toBe(
      "InvalidArgumentException",
    )
  })

  test("refuses what AWS refuses, by AWS's names", async () => {
    const big = "x".repeat(1_048_577)
    expect((await send("PutRecord", { StreamName: "nope", PartitionKey: "a", Data: "" })).__type).toBe(
      "ResourceNotFoundException",
    )
    expect((await put("", "x")).__type).toBe("ValidationException")
    expect((await put("k".repeat(257), "x")).__type).toBe("ValidationException")
    expect((await put("a", big)).__type).toBe("ValidationException")
    expect((await send("PutRecord", { StreamName: "concerts", PartitionKey: "a", Data: "no base64!" })).__type).toBe(
      "SerializationException",
    )
    expect((await send("CreateStreams", { StreamName: "x" })).__type).toBe("UnknownOperationException")
  })

  test("answers ProvisionedThroughputExceededException past 1,000 records of a second and recovers in the next", async () => {
    for (let index = 0; index < 1_000; index++) await put("a", "x")
    expect((await put("a", "x")).__type).toBe("ProvisionedThroughputExceededException")
    cloud.advance(1_000)
    expect((await put("a", "x")).status).toBe(200)
  })
})

describe("PutRecords", () => {
  test("fails exactly the records that pass 1,000 a second per shard", async () => {
    let failed = 0
    for (let call = 0; call < 3; call++)
      failed += (await send("PutRecords", { StreamName: "concerts", Records: many(500, 10, "a") })).FailedRecordCount
    expect(failed).toBe(500)
    const { Records, FailedRecordCount } = await send("PutRecords", { StreamName: "concerts", Records: many(1, 10, "a") })
    expect(FailedRecordCount).toBe(1)
    expect(Records[0]).toEqual({
      ErrorCode: "ProvisionedThroughputExceededException",
      ErrorMessage: expect.stringMatching(
        /^Rate exceeded for shard shardId-00000000000\d in stream concerts under account 111122223333\.$/,
      ),
    })
    cloud.advance(1_000)
    expect((await send("PutRecords", { StreamName: "concerts", Records: many(500, 10, "a") })).FailedRecordCount).toBe(0)
  })

  test("fails records past 1 MB a second, keys included, and takes smaller ones after them", async () => {
    const Records = [...many(10, 104_857, "a"), ...many(1, 104_857, "a"), ...many(1, 4, "a")]
    const answer = await send("PutRecords", { StreamName: "concerts", Records })
    // 10 x (104,857 + 1) bytes pass 1,048,576 by four, so the tenth and eleventh fail and the small one still fits.
    expect(answer.Records.map((record: any) => record.ErrorCode === undefined)).toEqual([
      ...Array(9).fill(true),
      false,
      false,
      true,
    ])
  })

  test("refuses more than 500 records, more than 10 MiB and an empty list as a whole", async () => {
    expect((await send("PutRecords", { StreamName: "concerts", Records: many(501) })).__type).toBe("ValidationException")
    expect((await send("PutRecords", { StreamName: "concerts", Records: many(11, 1_000_000) })).__type).toBe(
      "InvalidArgumentException",
    )
    expect((await send("PutRecords", { StreamName: "concerts", Records: [] })).__type).toBe("ValidationException")
  })
})

describe("reading", () => {
  test("returns every record in order with data, key and arrival, whatever they hold", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.string({ unit: "binary", minLength: 1, maxLength: 40 }), fc.uint8Array({ maxLength: 3_000 })), {
          minLength: 1,
          maxLength: 60,
        }),
        async (records) => {
          cloud.advance(10_000)
          const start = [await iterator(0, "LATEST"), await iterator(1, "LATEST")]
          const Records = records.map(([key, data]) => ({
            PartitionKey: Buffer.from(key).toString(),
            Data: Buffer.from(data).toString("base64"),
          }))
          const sent = await send("PutRecords", { StreamName: "concerts", Records })
          const got = (await Promise.all(start.map((ShardIterator) => send("GetRecords", { ShardIterator })))).flatMap(
            (answer) => answer.Records,
          )
          const bySequence = new Map(got.map((record: any) => [record.SequenceNumber, record]))
          Records.forEach((record, index) =>
            expect(bySequence.get(sent.Records[index].SequenceNumber)).toMatchObject({
              ...record,
              ApproximateArrivalTimestamp: cloud.now() / 1000,
            }),
          )
          expect(got).toHaveLength(Records.length)
        },
      ),
      { numRuns: 30 },
    )
  })

  test("keeps order over many segments and pages with NextShardIterator", async () => {
    for (let call = 0; call < 8; call++) {
      await send("PutRecords", {
        StreamName: "concerts",
        Records: Array.from({ length: 500 }, (_, index) => ({ PartitionKey: "a", Data: base64(`${call * 500 + index}`) })),
      })
      cloud.advance(1_000)
    }
    const seen: number[] = []
    const shard = Number((await put("a", "4000")).ShardId.at(-1))
    for (let next = await iterator(shard, "TRIM_HORIZON"); seen.length < 4_001; cloud.advance(1_000)) {
      const answer = await send("GetRecords", { ShardIterator: next, Limit: 700 })
      seen.push(...answer.Records.map((record: any) => Number(text(record.Data))))
      next = answer.NextShardIterator
    }
    expect(seen).toEqual(Array.from({ length: 4_001 }, (_, index) => index))
  })

  test("starts where each of the five iterator types says", async () => {
    await put("a", "0")
    cloud.advance(1_000)
    const middle = await put("a", "1")
    cloud.advance(1_000)
    await put("a", "2")
    const shard = Number(middle.ShardId.at(-1))
    const values = async (type: string, more: object = {}) =>
      (await read(shard, type, more)).Records.map((record: any) => text(record.Data))
    expect(await values("TRIM_HORIZON")).toEqual(["0", "1", "2"])
    expect(await values("LATEST")).toEqual([])
    expect(await values("AT_SEQUENCE_NUMBER", { StartingSequenceNumber: middle.SequenceNumber })).toEqual(["1", "2"])
    expect(await values("AFTER_SEQUENCE_NUMBER", { StartingSequenceNumber: middle.SequenceNumber })).toEqual(["2"])
    expect(await values("AT_TIMESTAMP", { Timestamp: (cloud.now() - 500) / 1000 })).toEqual(["2"])
    cloud.advance(1_000)
    const foreign = {
      StreamARN: ARN,
      ShardId: `shardId-00000000000${1 - shard}`,
      ShardIteratorType: "AT_SEQUENCE_NUMBER",
      StartingSequenceNumber: middle.SequenceNumber,
    }
    expect((await send("GetShardIterator", foreign)).__type).toBe("InvalidArgumentException")
    expect((await send("GetShardIterator", { ...foreign, ShardIteratorType: "X" })).__type).toBe("ValidationException")
    expect((await send("GetShardIterator", { ...foreign, ShardId: "shardId-000000000009" })).__type).toBe(
      "ResourceNotFoundException",
    )
  })

  test("forgets records after the retention, to the millisecond", async () => {
    const shard = Number((await put("a", "old")).ShardId.at(-1))
    cloud.advance(24 * 3_600_000)
    expect((await read(shard, "TRIM_HORIZON")).Records).toHaveLength(1)
    cloud.advance(1)
    await put("a", "new")
    expect((await read(shard, "TRIM_HORIZON")).Records.map((record: any) => text(record.Data))).toEqual(["new"])
  })

  test("expires iterators after five minutes and refuses made-up ones", async () => {
    const ShardIterator = await iterator(0, "LATEST")
    cloud.advance(300_000)
    expect((await send("GetRecords", { ShardIterator })).status).toBe(200)
    cloud.advance(1)
    expect((await send("GetRecords", { ShardIterator })).__type).toBe("ExpiredIteratorException")
    expect((await send("GetRecords", { ShardIterator: "bm9uc2Vuc2U=" })).__type).toBe("InvalidArgumentException")
  })

  test("allows five reads a second per shard and says how far behind a reader is", async () => {
    await put("a", "x")
    const shard = Number((await put("a", "y")).ShardId.at(-1))
    cloud.advance(2_000)
    const ShardIterator = await iterator(shard, "TRIM_HORIZON")
    expect((await send("GetRecords", { ShardIterator, Limit: 1 })).MillisBehindLatest).toBe(2_000)
    for (let reads = 1; reads < 5; reads++) expect((await send("GetRecords", { ShardIterator })).MillisBehindLatest).toBe(0)
    expect((await send("GetRecords", { ShardIterator })).__type).toBe("ProvisionedThroughputExceededException")
    expect((await send("GetRecords", { ShardIterator, Limit: 10_001 })).__type).toBe("ValidationException")
  })
})

describe("describing and resharding", () => {
  test("describes the stream, its shards in pages, and lists streams", async () => {
    const { StreamDescription } = await send("DescribeStream", { StreamName: "concerts", Limit: 1 })
    expect(StreamDescription).toMatchObject({
      StreamARN: ARN,
      StreamStatus: "ACTIVE",
      HasMoreShards: true,
      RetentionPeriodHours: 24,
    })
    expect((await send("DescribeStreamSummary", { StreamARN: ARN })).StreamDescriptionSummary.OpenShardCount).toBe(2)
    const page = await send("ListShards", { StreamName: "concerts", MaxResults: 1 })
    const rest = await send("ListShards", { NextToken: page.NextToken })
    expect([...page.Shards, ...rest.Shards].map((shard: any) => shard.ShardId)).toEqual([
      "shardId-000000000000",
      "shardId-000000000001",
    ])
    expect(rest.NextToken).toBeUndefined()
    expect((await send("ListStreams", {})).StreamNames).toEqual(["concerts"])
  })

  test("a split closes its shard: readers reach its end and are told of the children", async () => {
    const shard = streams.find("concerts")!.shards[0]!
    await send("PutRecord", { StreamName: "concerts", PartitionKey: "a", Data: base64("before"), ExplicitHashKey: "1" })
    const at = (shard.range.to + 1n) / 2n
    expect(
      (await send("SplitShard", { StreamName: "concerts", ShardToSplit: shard.id, NewStartingHashKey: String(at) })).status,
    ).toBe(200)
    const after = await send("PutRecord", {
      StreamName: "concerts",
      PartitionKey: "a",
      Data: base64("after"),
      ExplicitHashKey: "1",
    })
    expect(after.ShardId).toBe("shardId-000000000002")
    const drained = await read(0, "TRIM_HORIZON")
    expect(drained.Records).toHaveLength(1)
    expect(BigInt(after.SequenceNumber)).toBeGreaterThan(BigInt(drained.Records[0].SequenceNumber))
    expect(drained.NextShardIterator).toBeNull()
    expect(drained.ChildShards.map((child: any) => child.ShardId)).toEqual(["shardId-000000000002", "shardId-000000000003"])
    const merge = { StreamName: "concerts", ShardToMerge: "shardId-000000000002", AdjacentShardToMerge: "shardId-000000000003" }
    expect((await send("MergeShards", merge)).status).toBe(200)
    expect((await send("MergeShards", merge)).__type).toBe("ResourceInUseException")
    expect((await send("DescribeStreamSummary", { StreamARN: ARN })).StreamDescriptionSummary.OpenShardCount).toBe(2)
  })

  test("asks IAM about the stream of the input, the iterator or the token", async () => {
    await read(0, "LATEST")
    await send("ListStreams", {})
    expect(cloud.recorded.map(({ operation, resource }) => `${operation} ${resource}`)).toEqual([
      `GetShardIterator ${ARN}`,
      `GetRecords ${ARN}`,
      "ListStreams *",
    ])
  })
})
