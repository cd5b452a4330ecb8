import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb"
import { once, type Row, type World } from "./row.ts"

const TableName = "ROOM"
const S = (text: string): AttributeValue => ({ S: text })
const Key = { pk: S("a"), sk: S("b") }
const absent = "attribute_not_exists(pk)"

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html */
export function dynamodbRows(world: World): Row[] {
  const client = new DynamoDBClient(once(world))
  const get = (input: object) => client.send(new GetItemCommand({ TableName, Key, ...input }))
  const put = (input: object) => client.send(new PutItemCommand({ TableName, Item: Key, ...input }))
  const update = (input: object) => client.send(new UpdateItemCommand({ TableName, Key, ...input }))
  const query = (input: object) => client.send(new QueryCommand({ TableName, ...input }))
  const transact = (TransactItems: TransactWriteItem[], ClientRequestToken?: string) =>
    client.send(new TransactWriteItemsCommand({ TransactItems, ClientRequestToken }))
  const write = { Put: { TableName, Item: Key } }
  const V = "ValidationException"

  return [
    ["GetItem of no table", () => get({ TableName: "NOWHERE" }), "ResourceNotFoundException", 400],
    ["GetItem without the sort key", () => get({ Key: { pk: S("a") } }), V, 400],
    ["GetItem with a key of another type", () => get({ Key: { ...Key, sk: { N: "1" } } }), V, 400],
    ["GetItem with an attribute too many in its key", () => get({ Key: { ...Key, more: S("c") } }), V, 400],
    ["PutItem without its key", () => put({ Item: { pk: S("a") } }), V, 400],
    ["PutItem with an empty key", () => put({ Item: { ...Key, pk: S("") } }), V, 400],
    ["PutItem over 400 KB", () => put({ Item: { ...Key, text: S("x".repeat(410_000)) } }), V, 400],
    [
      "PutItem whose condition fails",
      () => put({}).then(() => put({ ConditionExpression: absent })),
      "ConditionalCheckFailedException",
      400,
    ],
    [
      "UpdateItem of a key attribute",
      () => update({ UpdateExpression: "SET pk = :v", ExpressionAttributeValues: { ":v": S("x") } }),
      V,
      400,
    ],
    [
      "UpdateItem that names a reserved word",
      () => update({ UpdateExpression: "SET name = :v", ExpressionAttributeValues: { ":v": S("x") } }),
      V,
      400,
    ],
    [
      "UpdateItem with a value that nothing uses",
      () => update({ UpdateExpression: "SET a = :v", ExpressionAttributeValues: { ":v": S("x"), ":w": S("y") } }),
      V,
      400,
    ],
    ["UpdateItem without the value it uses", () => update({ UpdateExpression: "SET a = :v" }), V, 400],
    ["Query without a key condition", () => query({}), V, 400],
    [
      "Query of no index",
      () => query({ IndexName: "none", KeyConditionExpression: "pk = :p", ExpressionAttributeValues: { ":p": S("a") } }),
      V,
      400,
    ],
    [
      "Query with a filter on a key",
      () =>
        query({ KeyConditionExpression: "pk = :p", FilterExpression: "sk = :p", ExpressionAttributeValues: { ":p": S("a") } }),
      V,
      400,
    ],
    [
      "TransactWriteItems whose condition fails",
      () => put({}).then(() => transact([{ Put: { TableName, Item: Key, ConditionExpression: absent } }])),
      "TransactionCanceledException",
      400,
    ],
    ["TransactWriteItems on one item twice", () => transact([write, { Delete: { TableName, Key } }]), V, 400],
    [
      "TransactWriteItems with a token of another request",
      () => transact([write], "wrong-calls").then(() => transact([{ Delete: { TableName, Key } }], "wrong-calls")),
      "IdempotentParameterMismatchException",
      400,
    ],
    [
      "BatchWriteItem of 26 items",
      () =>
        client.send(
          new BatchWriteItemCommand({
            RequestItems: {
              [TableName]: Array.from({ length: 26 }, (_, n) => ({ PutRequest: { Item: { ...Key, sk: S(`${n}`) } } })),
            },
          }),
        ),
      V,
      400,
    ],
    [
      "BatchGetItem of one key twice",
      () => client.send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [Key, Key] } } })),
      V,
      400,
    ],
    [
      "DescribeTable of no table",
      () => client.send(new DescribeTableCommand({ TableName: "NOWHERE" })),
      "ResourceNotFoundException",
      400,
    ],
    [
      "CreateTable of one that exists",
      () =>
        client.send(
          new CreateTableCommand({
            TableName,
            BillingMode: "PAY_PER_REQUEST",
            AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
            KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
          }),
        ),
      "ResourceInUseException",
      400,
    ],
  ]
}
