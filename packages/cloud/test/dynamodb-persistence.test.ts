import { spawn } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import {
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb"
import { DescribeStreamCommand, GetRecordsCommand, GetShardIteratorCommand } from "@aws-sdk/client-dynamodb-streams"
import { afterEach, beforeEach, expect, test } from "vitest"
import { createTables, failure, N, S, table, type TablesCloud } from "./dynamodb-cloud.ts"

/** BACKLINE_DYNAMODB_ITEMS=100000 for the figure of the full size. */
const ITEMS = Number(process.env.BACKLINE_DYNAMODB_ITEMS ?? 2_000)
const START_MS = 3_000

let data: string
let running: TablesCloud[] = []
beforeEach(async () => void (data = await mkdtemp(join(tmpdir(), "backline-tables-"))))
afterEach(async () => {
  for (const each of running) await each.stop()
  running = []
  await rm(data, { recursive: true, force: true })
})

const STREAM = { StreamSpecification: { StreamViewType: "NEW_AND_OLD_IMAGES" } }
const TTL = { TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true } }

async function start(tables: Parameters<typeof createTables>[0], at?: number) {
  const cloud = await createTables(tables, { data, at })
  running.push(cloud)
  return cloud
}
const stop = async (cloud: TablesCloud) => {
  running = running.filter((each) => each !== cloud)
  await cloud.stop()
}
const put = (cloud: TablesCloud, pk: string, more: object = {}) =>
  cloud.client().send(new PutItemCommand({ TableName: "KEPT", Item: { pk: S(pk), ...more } }))

async function recordsOf(cloud: TablesCloud): Promise<(string | undefined)[]> {
  const { Table } = await cloud.client().send(new DescribeTableCommand({ TableName: "KEPT" }))
  const StreamArn = Table!.LatestStreamArn!
  const streams = cloud.streams()
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }))
  const { ShardIterator } = await streams.send(
    new GetShardIteratorCommand({
      StreamArn,
      ShardId: StreamDescription!.Shards![0]!.ShardId,
      ShardIteratorType: "TRIM_HORIZON",
    }),
  )
  const { Records } = await streams.send(new GetRecordsCommand({ ShardIterator }))
  return Records!.map(({ eventName, dynamodb: d }) => `${eventName} ${d!.Keys!.pk!.S} ${d!.SequenceNumber}`)
}

/** A cloud in a process of its own that writes one item after the other and prints each number once it is acknowledged. */
const WRITER = `
import { PutItemCommand } from "@aws-sdk/client-dynamodb"
import { createTables, table } from ${JSON.stringify(fileURLToPath(new URL("dynamodb-cloud.ts", import.meta.url)))}
const cloud = await createTables([table("KEPT", ["pk"], ${JSON.stringify(STREAM)})], { data: process.argv[1] })
const client = cloud.client()
await Promise.all(Array.from({ length: 4 }, async (_, lane) => {
  for (let index = 0; ; index++) {
    await client.send(new PutItemCommand({ TableName: "KEPT", Item: { pk: { S: lane + "-" + index } } }))
    console.log(lane + "-" + index)
  }
}))
`

test("what was acknowledged survives SIGKILL in the middle of writing: every item, and a stream record for each item there is", async () => {
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", WRITER, data], {
    stdio: ["ignore", "pipe", "inherit"],
  })
  let said = ""
  child.stdout.on("data", (chunk: Buffer) => void (said += chunk.toString()))
  const ended = new Promise((resolve) => child.once("exit", resolve))
  while (said.split("\n").length < 200) await new Promise((resolve) => setTimeout(resolve, 10))
  child.kill("SIGKILL")
  await ended
  const acknowledged = said.split("\n").slice(0, -1)
  const cloud = await start([table("KEPT", ["pk"], STREAM)])
  const { Items } = await cloud.client().send(new ScanCommand({ TableName: "KEPT" }))
  const stored = Items!.map(({ pk }) => pk!.S!)
  const recorded = (await recordsOf(cloud)).map((record) => record!.split(" ")[1]!)
  console.log(`killed after ${acknowledged.length} acknowledged writes: ${stored.length} stored, ${recorded.length} records`)
  expect(acknowledged.filter((pk) => !stored.includes(pk))).toEqual([])
  expect([...recorded].sort()).toEqual([...stored].sort())
})

test("a second run finds tables, indexes, time to live, tokens and the stream where the first left them, and goes on counting", async () => {
  const tables = [table("KEPT", ["pk"], { indexes: { byTeam: ["team"] }, ...STREAM, ...TTL })]
  const first = await start(tables)
  await put(first, "a", { team: S("red"), ttl: N(1) })
  const once = { TransactItems: [{ Put: { TableName: "KEPT", Item: { pk: S("b") } } }], ClientRequestToken: "token" }
  await first.client().send(new TransactWriteItemsCommand(once))
  const before = await recordsOf(first)
  const at = first.cloud.now()
  await stop(first)
  const second = await start(tables, at + 1_000)
  expect(await recordsOf(second)).toEqual(before)
  const query = {
    TableName: "KEPT",
    IndexName: "byTeam",
    KeyConditionExpression: "team = :t",
    ExpressionAttributeValues: { ":t": S("red") },
  }
  expect((await second.client().send(new QueryCommand(query))).Count).toBe(1)
  expect((await second.client().send(new DescribeTimeToLiveCommand({ TableName: "KEPT" }))).TimeToLiveDescription).toEqual({
    TimeToLiveStatus: "ENABLED",
    AttributeName: "ttl",
  })
  await second.client().send(new TransactWriteItemsCommand(once))
  const other = { ...once, TransactItems: [{ Put: { TableName: "KEPT", Item: { pk: S("c") } } }] }
  expect((await failure(second.client().send(new TransactWriteItemsCommand(other)))).name).toBe(
    "IdempotentParameterMismatchException",
  )
  await put(second, "d")
  const after = await recordsOf(second)
  expect(after.slice(0, -1)).toEqual(before)
  expect(after.at(-1)!.split(" ")[2]! > before.at(-1)!.split(" ")[2]!).toBe(true)
})

test("a new index is built over the items that are there, and one that is gone is deleted", async () => {
  const first = await start([table("KEPT", ["pk"], { indexes: { byTeam: ["team"] } })])
  await put(first, "a", { team: S("red"), city: S("Bonn") })
  await stop(first)
  const second = await start([table("KEPT", ["pk"], { indexes: { byCity: ["city"] } })])
  const { Table } = await second.client().send(new DescribeTableCommand({ TableName: "KEPT" }))
  expect(Table!.GlobalSecondaryIndexes!.map(({ IndexName }) => IndexName)).toEqual(["byCity"])
  const query = {
    TableName: "KEPT",
    IndexName: "byCity",
    KeyConditionExpression: "city = :c",
    ExpressionAttributeValues: { ":c": S("Bonn") },
  }
  expect((await second.client().send(new QueryCommand(query))).Items).toEqual([{ pk: S("a"), team: S("red"), city: S("Bonn") }])
})

test("other keys, which CloudFormation answers with a new table, are refused with what to do", async () => {
  const first = await start([table("KEPT", ["pk"])])
  await put(first, "a")
  await stop(first)
  await expect(start([table("KEPT", ["pk", "sk"])])).rejects.toThrow(
    /Table KEPT \(KEPT\) of the last run has another KeySchema\. CloudFormation would replace the table.*fresh --data folder/,
  )
  const again = await start([table("KEPT", ["pk"])])
  expect((await again.client().send(new GetItemCommand({ TableName: "KEPT", Key: { pk: S("a") } }))).Item).toBeDefined()
})

test("an index that changed its keys under the same name is refused", async () => {
  await stop(await start([table("KEPT", ["pk"], { indexes: { byTeam: ["team"] } })]))
  await expect(start([table("KEPT", ["pk"], { indexes: { byTeam: ["team", "pk"] } })])).rejects.toThrow(
    /Index byTeam of table KEPT changed its keys or projection/,
  )
})

test(`${ITEMS} items are there again within ${START_MS} ms`, { timeout: 300_000 }, async () => {
  const tables = [table("KEPT", ["pk"], { ...TTL })]
  const first = await start(tables)
  const client = first.client()
  // A transaction is one flush to the disk.
  for (let from = 0; from < ITEMS; from += 100) {
    const TransactItems = Array.from({ length: 100 }, (_, index) => ({
      Put: { TableName: "KEPT", Item: { pk: S(`item-${from + index}`), text: S("x".repeat(200)) } },
    }))
    await client.send(new TransactWriteItemsCommand({ TransactItems }))
  }
  await stop(first)
  const began = performance.now()
  const second = await start(tables)
  const ms = performance.now() - began
  const { Item } = await second.client().send(new GetItemCommand({ TableName: "KEPT", Key: { pk: S(`item-${ITEMS - 1}`) } }))
  console.log(`start with ${ITEMS} items: ${Math.round(ms)} ms`)
  expect(Item).toBeDefined()
  expect(ms).toBeLessThan(START_MS)
})
