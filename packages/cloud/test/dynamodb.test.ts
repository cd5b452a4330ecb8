import {
  BatchWriteItemCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb"
import { afterAll, beforeAll, expect, test } from "vitest"
import { createTestCloud } from "../src/endpoint/test-cloud.ts"
import { dynamodb } from "../src/services/dynamodb/index.ts"

const TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/ROOM"
const allow = (Action: string[], Resource: string | string[]) => ({ Effect: "Allow", Action, Resource }) as const
let running: Awaited<ReturnType<typeof createTestCloud>>

const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: "S" })
const key = (AttributeName: string, KeyType: string) => ({ AttributeName, KeyType })
const table = (TableName: string) => ({
  type: "AWS::DynamoDB::Table",
  properties: {
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: ["pk", "sk", "userPk"].map(attribute),
    KeySchema: [key("pk", "HASH"), key("sk", "RANGE")],
    GlobalSecondaryIndexes: [
      { IndexName: "byUser", KeySchema: [key("userPk", "HASH"), key("sk", "RANGE")], Projection: { ProjectionType: "ALL" } },
    ],
    TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true },
    StreamSpecification: { StreamViewType: "NEW_IMAGE" },
  },
})

beforeAll(async () => {
  running = await createTestCloud({
    services: [dynamodb()],
    resources: { Room: table("ROOM"), Other: table("OTHER") },
    functions: {
      writer: [allow(["dynamodb:PutItem", "dynamodb:BatchWriteItem"], TABLE)],
      reader: [allow(["dynamodb:Query"], `${TABLE}/index/byUser`)],
    },
  })
})
afterAll(() => running?.stop())

const item = (pk: string, sk = "x") => ({ pk: { S: pk }, sk: { S: sk } })
const client = (name?: string) => new DynamoDBClient(running.as(name))
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.unreachable("it was allowed"),
    (error: Error) => error,
  )
const lastCall = () => running.calls.since(0, 100_000).at(-1)!

test("a table has the keys, index, TTL and stream of its template, under this cloud's ARNs", async () => {
  const { Table } = await client().send(new DescribeTableCommand({ TableName: "ROOM" }))
  expect(Table).toMatchObject({
    TableArn: TABLE,
    TableStatus: "ACTIVE",
    LatestStreamArn: running.cloud.find("AWS::DynamoDB::Table", "ROOM")!.identity.attributes.StreamArn,
  })
  expect(Table!.GlobalSecondaryIndexes![0]!.IndexName).toBe("byUser")
  const { TimeToLiveDescription } = await client().send(new DescribeTimeToLiveCommand({ TableName: "ROOM" }))
  expect(TimeToLiveDescription?.AttributeName).toBe("ttl")
})

test("an allowed write passes and its units are in the call log, not in the answer", async () => {
  const answer = await client("writer").send(
    new PutItemCommand({ TableName: "ROOM", Item: { ...item("a"), text: { S: "x".repeat(1_500) } } }),
  )
  expect(answer.ConsumedCapacity).toBeUndefined()
  expect(lastCall()).toMatchObject({
    caller: "writer",
    operation: "PutItem",
    decision: "allow",
    units: { WRU: 2 },
    access: [{ action: "dynamodb:PutItem", resource: TABLE, statement: "writer-policy#0" }],
  })
})

test("capacity stays in the answer of who asked for it", async () => {
  const answer = await client().send(
    new GetItemCommand({ TableName: "ROOM", Key: item("a"), ConsistentRead: true, ReturnConsumedCapacity: "TOTAL" }),
  )
  expect(answer.ConsumedCapacity?.CapacityUnits).toBe(1)
  expect(answer.Item?.text?.S).toHaveLength(1_500)
  const quiet = await client().send(new GetItemCommand({ TableName: TABLE, Key: item("a"), ReturnConsumedCapacity: "NONE" }))
  expect([quiet.ConsumedCapacity, quiet.Item?.pk?.S, lastCall().units.RRU]).toEqual([undefined, "a", 0.5])
})

test("a write to a table that the role does not name is refused by action and ARN", async () => {
  const error = await refusal(client("writer").send(new PutItemCommand({ TableName: "OTHER", Item: item("a") })))
  expect(error.name).toBe("AccessDeniedException")
  expect(error.message).toBe(
    "User: arn:aws:sts::123456789012:assumed-role/writer-role/writer is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:us-east-1:123456789012:table/OTHER because no identity-based policy allows the dynamodb:PutItem action",
  )
})

test("a transaction is authorised item by item", async () => {
  const put = { Put: { TableName: "ROOM", Item: item("t") } }
  await client("writer").send(new TransactWriteItemsCommand({ TransactItems: [put] }))
  expect(lastCall().units.WRU).toBe(2)
  const check = { ConditionCheck: { TableName: "ROOM", Key: item("a"), ConditionExpression: "attribute_exists(pk)" } }
  const error = await refusal(client("writer").send(new TransactWriteItemsCommand({ TransactItems: [put, check] })))
  expect(error.message).toContain("dynamodb:ConditionCheckItem on resource: " + TABLE)
})

test("a batch is authorised table by table", async () => {
  const puts = [{ PutRequest: { Item: item("b") } }]
  await client("writer").send(new BatchWriteItemCommand({ RequestItems: { ROOM: puts } }))
  const error = await refusal(client("writer").send(new BatchWriteItemCommand({ RequestItems: { ROOM: puts, OTHER: puts } })))
  expect(error.message).toContain("dynamodb:BatchWriteItem on resource: arn:aws:dynamodb:us-east-1:123456789012:table/OTHER")
})

test("a query is authorised on the index that it reads", async () => {
  const query = { TableName: "ROOM", KeyConditionExpression: "#k = :v", ExpressionAttributeValues: { ":v": { S: "u" } } }
  const byUser = new QueryCommand({ ...query, IndexName: "byUser", ExpressionAttributeNames: { "#k": "userPk" } })
  expect((await client("reader").send(byUser)).Items).toEqual([])
  const error = await refusal(client("reader").send(new QueryCommand({ ...query, ExpressionAttributeNames: { "#k": "pk" } })))
  expect(error.message).toContain(`dynamodb:Query on resource: ${TABLE} because`)
})

test("an update may take many elements off its lists at once", async () => {
  const list = (count: number) => ({ L: Array.from({ length: count }, (_, n) => ({ N: String(n) })) })
  await client().send(new PutItemCommand({ TableName: "ROOM", Item: { ...item("lists"), one: list(70), two: list(130) } }))
  const paths = [64, 128].flatMap((count, at) => Array.from({ length: count }, (_, n) => `${at ? "two" : "one"}[${n}]`))
  const { Attributes } = await client().send(
    new UpdateItemCommand({
      TableName: "ROOM",
      Key: item("lists"),
      UpdateExpression: `REMOVE ${paths.toReversed().join(", ")}`,
      ConditionExpression: "size(one) = :size",
      ExpressionAttributeValues: { ":size": { N: "70" } },
      ReturnValues: "ALL_NEW",
    }),
  )
  expect([Attributes!.one!.L!.length, Attributes!.two!.L!.length]).toEqual([6, 2])
})

test("the engine's own errors keep their name", async () => {
  const put = new PutItemCommand({ TableName: "ROOM", Item: item("a"), ConditionExpression: "attribute_not_exists(pk)" })
  expect((await refusal(client().send(put))).name).toBe("ConditionalCheckFailedException")
  expect(lastCall().error).toBe("ConditionalCheckFailedException")
})

test("an update removes two hundred elements of two lists, and a condition that does not hold keeps its name", async () => {
  const [first, second] = ["a", "b"].map((name) => ({ L: Array.from({ length: 130 }, (_, n) => ({ S: `${name}${n}` })) }))
  await client().send(new PutItemCommand({ TableName: "ROOM", Item: { ...item("lists"), early: first!, late: second! } }))
  const paths = (list: string) => Array.from({ length: 100 }, (_, n) => `${list}[${99 - n}]`)
  const update = (one: string, other: string) =>
    new UpdateItemCommand({
      TableName: "ROOM",
      Key: item("lists"),
      UpdateExpression: `SET seen = :seen REMOVE ${[...paths(one), ...paths(other)].join(", ")}`,
      ConditionExpression: "attribute_not_exists(seen) OR seen < :seen",
      ExpressionAttributeValues: { ":seen": { N: "1" } },
      ReturnValues: "ALL_NEW",
    })
  const { Attributes } = await client().send(update("early", "late"))
  expect([Attributes!.early!.L, Attributes!.late!.L!.length]).toEqual([first!.L.slice(100), 30])
  expect((await refusal(client().send(update("early", "late")))).name).toBe("ConditionalCheckFailedException")
})
