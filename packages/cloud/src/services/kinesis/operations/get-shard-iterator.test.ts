import { expect, test } from "vitest"
import { dataOf, streamCloud } from "../testing.ts"

const StreamName = "s"

async function withRecords() {
  const c = await streamCloud()
  await c.send("CreateStream", { StreamName, ShardCount: 1 })
  for (const text of ["one", "two"]) await c.send("PutRecord", { StreamName, PartitionKey: "a", Data: dataOf(text) })
  const shards = async (): Promise<any[]> => (await c.send("ListShards", { StreamName })).Shards
  const from = (index: number, type: string, StartingSequenceNumber: string) =>
    c.read(StreamName, `shardId-${String(index).padStart(12, "0")}`, type, { StartingSequenceNumber })
  return { ...c, shards, from }
}

const boundsOf = (shard: any) => shard.SequenceNumberRange
const middleOf = (shard: any) =>
  String((BigInt(shard.HashKeyRange.StartingHashKey) + BigInt(shard.HashKeyRange.EndingHashKey)) / 2n + 1n)

// https://github.com/etspaceman/kinesis-mock/pull/95, https://github.com/localstack/localstack/issues/4137
test("a shard starts before its first record: at and after its starting number come all of its records", async () => {
  const { shards, from, send } = await withRecords()
  const start = boundsOf((await shards())[0]).StartingSequenceNumber
  expect(await from(0, "AFTER_SEQUENCE_NUMBER", start)).toEqual(["one", "two"])
  expect(await from(0, "AT_SEQUENCE_NUMBER", start)).toEqual(["one", "two"])
  const first = (await send("PutRecord", { StreamName, PartitionKey: "a", Data: dataOf("three") })).SequenceNumber
  expect(BigInt(first)).toBeGreaterThan(BigInt(start))
})

test("a shard without records starts somewhere too, and what comes then is read from there", async () => {
  const { send, read } = await streamCloud()
  await send("CreateStream", { StreamName, ShardCount: 1 })
  const { StreamDescription } = await send("DescribeStream", { StreamName })
  const [shard] = StreamDescription.Shards
  const more = { StartingSequenceNumber: boundsOf(shard).StartingSequenceNumber }
  const { ShardIterator } = await send("GetShardIterator", {
    StreamName,
    ShardId: shard.ShardId,
    ShardIteratorType: "AFTER_SEQUENCE_NUMBER",
    ...more,
  })
  await send("PutRecord", { StreamName, PartitionKey: "a", Data: dataOf("first") })
  expect((await send("GetRecords", { ShardIterator })).Records).toHaveLength(1)
  expect(await read(StreamName, shard.ShardId, "AT_SEQUENCE_NUMBER", more)).toEqual(["first"])
})

test("children of a split and of a merge start before their first record, and after all of their parents'", async () => {
  const { send, shards, from } = await withRecords()
  const [parent] = await shards()
  await send("SplitShard", { StreamName, ShardToSplit: parent.ShardId, NewStartingHashKey: middleOf(parent) })
  const halves = [1, 2].map((index) => `shardId-00000000000${index}`)
  await send("PutRecord", { StreamName, PartitionKey: "a", ExplicitHashKey: "0", Data: dataOf("low") })
  await send("MergeShards", { StreamName, ShardToMerge: halves[0], AdjacentShardToMerge: halves[1] })
  await send("PutRecord", { StreamName, PartitionKey: "a", Data: dataOf("whole") })
  const all = await shards()
  const [first, low, high, whole] = all.map(boundsOf)
  expect(await from(1, "AFTER_SEQUENCE_NUMBER", low.StartingSequenceNumber)).toEqual(["low"])
  expect(await from(2, "AT_SEQUENCE_NUMBER", high.StartingSequenceNumber)).toEqual([])
  expect(await from(3, "AFTER_SEQUENCE_NUMBER", whole.StartingSequenceNumber)).toEqual(["whole"])
  expect(BigInt(low.StartingSequenceNumber)).toBeGreaterThan(BigInt(first.EndingSequenceNumber))
  expect(BigInt(whole.StartingSequenceNumber)).toBeGreaterThan(BigInt(low.EndingSequenceNumber))
  expect(whole.EndingSequenceNumber).toBeUndefined()
})

test("a closed shard ends after its last record: at and after its end, and after that record, there is nothing, and the shard is told to be done", async () => {
  const { send, shards, from } = await withRecords()
  const [parent] = await shards()
  const last = (await send("PutRecord", { StreamName, PartitionKey: "a", Data: dataOf("three") })).SequenceNumber
  await send("SplitShard", { StreamName, ShardToSplit: parent.ShardId, NewStartingHashKey: middleOf(parent) })
  const end = boundsOf((await shards())[0]).EndingSequenceNumber
  expect(BigInt(end)).toBeGreaterThan(BigInt(last))
  for (const [type, number] of [
    ["AT_SEQUENCE_NUMBER", end],
    ["AFTER_SEQUENCE_NUMBER", end],
    ["AFTER_SEQUENCE_NUMBER", last],
  ] as const) {
    const { ShardIterator } = await send("GetShardIterator", {
      StreamName,
      ShardId: parent.ShardId,
      ShardIteratorType: type,
      StartingSequenceNumber: number,
    })
    const answer = await send("GetRecords", { ShardIterator })
    expect([answer.Records, answer.NextShardIterator, answer.ChildShards.length]).toEqual([[], null, 2])
  }
  expect(await from(0, "AT_SEQUENCE_NUMBER", last)).toEqual(["three"])
})

test("a number that the shard has not given out yet is refused, also where it is the next", async () => {
  const { send, shards, streams } = await withRecords()
  const [shard] = await shards()
  for (const position of [2, 3]) {
    const answer = await send("GetShardIterator", {
      StreamName,
      ShardId: shard.ShardId,
      ShardIteratorType: "AFTER_SEQUENCE_NUMBER",
      StartingSequenceNumber: streams.find(StreamName)!.shards[0]!.sequence.at(position),
    })
    expect(answer.__type).toBe("InvalidArgumentException")
  }
})
