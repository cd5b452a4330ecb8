import { expect, test } from "vitest"
import { ofBytes, streamCloud } from "../testing.ts"

const MIB = 1_048_576
const StreamARN = "arn:aws:kinesis:us-east-1:111122223333:stream/s"

async function withStream(more: object = { ShardCount: 1 }) {
  const c = await streamCloud()
  await c.send("CreateStream", { StreamName: "s", ...more })
  const put = (bytes: number) => c.send("PutRecord", { StreamARN, PartitionKey: "k", Data: ofBytes(bytes) })
  const size = async () => (await c.send("DescribeStreamSummary", { StreamARN })).StreamDescriptionSummary.MaxRecordSizeInKiB
  return { ...c, put, size }
}

// Records of up to 10 MiB since October 2025: https://docs.aws.amazon.com/streams/latest/dev/large-records.html
test("a stream takes records of 1 MiB, key included, until it is told to take more", async () => {
  const { send, put, size, cloud } = await withStream()
  expect(await size()).toBe(1_024)
  expect((await put(MIB)).__type).toBe("ValidationException")
  expect((await put(MIB - 1)).status).toBe(200)
  cloud.advance(1_000)
  expect((await send("UpdateMaxRecordSize", { StreamARN, MaxRecordSizeInKiB: 10_240 })).status).toBe(200)
  expect(await size()).toBe(10_240)
  expect((await put(2 * MIB)).status).toBe(200)
  for (const MaxRecordSizeInKiB of [1_023, 10_241, 2_000.5, "much", undefined])
    expect((await send("UpdateMaxRecordSize", { StreamARN, MaxRecordSizeInKiB })).__type).toBe("ValidationException")
})

test("CreateStream takes the size too, for provisioned and on-demand streams", async () => {
  const { put, size } = await withStream({ StreamModeDetails: { StreamMode: "ON_DEMAND" }, MaxRecordSizeInKiB: 3_072 })
  expect(await size()).toBe(3_072)
  expect((await put(3 * MIB - 1)).status).toBe(200)
  expect((await put(3 * MIB)).__type).toBe("ValidationException")
})

test("a large record empties what the shard holds ready; small ones pass meanwhile, the next large one when it has filled again", async () => {
  const { put, cloud, read } = await withStream({ ShardCount: 1, MaxRecordSizeInKiB: 10_240 })
  expect((await put(9 * MIB)).status).toBe(200)
  expect((await put(100)).__type).toBe("ProvisionedThroughputExceededException")
  cloud.advance(1_000)
  expect((await put(100)).status).toBe(200)
  expect((await put(4 * MIB)).__type).toBe("ProvisionedThroughputExceededException")
  cloud.advance(3_000)
  expect((await put(4 * MIB)).status).toBe(200)
  expect((await read("s", "shardId-000000000000", "TRIM_HORIZON")).map(({ length }) => length)).toEqual([9 * MIB, 100, 4 * MIB])
})

// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html: 10 MiB a request, keys included; 5 MiB until October 2025
test("PutRecords takes 10 MiB in all, and no more", async () => {
  const { send } = await withStream({ ShardCount: 12 })
  const records = (count: number, bytes: number) =>
    Array.from({ length: count }, (_, index) => ({
      PartitionKey: "k",
      ExplicitHashKey: String((BigInt(index) << 128n) / 12n + 1n),
      Data: ofBytes(bytes),
    }))
  const most = await send("PutRecords", { StreamARN, Records: records(10, MIB - 1) })
  expect(most.FailedRecordCount).toBe(0)
  const over = await send("PutRecords", { StreamARN, Records: [...records(10, MIB - 1), { PartitionKey: "k", Data: "" }] })
  expect([over.__type, over.message]).toEqual(["InvalidArgumentException", "Records size exceeds 10 MB limit"])
})
