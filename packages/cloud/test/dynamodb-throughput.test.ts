import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb"
import { afterEach, beforeEach, expect, test } from "vitest"
import { ARN, createTables, failure, N, S, table, type TablesCloud } from "./dynamodb-cloud.ts"

const HOT = S("hot")
let w: TablesCloud
beforeEach(async () => {
  w = await createTables([
    table("PLAIN", ["pk", "sk"]),
    table("INDEXED", ["pk"], { indexes: { byTeam: ["team"] } }),
    table("SMALL", ["pk"], {
      BillingMode: "PROVISIONED",
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
    }),
  ])
})
afterEach(() => w?.stop())

/** 25 items of 8 KB each: 200 units. */
const eightKb = "x".repeat(8 * 1024 - 100)
const large = (sk: number, pk = HOT) => ({ PutRequest: { Item: { pk, sk: S(String(sk)), text: S(eightKb) } } })
const batchOf = (round: number, pk = HOT) =>
  new BatchWriteItemCommand({ RequestItems: { PLAIN: Array.from({ length: 25 }, (_, index) => large(round * 25 + index, pk)) } })
const put = (pk = HOT, sk = "small") => new PutItemCommand({ TableName: "PLAIN", Item: { pk, sk: S(sk) } })

/** An item that costs so many units. */
const heavy = (units: number, sk: string) =>
  new PutItemCommand({ TableName: "PLAIN", Item: { pk: HOT, sk: S(sk), text: S("x".repeat(units * 1024 - 50)) } })

/** Takes all but `left` of the 1,000 units of a second. */
async function useUp(left = 0) {
  for (const [index, units] of [300, 300, 300, 100 - left].entries()) await w.client().send(heavy(units, `heavy-${index}`))
}

test("a key takes 1,000 write units a second, not one more, and other keys do not notice", async () => {
  await useUp(2)
  await w.client().send(put())
  await w.client().send(put())
  const error = await failure(w.client().send(put()))
  expect(error.name).toBe("ThrottlingException")
  expect(error.message).toContain("Throughput exceeds the current capacity of your table or index.")
  expect(error.throttlingReasons).toEqual([{ reason: "TableWriteKeyRangeThroughputExceeded", resource: `${ARN}/PLAIN` }])
  await w.client().send(put(S("cold")))
  w.advance(1)
  await w.client().send(put())
  expect((await failure(w.client().send(put()))).name).toBe("ThrottlingException")
  expect((await w.state()).throttled).toEqual([
    expect.objectContaining({ resource: `${ARN}/PLAIN`, kind: "Write", key: "hot", times: 2 }),
  ])
})

test("an SDK client with attempts left gets through once the second is over", async () => {
  await useUp()
  const sent = w.client(10).send(put())
  await new Promise((resolve) => setTimeout(resolve, 30))
  w.advance(1_000)
  expect((await sent).$metadata.attempts).toBeGreaterThan(1)
})

test("a batch gives back what a hot key cannot take, and fails only when nothing of it can be taken", async () => {
  await useUp(1)
  const cold = large(0, S("cold"))
  const small = { PutRequest: { Item: { pk: HOT, sk: S("last") } } }
  const next = { PutRequest: { Item: { pk: HOT, sk: S("none") } } }
  const { UnprocessedItems } = await w.client().send(new BatchWriteItemCommand({ RequestItems: { PLAIN: [small, cold, next] } }))
  expect(UnprocessedItems).toEqual({ PLAIN: [next] })
  const all = await failure(w.client().send(new BatchWriteItemCommand({ RequestItems: { PLAIN: [next] } })))
  expect(all.name).toBe("ThrottlingException")
})

test("a transaction is cancelled with ThrottlingError at the item of the hot key", async () => {
  await useUp()
  const items = [S("cold"), HOT].map((pk) => ({ Put: { TableName: "PLAIN", Item: { pk, sk: S("t") } } }))
  const error = await failure(w.client().send(new TransactWriteItemsCommand({ TransactItems: items })))
  expect(error.name).toBe("TransactionCanceledException")
  expect(error.CancellationReasons.map(({ Code }: any) => Code)).toEqual(["None", "ThrottlingError"])
})

test("a key gives 3,000 read units a second, by whatever operation", async () => {
  const client = w.client()
  for (let round = 0; round < 4; round++) await client.send(batchOf(round))
  w.advance(1_000)
  // 100 items of 8 KB are 100 units by an eventually consistent batch, 200 by a consistent one.
  const Keys = Array.from({ length: 100 }, (_, sk) => ({ pk: HOT, sk: S(String(sk)) }))
  const read = new BatchGetItemCommand({ RequestItems: { PLAIN: { Keys, ConsistentRead: true } } })
  for (let round = 0; round < 15; round++) {
    const { UnprocessedKeys } = await client.send(read)
    expect([UnprocessedKeys, w.units()]).toEqual([{}, { RRU: 200 }])
  }
  const get = await failure(client.send(new GetItemCommand({ TableName: "PLAIN", Key: Keys[0] })))
  expect(get.throttlingReasons[0].reason).toBe("TableReadKeyRangeThroughputExceeded")
  const query = new QueryCommand({
    TableName: "PLAIN",
    KeyConditionExpression: "pk = :pk",
    ExpressionAttributeValues: { ":pk": HOT },
  })
  expect((await failure(client.send(query))).name).toBe("ThrottlingException")
  const mixed = { PLAIN: { Keys: [Keys[0]!, { pk: S("cold"), sk: S("1") }] } }
  const { UnprocessedKeys } = await client.send(new BatchGetItemCommand({ RequestItems: mixed }))
  expect(UnprocessedKeys).toEqual({ PLAIN: { Keys: [Keys[0]] } })
})

test("a hot key of a global index holds back writes of its table, and only those that reach the index there", async () => {
  const client = w.client()
  const member = (pk: string, team?: string, text = "") =>
    new PutItemCommand({ TableName: "INDEXED", Item: { pk: S(pk), text: S(text), ...(team && { team: S(team) }) } })
  await client.send(member("early", "red"))
  w.advance(1_000)
  for (let index = 0; index < 10; index++) await client.send(member(`m-${index}`, "red", "x".repeat(100 * 1024 - 50)))
  const held = await failure(client.send(member("late", "red")))
  expect(held.throttlingReasons).toEqual([
    { reason: "IndexWriteKeyRangeThroughputExceeded", resource: `${ARN}/INDEXED/index/byTeam` },
  ])
  const update = new UpdateItemCommand({
    TableName: "INDEXED",
    Key: { pk: S("early") },
    UpdateExpression: "SET n = :n",
    ExpressionAttributeValues: { ":n": N(1) },
  })
  expect((await failure(client.send(update))).throttlingReasons[0].reason).toBe("IndexWriteKeyRangeThroughputExceeded")
  await client.send(member("other", "blue"))
  await client.send(member("none"))
  w.advance(10)
  expect((await client.send(update)).Attributes).toBeUndefined()
})

test("a provisioned table has 300 seconds of burst, then fails as provisioned tables do", async () => {
  const client = w.client()
  const small = new PutItemCommand({ TableName: "SMALL", Item: { pk: S("a"), text: S("x".repeat(100 * 1024 - 100)) } })
  for (let round = 0; round < 3; round++) await client.send(small)
  const error = await failure(client.send(small))
  expect(error.name).toBe("ProvisionedThroughputExceededException")
  expect(error.ThrottlingReasons).toEqual([{ reason: "TableWriteProvisionedThroughputExceeded", resource: `${ARN}/SMALL` }])
  w.advance(100_000)
  await client.send(small)
})
