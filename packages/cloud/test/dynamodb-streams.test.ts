import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTableCommand,
} from "@aws-sdk/client-dynamodb"
import {
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
  type _Record as StreamRecord,
} from "@aws-sdk/client-dynamodb-streams"
import { afterEach, beforeEach, expect, test } from "vitest"
import { ARN, createTables, failure, N, S, table, type TablesCloud } from "./dynamodb-cloud.ts"

const HOUR = 3_600_000
const VIEWS = ["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"]
let w: TablesCloud
beforeEach(async () => {
  w = await createTables([
    ...VIEWS.map((StreamViewType) => table(StreamViewType, ["pk"], { StreamSpecification: { StreamViewType } })),
    table("SILENT", ["pk"]),
  ])
})
afterEach(() => w?.stop())

const BOTH = "NEW_AND_OLD_IMAGES"
const put = (pk: string, value: number, TableName = BOTH) =>
  w.client().send(new PutItemCommand({ TableName, Item: { pk: S(pk), value: N(value) } }))
const arnOf = async (TableName: string) => (await w.streams().send(new ListStreamsCommand({ TableName }))).Streams![0]!.StreamArn!
const shardsOf = async (StreamArn: string) =>
  (await w.streams().send(new DescribeStreamCommand({ StreamArn }))).StreamDescription!.Shards!
async function iterator(
  TableName: string,
  ShardIteratorType: "TRIM_HORIZON" | "LATEST" | "AT_SEQUENCE_NUMBER" | "AFTER_SEQUENCE_NUMBER",
  SequenceNumber?: string,
  shard = 0,
) {
  const StreamArn = await arnOf(TableName)
  const { ShardId } = (await shardsOf(StreamArn))[shard]!
  return (await w.streams().send(new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType, SequenceNumber })))
    .ShardIterator!
}
const read = (ShardIterator: string, Limit?: number) => w.streams().send(new GetRecordsCommand({ ShardIterator, Limit }))
const all = async (TableName = BOTH): Promise<StreamRecord[]> => (await read(await iterator(TableName, "TRIM_HORIZON"))).Records!
const brief = ({ eventName, dynamodb: d }: StreamRecord) => [
  eventName,
  d!.Keys!.pk!.S,
  d!.OldImage?.value?.N,
  d!.NewImage?.value?.N,
]

test("every kind of write leaves its record, in order; what changes nothing leaves none", async () => {
  const client = w.client()
  await put("a", 1)
  await put("a", 1)
  await client.send(
    new UpdateItemCommand({
      TableName: BOTH,
      Key: { pk: S("a") },
      UpdateExpression: "ADD #v :one",
      ExpressionAttributeNames: { "#v": "value" },
      ExpressionAttributeValues: { ":one": N(1) },
    }),
  )
  await client.send(
    new BatchWriteItemCommand({
      RequestItems: {
        [BOTH]: [{ PutRequest: { Item: { pk: S("b"), value: N(1) } } }, { DeleteRequest: { Key: { pk: S("a") } } }],
      },
    }),
  )
  await client.send(
    new TransactWriteItemsCommand({
      TransactItems: [
        { Put: { TableName: BOTH, Item: { pk: S("c"), value: N(1) } } },
        { Delete: { TableName: BOTH, Key: { pk: S("b") } } },
        { ConditionCheck: { TableName: BOTH, Key: { pk: S("zero") }, ConditionExpression: "attribute_not_exists(pk)" } },
      ],
    }),
  )
  await client.send(new DeleteItemCommand({ TableName: BOTH, Key: { pk: S("never") } }))
  await failure(
    client.send(new PutItemCommand({ TableName: BOTH, Item: { pk: S("c") }, ConditionExpression: "attribute_not_exists(pk)" })),
  )
  const records = await all()
  expect(records.map(brief)).toEqual([
    ["INSERT", "a", undefined, "1"],
    ["MODIFY", "a", "1", "2"],
    ["INSERT", "b", undefined, "1"],
    ["REMOVE", "a", "2", undefined],
    ["INSERT", "c", undefined, "1"],
    ["REMOVE", "b", "1", undefined],
  ])
  const numbers = records.map(({ dynamodb: d }) => d!.SequenceNumber!)
  expect(numbers).toEqual([...new Set(numbers)].sort())
  expect(records[0]).toMatchObject({
    eventVersion: "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: "us-east-1",
    eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
    dynamodb: {
      StreamViewType: BOTH,
      SizeBytes: 13,
      SequenceNumber: expect.stringMatching(/^\d{21,40}$/),
      ApproximateCreationDateTime: new Date(Math.floor(w.cloud.now() / 1000) * 1000),
    },
  })
})

test("a record carries the images that the view type names, and a table without a stream has none", async () => {
  for (const view of [...VIEWS, "SILENT"]) for (const value of [1, 2]) await put("a", value, view)
  const images = await Promise.all(VIEWS.map(async (view) => brief((await all(view))[1]!).slice(2)))
  expect(images).toEqual([
    [undefined, undefined],
    [undefined, "2"],
    ["1", undefined],
    ["1", "2"],
  ])
  expect((await w.streams().send(new ListStreamsCommand({ TableName: "SILENT" }))).Streams).toEqual([])
})

test("concurrent writes of a key leave a chain: each record's old image is the new one of the record before", async () => {
  const client = w.client()
  const increment = new UpdateItemCommand({
    TableName: BOTH,
    Key: { pk: S("chain") },
    UpdateExpression: "ADD #v :one",
    ExpressionAttributeNames: { "#v": "value" },
    ExpressionAttributeValues: { ":one": N(1) },
  })
  await Promise.all(Array.from({ length: 50 }, () => client.send(increment)))
  const chain = (await all()).map(brief)
  expect(chain.map(([, , old]) => old)).toEqual([undefined, ...chain.slice(0, -1).map(([, , , now]) => now)])
  expect(chain).toHaveLength(50)
})

test("iterators start where they are told, and pages go on until the end", async () => {
  for (let value = 1; value <= 5; value++) await put("a", value)
  const numbers = (await all()).map(({ dynamodb: d }) => d!.SequenceNumber!)
  const values = async (text: string) => (await read(text)).Records!.map((record) => brief(record)[3])
  expect(await values(await iterator(BOTH, "AT_SEQUENCE_NUMBER", numbers[3]))).toEqual(["4", "5"])
  expect(await values(await iterator(BOTH, "AFTER_SEQUENCE_NUMBER", numbers[3]))).toEqual(["5"])
  const latest = await iterator(BOTH, "LATEST")
  await put("a", 6)
  expect(await values(latest)).toEqual(["6"])
  const first = await read(await iterator(BOTH, "TRIM_HORIZON"), 4)
  const second = await read(first.NextShardIterator!, 4)
  const third = await read(second.NextShardIterator!)
  expect([first, second, third].map(({ Records }) => Records!.length)).toEqual([4, 2, 0])
  expect(third.NextShardIterator).toBeDefined()
})

test("an iterator lives for 15 minutes and a record for 24 hours of the cloud's clock", async () => {
  await put("a", 1)
  const [{ dynamodb: first }] = (await all()) as [StreamRecord]
  const old = await iterator(BOTH, "TRIM_HORIZON")
  w.advance(15 * 60_000)
  expect((await read(old)).Records).toHaveLength(1)
  w.advance(1)
  expect((await failure(read(old))).name).toBe("ExpiredIteratorException")
  await put("a", 2)
  w.advance(24 * HOUR - 15 * 60_000)
  expect((await all()).map(brief)).toEqual([["MODIFY", "a", "1", "2"]])
  const trimmed = await failure(iterator(BOTH, "AT_SEQUENCE_NUMBER", first!.SequenceNumber))
  expect(trimmed.name).toBe("TrimmedDataAccessException")
})

test("a shard is followed by its child after four hours: the parent ends, the child goes on", async () => {
  await put("a", 1)
  const parent = await iterator(BOTH, "TRIM_HORIZON")
  w.advance(4 * HOUR)
  await put("a", 2)
  const StreamArn = await arnOf(BOTH)
  const shards = await shardsOf(StreamArn)
  expect(shards.map(({ ParentShardId }) => ParentShardId)).toEqual([undefined, shards[0]!.ShardId])
  expect(shards.map(({ SequenceNumberRange: range }) => range!.EndingSequenceNumber !== undefined)).toEqual([true, false])
  expect((await failure(read(parent))).name).toBe("ExpiredIteratorException")
  const ended = await read(await iterator(BOTH, "TRIM_HORIZON", undefined, 0))
  expect([ended.Records!.map(brief)[0]![3], ended.NextShardIterator]).toEqual(["1", undefined])
  const child = await read(await iterator(BOTH, "TRIM_HORIZON", undefined, 1))
  expect(child.Records!.map(brief)).toEqual([["MODIFY", "a", "1", "2"]])
})

test("a stream is switched on and off by UpdateTable and refuses what does not exist", async () => {
  const client = w.client()
  const change = (StreamSpecification: any) => client.send(new UpdateTableCommand({ TableName: "SILENT", StreamSpecification }))
  const { TableDescription } = await change({ StreamEnabled: true, StreamViewType: "NEW_IMAGE" })
  expect(TableDescription!.LatestStreamArn).toBe(`${ARN}/SILENT/stream/${TableDescription!.LatestStreamLabel}`)
  await put("a", 1, "SILENT")
  await change({ StreamEnabled: false })
  await put("b", 1, "SILENT")
  expect((await all("SILENT")).map(brief)).toEqual([["INSERT", "a", undefined, "1"]])
  const StreamArn = await arnOf("SILENT")
  const { StreamDescription } = await w.streams().send(new DescribeStreamCommand({ StreamArn }))
  expect(StreamDescription!.StreamStatus).toBe("DISABLED")
  w.advance(24 * HOUR + 1)
  expect((await w.streams().send(new ListStreamsCommand({ TableName: "SILENT" }))).Streams).toEqual([])
  expect((await failure(w.streams().send(new DescribeStreamCommand({ StreamArn })))).name).toBe("ResourceNotFoundException")
})
