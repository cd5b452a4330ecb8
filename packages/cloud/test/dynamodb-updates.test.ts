import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type ReturnValue,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb"
import { DescribeStreamCommand, GetRecordsCommand, GetShardIteratorCommand } from "@aws-sdk/client-dynamodb-streams"
import { afterAll, beforeAll, expect, test } from "vitest"
import { createTables, failure, N, S, table, type TablesCloud } from "./dynamodb-cloud.ts"

const NUMBERED = table("NUMBERED", ["pk", "sk"], { StreamSpecification: { StreamViewType: "NEW_AND_OLD_IMAGES" } })
NUMBERED.properties.AttributeDefinitions = [
  { AttributeName: "pk", AttributeType: "S" },
  { AttributeName: "sk", AttributeType: "N" },
]
let w: TablesCloud
beforeAll(async () => (w = await createTables([table("UPDATES", ["pk"]), NUMBERED])))
afterAll(() => w?.stop())

const L = (...values: AttributeValue[]): AttributeValue => ({ L: values })
const M = (values: Record<string, AttributeValue>): AttributeValue => ({ M: values })
const NS = (...values: string[]): AttributeValue => ({ NS: values })
let count = 0

/** The client's value as a person reads it; sets are sorted lists of texts. */
function told(item: Record<string, AttributeValue> | undefined): any {
  const { pk: _, ...rest } = item ?? {}
  const read = (value: AttributeValue): any =>
    value.L?.map(read) ?? value.NS?.toSorted() ?? (value.M ? plain(value.M) : value.N ? Number(value.N) : (value.S ?? value.BOOL))
  const plain = (values: Record<string, AttributeValue>): any =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, read(value)]))
  return item && plain(rest)
}

interface Asked {
  names?: Record<string, string>
  condition?: string
  returns?: ReturnValue
}

/** A new item, one update of it: what it returns and what is stored then. */
async function updated(
  item: Record<string, AttributeValue>,
  expression: string,
  values?: Record<string, AttributeValue>,
  { names, condition, returns = "NONE" }: Asked = {},
) {
  const Key = { pk: S(`item-${count++}`) }
  const client = w.client()
  await client.send(new PutItemCommand({ TableName: "UPDATES", Item: { ...item, ...Key } }))
  const answer = await client.send(
    new UpdateItemCommand({
      TableName: "UPDATES",
      Key,
      UpdateExpression: expression,
      ConditionExpression: condition,
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: values,
      ReturnValues: returns,
    }),
  )
  const found = await client.send(new GetItemCommand({ TableName: "UPDATES", Key, ConsistentRead: true }))
  return { returned: told(answer.Attributes), stored: told(found.Item), capacity: answer.ConsumedCapacity }
}
const stored = async (...of: Parameters<typeof updated>) => (await updated(...of)).stored

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html#Expressions.UpdateExpressions.SET.AddingListElements */
test("an element set beyond the end of a list is appended to it", async () => {
  const l = L(S("a"), S("b"))
  const v = { ":v": S("v") }
  expect(await stored({ l }, "SET l[9] = :v", v)).toEqual({ l: ["a", "b", "v"] })
  expect(await stored({ l: L() }, "SET l[4] = :v", v)).toEqual({ l: ["v"] })
  expect(await stored({ "a list": l }, "SET #l[9] = :v", v, { names: { "#l": "a list" } })).toEqual({ "a list": ["a", "b", "v"] })
  expect(await stored({ m: M({ l }) }, "SET m.l[4] = :v", v)).toEqual({ m: { l: ["a", "b", "v"] } })
  expect(await stored({ m: L(l, l) }, "SET m[1][7] = :v", v)).toEqual({
    m: [
      ["a", "b"],
      ["a", "b", "v"],
    ],
  })
  expect(await stored({ l }, "SET l[9] = if_not_exists(l[9], :v)", v)).toEqual({ l: ["a", "b", "v"] })
  expect(await stored({ l }, "SET l[9] = list_append(l, :w)", { ":w": L(S("w")) })).toEqual({ l: ["a", "b", ["a", "b", "w"]] })
  expect(await stored({ l: L(N(1)) }, "ADD l[5] :n", { ":n": N(4) })).toEqual({ l: [1, 4] })
})

test("several elements beyond the end are appended in the order of their indexes", async () => {
  const l = L(S("a"), S("b"))
  const [v, w2, x] = [S("v"), S("w"), S("x")]
  expect(await stored({ l }, "SET l[9] = :v, l[5] = :w", { ":v": v, ":w": w2 })).toEqual({ l: ["a", "b", "w", "v"] })
  expect(await stored({ l }, "SET l[40] = :v, l[0] = :x, l[2] = :w", { ":v": v, ":w": w2, ":x": x })).toEqual({
    l: ["x", "b", "w", "v"],
  })
  const both = { ":v": v, ":w": w2 }
  expect(await stored({ l, m: L(l) }, "SET m[0][4] = :v, m[8] = :w, l[3] = l[0]", both)).toEqual({
    l: ["a", "b", "a"],
    m: [["a", "b", "v"], "w"],
  })
  // Indexes are those of the item as it was, before anything is removed or added.
  expect(await stored({ l }, "SET l[9] = :v REMOVE l[0], l[2]", { ":v": v })).toEqual({ l: ["b", "v"] })
})

test("words of the expression language are also names and values", async () => {
  const names = { "#set": "set", "#add": "l" }
  const values = { ":remove": S("v"), ":add": S("w") }
  expect(await stored({ l: L() }, "SET #set = :add, #add[3] = :remove", values, { names })).toEqual({ l: ["v"], set: "w" })
})

test("a path through an element that is not there is refused, and nothing is stored", async () => {
  const l = L(S("a"))
  for (const path of ["l[9][0]", "l[1].a", "m.l[3].x"]) {
    const error = await failure(updated({ l, m: M({ l }) }, `SET ${path} = :v`, { ":v": S("v") }))
    expect(error.message).toBe("The document path provided in the update expression is invalid for update")
  }
  const unmet = updated({ l }, "SET l[9][0] = :v", { ":v": S("v") }, { condition: "attribute_exists(q)" })
  expect((await failure(unmet)).name).toBe("ConditionalCheckFailedException")
})

test("the caller's own condition decides, and its item comes back as asked", async () => {
  const Key = { pk: S("conditions") }
  await w.client().send(new PutItemCommand({ TableName: "UPDATES", Item: { ...Key, l: L(S("a")) } }))
  const update = (more: object) =>
    w.client().send(
      new UpdateItemCommand({
        TableName: "UPDATES",
        Key,
        UpdateExpression: "SET l[5] = :v",
        ConditionExpression: "size(l) < :v0 OR attribute_exists(x)",
        ExpressionAttributeValues: { ":v": S("v"), ":v0": N(2) },
        ...more,
      }),
    )
  await update({})
  const refused = await failure(update({}))
  expect([refused.name, refused.Item]).toEqual(["ConditionalCheckFailedException", undefined])
  const shown = await failure(update({ ReturnValuesOnConditionCheckFailure: "ALL_OLD" }))
  expect(told(shown.Item)).toEqual({ l: ["a", "v"] })
})

test("elements that many append to one list at once are all there", async () => {
  const Key = { pk: S("crowd") }
  const client = w.client()
  await client.send(new PutItemCommand({ TableName: "UPDATES", Item: { ...Key, l: L(), n: N(0) } }))
  const append = (value: number) => ({
    TableName: "UPDATES",
    Key,
    UpdateExpression: "SET l[999] = :v ADD n :one",
    ExpressionAttributeValues: { ":v": N(value), ":one": N(1) },
  })
  const values = Array.from({ length: 12 }, (_, n) => n)
  await Promise.all(values.map((value) => client.send(new UpdateItemCommand(append(value)))))
  const { Item } = await client.send(new GetItemCommand({ TableName: "UPDATES", Key, ConsistentRead: true }))
  const { l, n } = told(Item)
  expect([l.toSorted((a: number, b: number) => a - b), n]).toEqual([values, 12])
})

test("a transaction appends, and compares numbers, as an update alone does", async () => {
  const client = w.client()
  const [a, b] = [{ pk: S("transaction-a") }, { pk: S("transaction-b") }]
  for (const Key of [a, b])
    await client.send(new PutItemCommand({ TableName: "UPDATES", Item: { ...Key, l: L(S("a")), n: NS("1", "2") } }))
  const update = (Key: typeof a, UpdateExpression: string, more: object = {}) => ({
    Update: { TableName: "UPDATES", Key, UpdateExpression, ...more },
  })
  const TransactItems = [
    update(a, "SET l[7] = :v DELETE n :n", { ExpressionAttributeValues: { ":v": S("v"), ":n": NS("2.00") } }),
    update(b, "ADD n :n", { ExpressionAttributeValues: { ":n": NS("1.0", "3E0") } }),
  ]
  await client.send(new TransactWriteItemsCommand({ TransactItems }))
  const { Responses } = await client.send(
    new TransactGetItemsCommand({ TransactItems: [a, b].map((Key) => ({ Get: { TableName: "UPDATES", Key } })) }),
  )
  expect(Responses!.map(({ Item }) => told(Item))).toEqual([
    { l: ["a", "v"], n: ["1"] },
    { l: ["a"], n: ["1", "2", "3"] },
  ])
  const refused = await failure(
    client.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          update(a, "SET l[9] = :v", { ExpressionAttributeValues: { ":v": S("w") }, ConditionExpression: "attribute_exists(q)" }),
        ],
      }),
    ),
  )
  expect(refused.CancellationReasons[0].Code).toBe("ConditionalCheckFailed")
})

/** Numbers are compared as numbers: https://github.com/faiscadev/fakecloud/pull/2365, https://github.com/scylladb/scylladb/issues/29501 */
test("members of a number set are numbers, however they are written", async () => {
  const n = NS("1", "2")
  expect(await stored({ n }, "ADD n :n", { ":n": NS("1.0") })).toEqual({ n: ["1", "2"] })
  expect(await stored({ n }, "DELETE n :n", { ":n": NS("2.00") })).toEqual({ n: ["1"] })
  expect(await stored({ n }, "DELETE n :n", { ":n": NS("0.1E1", "002") })).toEqual({})
  expect(await stored({ n: NS("1E10", "-0.5", "1E-3") }, "DELETE n :n", { ":n": NS("10000000000", "-5E-1") })).toEqual({
    n: ["0.001"],
  })
  expect(await stored({ m: M({ n }) }, "ADD m.n :n", { ":n": NS("2.0", "3.50") })).toEqual({ m: { n: ["1", "2", "3.5"] } })
  const { stored: large } = await updated({ n: NS("1E125", "1E-130") }, "DELETE n :n", { ":n": NS("10E124", "0.1E-129") })
  expect(large).toEqual({})
})

test("the older form of updates compares members of number sets likewise", async () => {
  const Key = { pk: S("older") }
  const client = w.client()
  await client.send(new PutItemCommand({ TableName: "UPDATES", Item: { ...Key, n: NS("1", "2"), o: NS("1", "2") } }))
  const AttributeUpdates = {
    n: { Action: "ADD", Value: NS("1.0", "4") },
    o: { Action: "DELETE", Value: NS("2.00") },
  } as const
  const { Attributes } = await client.send(
    new UpdateItemCommand({ TableName: "UPDATES", Key, AttributeUpdates, ReturnValues: "ALL_NEW" }),
  )
  expect(told(Attributes)).toEqual({ n: ["1", "2", "4"], o: ["1"] })
})

test("a set with one number twice is refused wherever it is given", async () => {
  const twice = NS("1", "1.0")
  const put = new PutItemCommand({ TableName: "UPDATES", Item: { pk: S("twice"), n: L(M({ n: twice })) } })
  const batch = new BatchWriteItemCommand({
    RequestItems: { UPDATES: [{ PutRequest: { Item: { pk: S("twice"), n: twice } } }] },
  })
  const client = w.client()
  for (const attempt of [client.send(put), client.send(batch), updated({}, "ADD n :n", { ":n": twice })]) {
    const error = await failure(attempt)
    expect([error.name, error.message.includes("duplicates")]).toEqual(["ValidationException", true])
  }
})

test("numbers meet as numbers in conditions", async () => {
  const item = { n: NS("1", "2"), k: N(1), l: L(N(1)), m: M({ a: N(1) }), t: { N: "1E2" } }
  const met = (condition: string, values: Record<string, AttributeValue>) =>
    updated(item, "SET seen = :seen", { ...values, ":seen": { BOOL: true } }, { condition }).then(({ stored: { seen } }) => seen)
  for (const [condition, value] of [
    ["k = :v", { N: "1.0" }],
    ["k IN (:v)", { N: "10E-1" }],
    ["k BETWEEN :v AND :v", { N: "1.00" }],
    ["contains(n, :v)", { N: "2.0" }],
    ["contains(l, :v)", { N: "1.0" }],
    ["n = :v", NS("2.0", "1E0")],
    ["l = :v", L({ N: "1.0" })],
    ["m = :v", M({ a: { N: "1.0" } })],
    ["t = :v", { N: "100.0" }],
    ["NOT m <> :v", M({ a: { N: "1.0" } })],
  ] as const)
    expect([condition, await met(condition, { ":v": value as AttributeValue })]).toEqual([condition, true])
})

test("a key is one key, however its number is written: in calls, batches, transactions and stream records", async () => {
  const client = w.client()
  const TableName = "NUMBERED"
  const key = (sk: string) => ({ pk: S("k"), sk: { N: sk } })
  await client.send(new PutItemCommand({ TableName, Item: { ...key("1.0"), n: { N: "1.50E2" } } }))
  await client.send(
    new UpdateItemCommand({
      TableName,
      Key: key("10E-1"),
      UpdateExpression: "SET x = :x",
      ExpressionAttributeValues: { ":x": { N: "0012.500" } },
    }),
  )
  const item = { ...key("1"), n: { N: "150" }, x: { N: "12.5" } }
  const get = await client.send(new GetItemCommand({ TableName, Key: key("1.00") }))
  const query = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: "pk = :p AND sk BETWEEN :low AND :high",
      ExpressionAttributeValues: { ":p": S("k"), ":low": { N: "0.99" }, ":high": { N: "100E-2" } },
    }),
  )
  const after = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: "pk = :p",
      ExpressionAttributeValues: { ":p": S("k") },
      ExclusiveStartKey: key("1.0"),
    }),
  )
  expect([get.Item, query.Items, after.Items]).toEqual([item, [item], []])

  const twice = [key("1"), key("1.0")]
  const Put = (Key: ReturnType<typeof key>) => ({ Put: { TableName, Item: Key } })
  for (const attempt of [
    new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: twice } } }),
    new BatchWriteItemCommand({ RequestItems: { [TableName]: twice.map((Key) => ({ DeleteRequest: { Key } })) } }),
    new TransactWriteItemsCommand({ TransactItems: twice.map(Put) }),
    new TransactGetItemsCommand({ TransactItems: twice.map((Key) => ({ Get: { TableName, Key } })) }),
  ])
    expect((await failure(client.send(attempt as BatchGetItemCommand))).name).toBe("ValidationException")

  const streams = w.streams()
  const arn = w.cloud.find("AWS::DynamoDB::Table", "NUMBERED")!.identity.attributes.StreamArn
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn: arn }))
  const { ShardIterator } = await streams.send(
    new GetShardIteratorCommand({
      StreamArn: arn,
      ShardId: StreamDescription!.Shards![0]!.ShardId,
      ShardIteratorType: "TRIM_HORIZON",
    }),
  )
  const { Records } = await streams.send(new GetRecordsCommand({ ShardIterator }))
  expect(Records!.map(({ dynamodb }) => dynamodb!.Keys)).toEqual([key("1"), key("1")])
})

/** Answers from AWS: https://github.com/scylladb/scylladb/blob/master/test/alternator/test_returnvalues.py, https://github.com/floci-io/floci/issues/3447 */
test("UPDATED_OLD and UPDATED_NEW give the elements that were touched, inside what holds them", async () => {
  const item = { a: M({ b: S("dog"), c: L(N(1), N(2), N(3)) }), d: S("cat"), l: L(M({ x: N(1), y: N(2) }), M({ x: N(3) })) }
  const v = { ":v": N(7) }
  const both = async (expression: string, values?: Record<string, AttributeValue>) => [
    (await updated(item, expression, values, { returns: "UPDATED_OLD" })).returned,
    (await updated(item, expression, values, { returns: "UPDATED_NEW" })).returned,
  ]
  expect(await both("SET a.c[1] = :v", v)).toEqual([{ a: { c: [2] } }, { a: { c: [7] } }])
  expect(await both("SET a.c[2] = :v, a.b = :v, a.c[0] = :v, d = :v", v)).toEqual([
    { a: { b: "dog", c: [1, 3] }, d: "cat" },
    { a: { b: 7, c: [7, 7] }, d: 7 },
  ])
  expect(await both("SET l[0].x = :v, l[1].x = :v", v)).toEqual([{ l: [{ x: 1 }, { x: 3 }] }, { l: [{ x: 7 }, { x: 7 }] }])
  expect(await both("SET l[0].z = :v", v)).toEqual([undefined, { l: [{ z: 7 }] }])
  expect(await both("ADD a.c[1] :v", v)).toEqual([{ a: { c: [2] } }, { a: { c: [9] } }])
  // What was appended is not at the index that was asked for.
  expect(await both("SET a.c[100] = :v", v)).toEqual([undefined, undefined])
  expect(await both("SET a.c[3] = :v", v)).toEqual([undefined, { a: { c: [7] } }])
  // What moved into the place of a removed element is.
  expect(await both("REMOVE a.c[1], a.c[3]")).toEqual([{ a: { c: [2] } }, { a: { c: [3] } }])
  expect(await both("SET d = :v REMOVE a.c[2]", v)).toEqual([{ a: { c: [3] }, d: "cat" }, { d: 7 }])
  expect(await both("SET a.c[0] = :v REMOVE l[0]", v)).toEqual([
    { a: { c: [1] }, l: [{ x: 1, y: 2 }] },
    { a: { c: [7] }, l: [{ x: 3 }] },
  ])
})

test("parts are all that an update returns, its cost is still told", async () => {
  const Key = { pk: S("cost") }
  await w.client().send(new PutItemCommand({ TableName: "UPDATES", Item: { ...Key, l: L(S("x".repeat(3_000)), S("b")) } }))
  const answer = await w.client().send(
    new UpdateItemCommand({
      TableName: "UPDATES",
      Key,
      UpdateExpression: "SET l[1] = :v",
      ExpressionAttributeValues: { ":v": S("c") },
      ReturnValues: "UPDATED_NEW",
      ReturnConsumedCapacity: "TOTAL",
    }),
  )
  expect([told(answer.Attributes), answer.ConsumedCapacity?.CapacityUnits]).toEqual([{ l: ["c"] }, 3])
})
