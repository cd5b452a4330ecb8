import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb"
import fc from "fast-check"
import { afterAll, beforeAll, expect, test } from "vitest"
import { itemBytes } from "../src/services/dynamodb/item-size.ts"
import { readUnits, writeUnits } from "../src/services/dynamodb/units.ts"
import { createTables, failure, N, S, table, type TablesCloud } from "./dynamodb-cloud.ts"

let w: TablesCloud
beforeAll(
  async () =>
    void (w = await createTables([table("PLAIN", ["pk"]), table("INDEXED", ["pk"], { indexes: { byTeam: ["team"] } })])),
)
afterAll(() => w?.stop())

/** AWS calls its formula for numbers approximate: with an even count of digits and no zero at the end all readings of it agree. */
const even = fc.constantFrom("17", "-37", "0.42", "1234", "-98765432.11", "3.3e20")
const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 30 }),
  fc.integer({ min: 900, max: 9_000 }).map((length) => "x".repeat(length)),
)
const bytes = fc.uint8Array({ maxLength: 3_000 })
const value: fc.Arbitrary<any> = fc.letrec<{ value: any }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    text.map((one) => ({ S: one })),
    even.map((one) => ({ N: one })),
    bytes.map((one) => ({ B: Buffer.from(one).toString("base64") })),
    fc.boolean().map((one) => ({ BOOL: one })),
    fc.constant({ NULL: true }),
    fc.uniqueArray(fc.string({ minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 5 }).map((SS) => ({ SS })),
    fc.array(tie("value"), { maxLength: 3 }).map((L) => ({ L })),
    fc.dictionary(fc.string({ minLength: 1, maxLength: 10 }), tie("value"), { maxKeys: 3 }).map((M) => ({ M })),
  ),
})).value
const attributes = fc.dictionary(fc.constantFrom("a", "b", "ü", "longer name"), value, { maxKeys: 4 })

/** As the wire carries it: the property speaks base64 for bytes, the SDK wants bytes. */
const native = (one: any): any => {
  if (Array.isArray(one)) return one.map(native)
  if (typeof one !== "object" || one === null) return one
  return Object.fromEntries(
    Object.entries(one).map(([name, inner]) => [
      name,
      name === "B" && typeof inner === "string" ? Buffer.from(inner, "base64") : native(inner),
    ]),
  )
}
const itemOf = (pk: string, more: any) => ({ ...more, pk: S(pk) })
const sendable = (item: any) => Object.fromEntries(Object.entries(item).map(([name, one]) => [name, native(one)]))

test("what the engine says an operation costs is what AWS's formula says, for any item", async () => {
  const client = w.client()
  const TableName = "PLAIN"
  let round = 0
  await fc.assert(
    fc.asyncProperty(attributes, attributes, async (first, second) => {
      w.advance(1_000)
      const [one, two] = [itemOf(`k${round}`, first), itemOf(`k${round++}`, second)]
      const [small, large] = [itemBytes(one), itemBytes(two)]
      const Key = { pk: one.pk }
      const wru = (units: number) => expect(w.units(), `${small} then ${large} bytes`).toEqual({ WRU: units })
      const rru = (units: number) => expect(w.units(), `${large} bytes`).toEqual({ RRU: units })
      await client.send(new PutItemCommand({ TableName, Item: sendable(one) }))
      wru(writeUnits(small))
      await client.send(new PutItemCommand({ TableName, Item: sendable(two) }))
      wru(writeUnits(Math.max(small, large)))
      await client.send(new GetItemCommand({ TableName, Key }))
      rru(readUnits(large, "eventual"))
      await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))
      rru(readUnits(large, "strong"))
      await client.send(new TransactGetItemsCommand({ TransactItems: [{ Get: { TableName, Key } }] }))
      rru(readUnits(large, "transactional"))
      await client.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName, Item: sendable(two) } }] }))
      wru(writeUnits(large, true))
      await client.send(new DeleteItemCommand({ TableName, Key }))
      wru(writeUnits(large))
    }),
    { numRuns: 60, seed: 7 },
  )
})

test("a Query or Scan pays for the bytes it reads together, a batch for each item, and what is not there costs the least", async () => {
  const client = w.client()
  const TableName = "INDEXED"
  const text = S("x".repeat(2_500))
  for (const pk of ["a", "b", "c"])
    await client.send(new PutItemCommand({ TableName, Item: { pk: S(pk), team: S("red"), text } }))
  const each = itemBytes({ pk: S("a"), team: S("red"), text })
  await client.send(new ScanCommand({ TableName }))
  expect(w.units()).toEqual({ RRU: readUnits(3 * each, "eventual") })
  const query = {
    TableName,
    IndexName: "byTeam",
    KeyConditionExpression: "team = :t",
    ExpressionAttributeValues: { ":t": S("red") },
  }
  await client.send(new QueryCommand(query))
  expect(w.units()).toEqual({ RRU: readUnits(3 * each, "eventual") })
  const Keys = ["a", "b", "none"].map((pk) => ({ pk: S(pk) }))
  await client.send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys } } }))
  expect(w.units()).toEqual({ RRU: 1.5 })
  await client.send(new DeleteItemCommand({ TableName, Key: { pk: S("none") } }))
  expect(w.units()).toEqual({ WRU: 1 })
})

test("writes pay for the index they reach: once to come in or change there, twice to move, nothing to stay as they were", async () => {
  const client = w.client()
  const TableName = "INDEXED"
  const Key = { pk: S("moving") }
  const update = (UpdateExpression: string, values?: any) =>
    client.send(new UpdateItemCommand({ TableName, Key, UpdateExpression, ExpressionAttributeValues: values }))
  await client.send(new PutItemCommand({ TableName, Item: Key }))
  expect(w.units()).toEqual({ WRU: 1 })
  await update("SET team = :t", { ":t": S("red") })
  expect(w.units()).toEqual({ WRU: 2 })
  await update("SET n = :n", { ":n": N(1) })
  expect(w.units()).toEqual({ WRU: 2 })
  await update("SET team = :t", { ":t": S("blue") })
  expect(w.units()).toEqual({ WRU: 3 })
  await update("REMOVE team")
  expect(w.units()).toEqual({ WRU: 2 })
  const answer = await update("SET team = :t", { ":t": S("red") })
  expect([answer.Attributes, answer.ConsumedCapacity]).toEqual([undefined, undefined])
  const requests = ["x", "y"].map((pk) => ({ PutRequest: { Item: { pk: S(pk), team: S("red") } } }))
  await client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: requests } }))
  expect(w.units()).toEqual({ WRU: 4 })
})

test("a failed condition costs what the item that is there weighs, and shows the item only to who asked", async () => {
  const client = w.client()
  await client.send(new PutItemCommand({ TableName: "PLAIN", Item: { pk: S("there"), text: S("x".repeat(3_000)) } }))
  const put = { TableName: "PLAIN", Item: { pk: S("there") }, ConditionExpression: "attribute_not_exists(pk)" }
  const quiet = await failure(client.send(new PutItemCommand(put)))
  expect([quiet.name, quiet.Item, w.units()]).toEqual(["ConditionalCheckFailedException", undefined, { WRU: 3 }])
  const told = await failure(client.send(new PutItemCommand({ ...put, ReturnValuesOnConditionCheckFailure: "ALL_OLD" })))
  expect(told.Item.pk).toEqual(S("there"))
  await failure(client.send(new PutItemCommand({ ...put, Item: { pk: S("none") }, ConditionExpression: "attribute_exists(pk)" })))
  expect(w.units()).toEqual({ WRU: 1 })
})

test("a caller who asks for TOTAL or INDEXES gets just that", async () => {
  const client = w.client()
  const put = { TableName: "INDEXED", Item: { pk: S("asked"), team: S("red") } }
  const total = await client.send(new PutItemCommand({ ...put, ReturnConsumedCapacity: "TOTAL" }))
  expect(total.ConsumedCapacity).toEqual({ TableName: "INDEXED", CapacityUnits: 2 })
  const indexes = await client.send(
    new PutItemCommand({ ...put, Item: { ...put.Item, n: N(1) }, ReturnConsumedCapacity: "INDEXES" }),
  )
  expect(indexes.ConsumedCapacity).toMatchObject({
    Table: { CapacityUnits: 1 },
    GlobalSecondaryIndexes: { byTeam: { CapacityUnits: 1 } },
  })
})
