import {
  DescribeTimeToLiveCommand,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb"
import {
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from "@aws-sdk/client-dynamodb-streams"
import { afterEach, beforeEach, expect, test } from "vitest"
import { createTables, eventually, failure, N, S, table, type TablesCloud } from "./dynamodb-cloud.ts"

const HOUR = 3_600_000
let w: TablesCloud
let seconds: number
beforeEach(async () => {
  w = await createTables([
    table("EXPIRING", ["pk"], {
      TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true },
      StreamSpecification: { StreamViewType: "OLD_IMAGE" },
    }),
    table("LASTING", ["pk"]),
  ])
  seconds = Math.floor(w.cloud.now() / 1000)
})
afterEach(() => w?.stop())

const put = (pk: string, ttl?: any, TableName = "EXPIRING") =>
  w.client().send(new PutItemCommand({ TableName, Item: { pk: S(pk), ...(ttl && { ttl }) } }))
const names = async (TableName = "EXPIRING") =>
  (await w.client().send(new ScanCommand({ TableName }))).Items!.map(({ pk }) => pk!.S!).sort()

test("expired items are shown until the sweep, which deletes exactly those with a number of the last five years", async () => {
  await put("soon", N(seconds + 30))
  await put("later", N(seconds + 3 * 3600))
  await put("text", S(String(seconds - 10)))
  await put("ancient", N(seconds - 6 * 365 * 86_400))
  await put("milliseconds", N(w.cloud.now()))
  await put("none")
  await put("soon", N(seconds + 30), "LASTING")
  w.advance(40_000)
  expect((await w.client().send(new GetItemCommand({ TableName: "EXPIRING", Key: { pk: S("soon") } }))).Item).toBeDefined()
  w.advance(20_000)
  await eventually(async () => (await w.state()).expiry.deleted === 1)
  expect(await names()).toEqual(["ancient", "later", "milliseconds", "none", "text"])
  expect(await names("LASTING")).toEqual(["soon"])
  w.advance(5 * HOUR)
  await eventually(async () => (await w.state()).expiry.deleted === 2)
  expect(await names()).toEqual(["ancient", "milliseconds", "none", "text"])
})

test("the sweep is nobody's call: it is not in the call log, and its stream record is signed by the service", async () => {
  await put("gone", N(seconds + 1))
  const last = w.calls.since(0, 100_000).at(-1)!.n
  w.advance(HOUR)
  await eventually(async () => (await w.state()).expiry.deleted === 1)
  expect(w.calls.since(last)).toEqual([])
  const streams = w.streams()
  const { Streams } = await streams.send(new ListStreamsCommand({ TableName: "EXPIRING" }))
  const { StreamArn } = Streams![0]!
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }))
  const { ShardIterator } = await streams.send(
    new GetShardIteratorCommand({
      StreamArn,
      ShardId: StreamDescription!.Shards![0]!.ShardId,
      ShardIteratorType: "TRIM_HORIZON",
    }),
  )
  const { Records } = await streams.send(new GetRecordsCommand({ ShardIterator }))
  expect(Records!.map(({ eventName, userIdentity }) => [eventName, userIdentity])).toEqual([
    ["INSERT", undefined],
    ["REMOVE", { Type: "Service", PrincipalId: "dynamodb.amazonaws.com" }],
  ])
  expect(Records![1]!.dynamodb!.OldImage).toEqual({ pk: S("gone"), ttl: N(seconds + 1) })
})

test("an item that was given more time before the sweep stays", async () => {
  await put("renewed", N(seconds + 1))
  w.advance(30_000)
  await w.client().send(
    new UpdateItemCommand({
      TableName: "EXPIRING",
      Key: { pk: S("renewed") },
      UpdateExpression: "SET #t = :t",
      ExpressionAttributeNames: { "#t": "ttl" },
      ExpressionAttributeValues: { ":t": N(seconds + 7200) },
    }),
  )
  w.advance(60_000)
  await eventually(async () => (await w.state()).expiry.sweptAt === w.cloud.now())
  expect(await names()).toEqual(["renewed"])
})

test("time to live is described and changed as AWS does, once an hour", async () => {
  const client = w.client()
  const describe = async (TableName: string) =>
    (await client.send(new DescribeTimeToLiveCommand({ TableName }))).TimeToLiveDescription
  const update = (AttributeName: string, Enabled: boolean) =>
    client.send(new UpdateTimeToLiveCommand({ TableName: "LASTING", TimeToLiveSpecification: { AttributeName, Enabled } }))
  expect(await describe("EXPIRING")).toEqual({ TimeToLiveStatus: "ENABLED", AttributeName: "ttl" })
  expect(await describe("LASTING")).toEqual({ TimeToLiveStatus: "DISABLED" })
  expect((await failure(update("ttl", false))).message).toBe("TimeToLive is already disabled")
  expect((await update("ttl", true)).TimeToLiveSpecification).toEqual({ AttributeName: "ttl", Enabled: true })
  expect((await failure(update("ttl", false))).message).toBe(
    "Time to live has been modified multiple times within a fixed interval",
  )
  w.advance(HOUR)
  expect((await failure(update("ttl", true))).message).toBe("TimeToLive is already enabled")
  expect((await failure(update("other", false))).message).toContain(
    "active on a different AttributeName: current AttributeName is ttl",
  )
  await update("ttl", false)
  expect(await describe("LASTING")).toEqual({ TimeToLiveStatus: "DISABLED" })
  const missing = await failure(client.send(new DescribeTimeToLiveCommand({ TableName: "NOWHERE" })))
  expect(missing.name).toBe("ResourceNotFoundException")
})
