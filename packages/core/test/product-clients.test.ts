import { ConditionalCheckFailedException, DynamoDBClient } from "@aws-sdk/client-dynamodb"
import * as lib from "@aws-sdk/lib-dynamodb"
import { afterAll, afterEach, beforeAll, expect, test } from "vitest"
import { dynamo, s3, sqs } from "../src/aws.ts"
import { GetCommand, PutCommand, QueryCommand, TransactWriteCommand, UpdateCommand } from "../src/dynamo/index.ts"
import { ListObjectsV2Command } from "../src/s3/index.ts"
import { SendMessageCommand } from "../src/sqs/index.ts"
import { dynamodb } from "../../cloud/src/services/dynamodb/index.ts"
import { controlCloud, willing } from "../../cloud/test/support/control-cloud.ts"

const ENVIRONMENT = { AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "AKIAADMIN", AWS_SECRET_ACCESS_KEY: "secret" }
const table = {
  type: "AWS::DynamoDB::Table",
  properties: {
    TableName: "things",
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
  },
}
let world: Awaited<ReturnType<typeof controlCloud>>
let sdk: lib.DynamoDBDocumentClient

beforeAll(async () => {
  world = await controlCloud({
    services: [dynamodb(), willing("sqs"), willing("s3", "rest-xml", "<ListBucketResult/>")],
    resources: { Table: table },
  })
  Object.assign(process.env, ENVIRONMENT, { AWS_ENDPOINT_URL: world.awsUrl })
  sdk = lib.DynamoDBDocumentClient.from(new DynamoDBClient({ maxAttempts: 4 }), {
    marshallOptions: { removeUndefinedValues: true },
  })
})
afterEach(() => world.local("DELETE", "faults"))
afterAll(async () => {
  for (const client of [dynamo(), sqs(), s3(), sdk]) client?.destroy()
  for (const name of [...Object.keys(ENVIRONMENT), "AWS_ENDPOINT_URL"]) delete process.env[name]
  await world.stop()
})

const fault = (service: string, kind: string, more: object = {}) => world.local("POST", "faults", [{ service, kind, ...more }])
const attempts = (service: string, since: number) =>
  world.calls.since(since, 100, (call) => call.service === service).map(({ attempt }) => attempt)
const last = () => world.calls.since(0, 100_000).at(-1)?.n ?? 0

test("the product's clients give up on a service that never answers and try again", async () => {
  for (const service of ["dynamodb", "sqs"]) await fault(service, "stall", { times: 1 })
  const since = last()
  const started = performance.now()
  await Promise.all([
    dynamo().send(new GetCommand({ TableName: "things", Key: { pk: "a" } })),
    sqs().send(new SendMessageCommand({ QueueUrl: "https://sqs.example.com/1/q", MessageBody: "x" })),
  ])
  const seconds = (performance.now() - started) / 1_000
  expect(seconds).toBeGreaterThan(4)
  expect(seconds).toBeLessThan(8)
  expect(attempts("dynamodb", since)).toEqual([1, 2])
  expect(attempts("sqs", since)).toEqual([1, 2])
})

test.each(["throttle", "error", "reset"])(
  "they try again after a %s, whatever the service (over a kept socket that was cut: at once, uncounted)",
  async (kind) => {
    const since = last()
    for (const service of ["dynamodb", "sqs", "s3"]) await fault(service, kind, { times: 1 })
    await dynamo().send(new GetCommand({ TableName: "things", Key: { pk: "a" } }))
    await sqs().send(new SendMessageCommand({ QueueUrl: "https://sqs.example.com/1/q", MessageBody: "x" }))
    await s3().send(new ListObjectsV2Command({ Bucket: "b" }))
    for (const service of ["dynamodb", "sqs", "s3"]) expect(attempts(service, since)).toEqual(kind === "reset" ? [1, 1] : [1, 2])
  },
)

test("a transaction whose answer was lost is one transaction; an update is not, and a condition then sees itself", async () => {
  const lose = () => fault("dynamodb", "commit-then-fail", { times: 1, ending: "reset" })
  const update = {
    TableName: "things",
    Key: { pk: "n" },
    UpdateExpression: "ADD n :one",
    ExpressionAttributeValues: { ":one": 1 },
  }
  const count = async () =>
    (await dynamo().send(new GetCommand({ TableName: "things", Key: { pk: "n" }, ConsistentRead: true }))).Item?.n as number
  await lose()
  await dynamo().send(new TransactWriteCommand({ TransactItems: [{ Update: update }] }))
  expect(await count()).toBe(1)
  await lose()
  await dynamo().send(new UpdateCommand(update))
  expect(await count()).toBe(3)
  const first = { TableName: "things", Item: { pk: "once" }, ConditionExpression: "attribute_not_exists(pk)" }
  for (const [send, pk] of [
    [(input: typeof first) => dynamo().send(new PutCommand(input)), "ours"],
    [(input: typeof first) => sdk.send(new lib.PutCommand(input)), "theirs"],
  ] as const) {
    await lose()
    await expect(send({ ...first, Item: { pk } })).rejects.toMatchObject({ name: "ConditionalCheckFailedException" })
  }
})

/** Of an error, what the service said. */
const said = (error: any) => ({
  name: error.name,
  message: error.message,
  status: error.$metadata.httpStatusCode,
  requestId: typeof error.$metadata.requestId,
  attempts: error.$metadata.attempts,
  Item: error.Item,
  CancellationReasons: error.CancellationReasons,
})
const caught = (sent: Promise<unknown>) =>
  sent.then(
    () => expect.unreachable(),
    (error: unknown) => error,
  )

test("what a table answers and refuses is the same through our client as through the SDK's", async () => {
  const Item = {
    pk: "x",
    n: 1.5,
    list: ["a", { b: null }],
    set: new Set(["p", "q"]),
    bytes: Uint8Array.of(1, 2),
    gone: undefined,
    empty: "",
  }
  await dynamo().send(new PutCommand({ TableName: "things", Item }))
  const query = { TableName: "things", KeyConditionExpression: "pk = :pk", ExpressionAttributeValues: { ":pk": "x" } }
  const { $metadata: _, ...expected } = await sdk.send(new lib.QueryCommand(query))
  const got = await dynamo().send(new QueryCommand(query))
  expect(got).toEqual(expected)
  expect(got.Items).toEqual([{ ...Item, gone: undefined }])

  /** The SDK gives bytes inside of errors as bytes, we as base64; nobody asks for them. */
  const { bytes: __, ...withoutBytes } = Item
  await dynamo().send(new PutCommand({ TableName: "things", Item: withoutBytes }))
  const refused = {
    TableName: "things",
    Item: withoutBytes,
    ConditionExpression: "attribute_not_exists(pk)",
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  } as const
  const cancelled = { TransactItems: [{ Put: { TableName: "things", Item: { pk: "y" } } }, { Put: refused }] }
  const theirs = await caught(sdk.send(new lib.PutCommand(refused)))
  expect(theirs).toBeInstanceOf(ConditionalCheckFailedException)
  expect(said(await caught(dynamo().send(new PutCommand(refused))))).toEqual(said(theirs))
  const all = said(await caught(dynamo().send(new TransactWriteCommand(cancelled))))
  expect(all).toEqual(said(await caught(sdk.send(new lib.TransactWriteCommand(cancelled)))))
  expect(all.CancellationReasons.map(({ Code }: { Code: string }) => Code)).toEqual(["None", "ConditionalCheckFailed"])

  for (const wrong of [
    { ...query, TableName: "nowhere" },
    { ...query, KeyConditionExpression: "what = is" },
  ])
    expect(said(await caught(dynamo().send(new QueryCommand(wrong))))).toEqual(
      said(await caught(sdk.send(new lib.QueryCommand(wrong)))),
    )
})
