import { expect, test } from "vitest"
import type { AwsRequest } from "../../service.ts"
import { authorize } from "./operations.ts"
import type { Table } from "./tables.ts"

const PLACE = { account: "123456789012", region: "us-east-1", stage: "test" }
const ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/ROOM"
const ROOM: Table = {
  name: "ROOM",
  keys: [
    { name: "pk", type: "S" },
    { name: "sk", type: "N" },
  ],
  indexes: [{ name: "byUser", keys: [{ name: "user", type: "S" }], isGlobal: true, isWhole: true }],
}
const S = (text: string) => ({ S: text })

function asked(operation: string, json: any, kind: "function" | "admin" = "function", family = "DynamoDB_20120810") {
  const headers = { "x-amz-target": `${family}.${operation}` }
  const request = { headers, json, caller: { kind } } as unknown as AwsRequest
  return authorize(request, PLACE, (name) => (name === "ROOM" || name === ARN ? ROOM : undefined)).access
}
const one = (operation: string, json: any) => asked(operation, { TableName: "ROOM", ...json })[0]!

test("a write names the key it leads with, the attributes it touches and what it returns", () => {
  expect(one("PutItem", { Item: { pk: S("user-1"), sk: { N: "1" }, text: S("x") } })).toEqual({
    action: "dynamodb:PutItem",
    resource: ARN,
    context: {
      "dynamodb:LeadingKeys": ["user-1"],
      "dynamodb:Attributes": ["pk", "sk", "text"],
      "dynamodb:ReturnValues": "NONE",
    },
  })
  const update = one("UpdateItem", {
    Key: { pk: S("user-1"), sk: { N: "1" } },
    UpdateExpression: "SET #t.inner = :v, counts[0] = if_not_exists(old, :v) REMOVE gone",
    ConditionExpression: "attribute_exists(lock) AND size(notes) < :n",
    ExpressionAttributeNames: { "#t": "text" },
    ReturnValues: "ALL_NEW",
  })
  expect(update.context!["dynamodb:Attributes"]!.toString().split(",").toSorted()).toEqual([
    "counts",
    "gone",
    "lock",
    "notes",
    "old",
    "pk",
    "sk",
    "text",
  ])
  expect(update.context!["dynamodb:ReturnValues"]).toBe("ALL_NEW")
})

test("a query leads with the key of what it reads, table or index, and says what it selects", () => {
  const query = {
    KeyConditionExpression: "#k = :k AND sk > :s",
    ExpressionAttributeNames: { "#k": "pk" },
    ExpressionAttributeValues: { ":k": S("user-1"), ":s": { N: "1" } },
  }
  expect(one("Query", query).context).toEqual({
    "dynamodb:LeadingKeys": ["user-1"],
    "dynamodb:Attributes": ["pk", "sk"],
    "dynamodb:Select": "ALL_ATTRIBUTES",
  })
  const index = one("Query", {
    IndexName: "byUser",
    KeyConditionExpression: "user = :u",
    ExpressionAttributeValues: { ":u": S("u") },
  })
  expect([index.resource, index.context!["dynamodb:LeadingKeys"], index.context!["dynamodb:Select"]]).toEqual([
    `${ARN}/index/byUser`,
    ["u"],
    "ALL_PROJECTED_ATTRIBUTES",
  ])
  expect(one("Query", { ...query, ProjectionExpression: "text" }).context!["dynamodb:Select"]).toBe("SPECIFIC_ATTRIBUTES")
})

test("a scan leads with no key, so a policy on leading keys does not allow it", () => {
  expect(one("Scan", {}).context).toEqual({ "dynamodb:Select": "ALL_ATTRIBUTES" })
})

test("a batch is asked table by table with all its keys", () => {
  const Keys = ["a", "b", "a"].map((pk) => ({ pk: S(pk), sk: { N: "1" } }))
  const accesses = asked("BatchGetItem", { RequestItems: { ROOM: { Keys, ProjectionExpression: "text" }, OTHER: { Keys } } })
  expect(accesses.map(({ resource }) => resource)).toEqual([ARN, ARN.replace("ROOM", "OTHER")])
  expect(accesses[0]!.context).toEqual({ "dynamodb:LeadingKeys": ["a", "b"], "dynamodb:Attributes": ["pk", "sk", "text"] })
  const [write] = asked("BatchWriteItem", {
    RequestItems: {
      ROOM: [
        { PutRequest: { Item: { pk: S("a"), sk: { N: "1" } } } },
        { DeleteRequest: { Key: { pk: S("b"), sk: { N: "1" } } } },
      ],
    },
  })
  expect(write!.context!["dynamodb:LeadingKeys"]).toEqual(["a", "b"])
})

test("a transaction is asked action by action, and names what encloses it", () => {
  const Key = { pk: S("a"), sk: { N: "1" } }
  const accesses = asked("TransactWriteItems", {
    TransactItems: [
      { Put: { TableName: "ROOM", Item: Key } },
      { Put: { TableName: ARN, Item: { ...Key, pk: S("b") } } },
      { Update: { TableName: "ROOM", Key, UpdateExpression: "SET x = :x" } },
      { Delete: { TableName: "ROOM", Key } },
      { ConditionCheck: { TableName: "ROOM", Key, ConditionExpression: "attribute_exists(pk)" } },
    ],
  })
  expect(accesses.map(({ action }) => action)).toEqual(
    ["PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"].map((name) => `dynamodb:${name}`),
  )
  expect(accesses[0]!.context).toEqual({
    "dynamodb:LeadingKeys": ["a", "b"],
    "dynamodb:Attributes": ["pk", "sk"],
    "dynamodb:EnclosingOperation": "TransactWriteItems",
  })
  const [get] = asked("TransactGetItems", { TransactItems: [{ Get: { TableName: "ROOM", Key } }] })
  expect([get!.action, get!.context!["dynamodb:EnclosingOperation"]]).toEqual(["dynamodb:GetItem", "TransactGetItems"])
})

test("streams are asked by their ARN, also with an iterator; listing them has no resource", () => {
  const StreamArn = `${ARN}/stream/2025-01-01T00:00:00.000`
  const stream = (operation: string, json: any) => asked(operation, json, "function", "DynamoDBStreams_20120810")[0]!.resource
  expect([
    stream("DescribeStream", { StreamArn }),
    stream("GetShardIterator", { StreamArn }),
    stream("GetRecords", { ShardIterator: `${StreamArn}|1|e30=` }),
    stream("ListStreams", {}),
  ]).toEqual([StreamArn, StreamArn, StreamArn, "*"])
})

test("the administrator is asked without conditions", () => {
  expect(asked("GetItem", { TableName: "ROOM", Key: { pk: S("a") } }, "admin")[0]!.context).toBeUndefined()
})

test("what has no engine here, PartiQL first of all, is refused by name", () => {
  for (const operation of ["ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction", "CreateBackup"])
    expect(() => asked(operation, {})).toThrow(`NOT_SIMULATED: dynamodb.${operation}`)
})
