import { ApiGatewayManagementApiClient, PostToConnectionCommand } from "@aws-sdk/client-apigatewaymanagementapi"
import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime"
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
} from "@aws-sdk/client-dynamodb"
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge"
import { KinesisClient, PutRecordCommand, PutRecordsCommand } from "@aws-sdk/client-kinesis"
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda"
import { ExecuteStatementCommand, RedshiftDataClient } from "@aws-sdk/client-redshift-data"
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3"
import {
  DeleteMessageBatchCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { bedrock } from "../src/services/bedrock/index.ts"
import { echo } from "../src/services/bedrock/testing/echo.ts"
import { dynamodb } from "../src/services/dynamodb/index.ts"
import { kinesis, Streams } from "../src/services/kinesis/index.ts"
import { s3 } from "../src/services/s3/index.ts"
import { sqs } from "../src/services/sqs/index.ts"
import { controlCloud, willing } from "./support/control-cloud.ts"

const streams = new Streams()
const others = ["lambda", "redshift-data", "execute-api", "cognito-idp", "events"].map((name) =>
  willing(name, name === "lambda" || name === "execute-api" ? "rest-json" : "json"),
)
let world: Awaited<ReturnType<typeof controlCloud>>
let clients: ReturnType<typeof clientsOf>

/** Clients as anyone makes them: default retries. */
function clientsOf() {
  const settings = { ...world.as(), region: "us-east-1" }
  return {
    dynamodb: new DynamoDBClient(settings),
    kinesis: new KinesisClient(settings),
    sqs: new SQSClient(settings),
    s3: new S3Client({ ...settings, forcePathStyle: true }),
    lambda: new LambdaClient(settings),
    bedrock: new BedrockRuntimeClient(settings),
    "redshift-data": new RedshiftDataClient(settings),
    "execute-api": new ApiGatewayManagementApiClient(settings),
    events: new EventBridgeClient(settings),
  }
}

beforeAll(async () => {
  world = await controlCloud(
    {
      services: [dynamodb(), kinesis(streams), sqs(), s3(), bedrock({ model: echo }), ...others],
      resources: {
        table: {
          type: "AWS::DynamoDB::Table",
          properties: {
            KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
            AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
            BillingMode: "PAY_PER_REQUEST",
          },
        },
        stream: { type: "AWS::Kinesis::Stream", properties: { ShardCount: 1 } },
        queue: { type: "AWS::SQS::Queue" },
        bucket: { type: "AWS::S3::Bucket" },
      },
    },
    { streams },
  )
  clients = clientsOf()
})
afterAll(async () => {
  for (const client of Object.values(clients)) client.destroy()
  await world.stop()
})
beforeEach(() => world.local("DELETE", "faults"))

const table = () => world.ref("table")
const key = (pk: string) => ({ pk: { S: pk } })
const queueUrl = async () =>
  (await clients.sqs.send(new GetQueueUrlCommand({ QueueName: world.ref("queue").split("/").at(-1)! }))).QueueUrl!

/** One harmless call of each service. */
const calls: Record<string, (id: string) => Promise<unknown>> = {
  dynamodb: (id) => clients.dynamodb.send(new PutItemCommand({ TableName: table(), Item: key(id) })),
  kinesis: (id) =>
    clients.kinesis.send(new PutRecordCommand({ StreamName: world.ref("stream"), PartitionKey: id, Data: Buffer.from(id) })),
  sqs: async (id) => clients.sqs.send(new SendMessageCommand({ QueueUrl: world.ref("queue"), MessageBody: id })),
  s3: (id) => clients.s3.send(new PutObjectCommand({ Bucket: world.ref("bucket"), Key: id, Body: id })),
  lambda: () => clients.lambda.send(new InvokeCommand({ FunctionName: "f" })),
  bedrock: () =>
    clients.bedrock.send(
      new ConverseCommand({ modelId: "amazon.nova-micro-v1:0", messages: [{ role: "user", content: [{ text: "hello" }] }] }),
    ),
  "redshift-data": () => clients["redshift-data"].send(new ExecuteStatementCommand({ Sql: "select 1", WorkgroupName: "w" })),
  "execute-api": () => clients["execute-api"].send(new PostToConnectionCommand({ ConnectionId: "abcdefghijklmno=", Data: "x" })),
  events: () => clients.events.send(new PutEventsCommand({ Entries: [{ Source: "s", DetailType: "d", Detail: "{}" }] })),
}

interface Seen {
  service: string
  kind: string
  saw: string
  /** As the call log has them. */
  attempts: number[]
}

/** What the caller finally saw of one call under one fault, and the attempts that the call log shows. */
async function under(service: string, fault: object, run = calls[service]!): Promise<Seen> {
  const added = await world.local("POST", "faults", [{ service, ...fault }])
  expect(added.status).toBe(201)
  const before = world.calls.since(0, 100_000).at(-1)?.n ?? 0
  const saw = await run(`x${before}`).then(
    () => "success",
    (error) => `${error.name} ${error.$metadata?.httpStatusCode ?? ""}`.trim(),
  )
  // A client that gave up is found out when its connection closes.
  await new Promise((resolve) => setTimeout(resolve, 30))
  const attempts = world.calls
    .since(before, 100_000, (call) => call.service === service && call.fault !== undefined)
    .map(({ attempt }) => attempt)
  await world.local("DELETE", `faults/${added.body.items[0].id}`)
  return { service, kind: (fault as { kind: string }).kind, saw, attempts }
}

const printed: Seen[] = []
afterAll(() => {
  const row = ({ service, kind, saw, attempts }: Seen) =>
    `${kind.padEnd(17)} ${service.padEnd(14)} ${saw.padEnd(46)} ${attempts.join(" ")}`
  console.log(
    [
      "kind              service        what the caller saw                            attempts in the call log",
      ...printed.map(row),
    ].join("\n"),
  )
})
const shown = (seen: Seen): Seen => (printed.push(seen), seen)

const THROTTLES: [string, string, number[]][] = [
  ["dynamodb", "ProvisionedThroughputExceededException 400", [1, 2, 3, 4]],
  ["kinesis", "ProvisionedThroughputExceededException 400", [1, 2, 3]],
  ["sqs", "RequestThrottled 403", [1, 2, 3]],
  ["s3", "SlowDown 503", [1, 2, 3]],
  ["lambda", "TooManyRequestsException 429", [1, 2, 3]],
  ["bedrock", "ThrottlingException 429", [1, 2, 3]],
  ["redshift-data", "ActiveStatementsExceededException 400", [1]],
  ["execute-api", "LimitExceededException 429", [1, 2, 3]],
  ["events", "ThrottlingException 400", [1, 2, 3]],
]

describe("throttle", () => {
  test("has each service's own name and status, and is seen after the client's own attempts", async () => {
    const seen = await Promise.all(THROTTLES.map(([service]) => under(service, { kind: "throttle" })))
    seen.forEach(shown)
    expect(seen.map(({ service, saw, attempts }) => [service, saw, attempts])).toEqual(THROTTLES)
  })

  test("of DynamoDB may have its other name, and one that ends in time is not seen at all", async () => {
    await world.local("POST", "faults", [
      { service: "dynamodb", op: "DescribeTable", kind: "throttle", code: "ThrottlingException" },
    ])
    const describe = { service: "dynamodb", target: "DynamoDB_20120810.DescribeTable", body: { TableName: table() } }
    expect((await world.cloud.call(describe)).json.__type).toBe("ThrottlingException")
    expect(shown(await under("dynamodb", { kind: "throttle", times: 2 }))).toMatchObject({ saw: "success", attempts: [1, 2] })
  })

  test("of Cognito has its name", async () => {
    await world.local("POST", "faults", [{ service: "cognito-idp", kind: "throttle" }])
    const response = await fetch(world.awsUrl, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": "AWSCognitoIdentityProviderService.InitiateAuth",
        authorization:
          "AWS4-HMAC-SHA256 Credential=AKIAX/20250101/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=0",
      },
      body: "{}",
    })
    expect([response.status, response.headers.get("x-amzn-errortype")]).toEqual([400, "TooManyRequestsException"])
  })
})

describe("error, reset and stall", () => {
  test("an error has each service's own name and is repeated", async () => {
    const errors: [string, string, number[]][] = [
      ["dynamodb", "InternalServerError 500", [1, 2, 3, 4]],
      ["kinesis", "InternalFailure 500", [1, 2, 3]],
      ["sqs", "InternalFailure 500", [1, 2, 3]],
      ["s3", "InternalError 500", [1, 2, 3]],
      ["lambda", "ServiceException 500", [1, 2, 3]],
      ["redshift-data", "InternalServerException 500", [1, 2, 3]],
    ]
    const seen = await Promise.all(errors.map(([service]) => under(service, { kind: "error" })))
    seen.forEach(shown)
    expect(seen.map(({ service, saw, attempts }) => [service, saw, attempts])).toEqual(errors)
  })

  test("an error may be a 503", async () => {
    expect(shown(await under("bedrock", { kind: "error", status: 503 }))).toMatchObject({
      saw: "ServiceUnavailableException 503",
    })
  })

  test.each(["dynamodb", "kinesis", "sqs", "bedrock"])(
    "a reset of %s breaks the connection, and the client tries again",
    async (service) => {
      const seen = shown(await under(service, { kind: "reset", times: 1 }))
      expect(seen).toMatchObject({ saw: "success", attempts: [1] })
      expect(world.calls.since(0, 100_000, ({ fault }) => fault === "reset").at(-1)).toMatchObject({
        status: 0,
        error: "ECONNRESET",
      })
    },
  )

  test("a reset that goes on is an error of the network, not of AWS", async () => {
    const seen = shown(await under("dynamodb", { kind: "reset" }))
    expect(seen).toMatchObject({ saw: "TimeoutError", attempts: [1, 2, 3, 4] })
  })

  test("a stall holds a client until it gives up, and one that ends lets the next attempt through", async () => {
    const patient = new DynamoDBClient({ ...world.as(), requestHandler: { requestTimeout: 100, throwOnRequestTimeout: true } })
    const put = (id: string) => patient.send(new PutItemCommand({ TableName: table(), Item: key(id) }))
    expect(shown(await under("dynamodb", { kind: "stall" }, put))).toMatchObject({ saw: "TimeoutError", attempts: [1, 2, 3, 4] })
    expect(shown(await under("dynamodb", { kind: "stall", times: 1 }, put))).toMatchObject({ saw: "success", attempts: [1] })
    expect(shown(await under("kinesis", { kind: "stall", ms: 30, times: 1 }))).toMatchObject({ saw: "success", attempts: [1] })
    patient.destroy()
  })

  test("a delay is only late", async () => {
    const started = performance.now()
    expect(shown(await under("dynamodb", { kind: "delay", ms: 150 }))).toMatchObject({ saw: "success", attempts: [1] })
    expect(performance.now() - started).toBeGreaterThan(140)
  })
})

describe("commit-then-fail", () => {
  test("a put that took effect is repeated by the client and is there once", async () => {
    const before = (await clients.dynamodb.send(new ScanCommand({ TableName: table() }))).Count!
    for (const ending of ["reset", "error"])
      expect(shown(await under("dynamodb", { kind: "commit-then-fail", ending, times: 1 }))).toMatchObject({
        saw: "success",
        attempts: [1],
      })
    expect((await clients.dynamodb.send(new ScanCommand({ TableName: table() }))).Count).toBe(before + 2)
  })

  test("a record that was put and not acknowledged is in the stream twice", async () => {
    const stream = streams.get(world.ref("stream"), world.cloud.account)
    const before = stream.shards[0]!.end
    await under("kinesis", { kind: "commit-then-fail", times: 1 })
    expect(stream.shards[0]!.end - before).toBe(2)
  })

  test("what fails by itself stays what it was", async () => {
    const put = () => clients.dynamodb.send(new PutItemCommand({ TableName: "none", Item: key("a") }))
    expect(await under("dynamodb", { kind: "commit-then-fail" }, put)).toMatchObject({ saw: "ResourceNotFoundException 400" })
  })
})

describe("partial", () => {
  const ids = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => `${prefix}${index}`)

  test("BatchWriteItem leaves half of its items unprocessed and writes the others", async () => {
    await world.local("POST", "faults", [{ service: "dynamodb", kind: "partial", seed: 7, times: 1 }])
    const requests = ids(10, "bw").map((pk) => ({ PutRequest: { Item: key(pk) } }))
    const { UnprocessedItems } = await clients.dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [table()]: requests } }))
    const left = UnprocessedItems![table()]!.map(({ PutRequest }) => PutRequest!.Item!.pk!.S!)
    expect(left).toHaveLength(5)
    const Keys = ids(10, "bw").map(key)
    const { Responses } = await clients.dynamodb.send(new BatchGetItemCommand({ RequestItems: { [table()]: { Keys } } }))
    const there = Responses![table()]!.map(({ pk }) => pk!.S!)
    expect([...there, ...left].toSorted()).toEqual(ids(10, "bw").toSorted())
    shown({ service: "dynamodb", kind: "partial", saw: "5 of 10 items unprocessed, 5 written", attempts: [1] })
  })

  test("BatchGetItem leaves keys, also all of them, and a projection stays with them", async () => {
    await world.local("POST", "faults", [{ service: "dynamodb", op: "BatchGetItem", kind: "partial", share: 1, times: 1 }])
    const Keys = ids(4, "bw").map(key)
    const asked = { [table()]: { Keys, ProjectionExpression: "pk" } }
    const answer = await clients.dynamodb.send(new BatchGetItemCommand({ RequestItems: asked }))
    expect(answer.Responses?.[table()] ?? []).toEqual([])
    expect(answer.UnprocessedKeys![table()]).toMatchObject({ ProjectionExpression: "pk" })
    expect(answer.UnprocessedKeys![table()]!.Keys).toHaveLength(4)
  })

  test("PutRecords fails records at their own places, the others are in the stream", async () => {
    await world.local("POST", "faults", [{ service: "kinesis", kind: "partial", share: 0.3, seed: 3, times: 1 }])
    const shard = streams.get(world.ref("stream"), world.cloud.account).shards[0]!
    const before = shard.end
    const Records = ids(10, "pr").map((id) => ({ PartitionKey: id, Data: Buffer.from(id) }))
    const answer = await clients.kinesis.send(new PutRecordsCommand({ StreamName: world.ref("stream"), Records }))
    expect([answer.FailedRecordCount, answer.Records!.length, shard.end - before]).toEqual([3, 10, 7])
    const stored = answer.Records!.flatMap(({ SequenceNumber }, index) => (SequenceNumber ? [`pr${index}`] : []))
    const there = Array.from({ length: 7 }, (_, index) => shard.place(before + index)!).map(({ segment, index }) =>
      segment.key(index),
    )
    expect(there).toEqual(stored)
    expect(answer.Records!.filter(({ ErrorCode }) => ErrorCode).map(({ ErrorCode }) => ErrorCode)).toEqual(
      Array(3).fill("ProvisionedThroughputExceededException"),
    )
    shown({ service: "kinesis", kind: "partial", saw: "3 of 10 records failed, 7 stored", attempts: [1] })
  })

  test("SendMessageBatch and DeleteMessageBatch fail entries by id, the others happen", async () => {
    const QueueUrl = await queueUrl()
    for (let got = 1; got > 0;)
      got = (await clients.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))).Messages?.length ?? 0
    await world.local("POST", "faults", [{ service: "sqs", op: "SendMessageBatch", kind: "partial", times: 1 }])
    const sent = await clients.sqs.send(
      new SendMessageBatchCommand({ QueueUrl, Entries: ids(6, "m").map((Id) => ({ Id, MessageBody: Id })) }),
    )
    expect([sent.Failed!.length, sent.Successful!.length]).toEqual([3, 3])
    const { Messages = [] } = await clients.sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
    )
    expect(Messages.map(({ Body }) => Body).toSorted()).toEqual(sent.Successful!.map(({ Id }) => Id).toSorted())
    await world.local("POST", "faults", [{ service: "sqs", op: "DeleteMessageBatch", kind: "partial", share: 0.34, times: 1 }])
    const Entries = Messages.map(({ ReceiptHandle, Body }) => ({ Id: Body!, ReceiptHandle: ReceiptHandle! }))
    const deleted = await clients.sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }))
    const left = (await clients.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))).Messages ?? []
    expect(left.map(({ Body }) => Body)).toEqual(deleted.Failed!.map(({ Id }) => Id))
    expect(left).toHaveLength(1)
    shown({ service: "sqs", kind: "partial", saw: "3 of 6 entries failed, 3 sent", attempts: [1] })
  })

  test("PutEvents counts failed entries", async () => {
    await world.local("POST", "faults", [{ service: "events", kind: "partial", share: 1, times: 1 }])
    const Entries = [1, 2].map((n) => ({ Source: "s", DetailType: "d", Detail: `{"n":${n}}` }))
    const { FailedEntryCount, Entries: results } = await clients.events.send(new PutEventsCommand({ Entries }))
    expect([FailedEntryCount, results?.map(({ ErrorCode }) => ErrorCode)]).toEqual([2, ["InternalFailure", "InternalFailure"]])
  })

  test("an object's body breaks off in the middle", async () => {
    const name = { Bucket: world.ref("bucket"), Key: "half" }
    await clients.s3.send(new PutObjectCommand({ ...name, Body: "x".repeat(100_000) }))
    const seen = await under("s3", { kind: "partial", times: 1 }, async () => {
      const { Body } = await clients.s3.send(new GetObjectCommand(name))
      return Body!.transformToString()
    })
    expect(shown(seen)).toMatchObject({ saw: "Error", attempts: [1] })
  })
})

describe("stream-cut", () => {
  const ask = async () => {
    const { stream } = await clients.bedrock.send(
      new ConverseStreamCommand({
        modelId: "amazon.nova-micro-v1:0",
        messages: [{ role: "user", content: [{ text: "hello" }] }],
      }),
    )
    const names: string[] = []
    for await (const event of stream!) names.push(...Object.keys(event))
    return names
  }

  test("ends in the middle of an answer without a stop event", async () => {
    let names: string[] = []
    const seen = await under("bedrock", { kind: "stream-cut" }, async () => (names = await ask()))
    expect(names[0]).toBe("messageStart")
    expect(names).toContain("contentBlockDelta")
    expect(names).not.toContain("messageStop")
    shown({ ...seen, saw: `${seen.saw}, ${names.length} events, no messageStop` })
  })

  test.each(["ThrottlingException", "ModelStreamErrorException"])(
    "may say %s inside the stream, which no client repeats",
    async (code) => {
      expect(shown(await under("bedrock", { kind: "stream-cut", code }, ask))).toMatchObject({
        saw: expect.stringContaining(code),
        attempts: [1],
      })
    },
  )

  test("may break the connection, which the client takes for the end of the stream", async () => {
    let names: string[] = []
    const seen = await under("bedrock", { kind: "stream-cut", ending: "reset" }, async () => (names = await ask()))
    expect(names).not.toContain("messageStop")
    shown({ ...seen, saw: `${seen.saw}, ${names.length} events, reset` })
  })
})

describe("choosing calls", () => {
  test("a rate with a seed hits the same calls again", async () => {
    const hits = async () => {
      const [{ id }] = (await world.local("POST", "faults", [{ service: "events", kind: "throttle", rate: 0.3, seed: 42 }])).body
        .items
      const pattern: number[] = []
      for (let call = 0; call < 40; call++)
        pattern.push((await world.cloud.call({ service: "events", target: "AWSEvents.PutEvents", body: {} })).status)
      await world.local("DELETE", `faults/${id}`)
      return pattern
    }
    const first = await hits()
    expect(await hits()).toEqual(first)
    const share = first.filter((status) => status === 400).length / first.length
    expect(share).toBeGreaterThan(0.1)
    expect(share).toBeLessThan(0.5)
  })

  test("operation, resource, body and times narrow it, and the list tells how often each was hit", async () => {
    const only = { service: "dynamodb", kind: "error" }
    await world.local("POST", "faults", [
      { ...only, op: "DeleteItem" },
      { ...only, match: { resource: "another-table" } },
      { ...only, match: { function: "someone" } },
      { ...only, op: "GetItem", match: { resource: table(), body: "chosen" }, times: 1 },
    ])
    const get = (pk: string) =>
      world.cloud.call({ service: "dynamodb", target: "DynamoDB_20120810.GetItem", body: { TableName: table(), Key: key(pk) } })
    const statuses = []
    for (const pk of ["other", "chosen", "chosen"]) statuses.push((await get(pk)).status)
    expect(statuses).toEqual([200, 500, 200])
    const { items } = (await world.local("GET", "faults")).body
    expect(items.map(({ hits }: { hits: number }) => hits)).toEqual([0, 0, 0, 1])
    await expect(clients.dynamodb.send(new GetItemCommand({ TableName: table(), Key: key("a") }))).resolves.toBeDefined()
  })

  test("a caller in process has no connection to lose and is told that the service is unavailable", async () => {
    await world.local("POST", "faults", [{ service: "events", kind: "reset" }])
    expect((await world.cloud.call({ service: "events", target: "AWSEvents.PutEvents", body: {} })).status).toBe(503)
  })

  test.each<[string, unknown, string]>([
    ["no list", {}, ""],
    ["an unknown kind", [{ service: "s3", kind: "explode" }], "0.kind"],
    ["an unknown service", [{ service: "s4", kind: "reset" }], "0.service"],
    ["an unknown property", [{ service: "s3", kind: "reset", often: 3 }], "0"],
    [
      "a rate of 2",
      [
        { service: "s3", kind: "reset" },
        { service: "s3", kind: "reset", rate: 2 },
      ],
      "1.rate",
    ],
    ["a delay without ms", [{ service: "s3", kind: "delay" }], "0.ms"],
    ["ms for a reset", [{ service: "s3", kind: "reset", ms: 5 }], "0.ms"],
    ["a part of what has none", [{ service: "dynamodb", op: "GetItem", kind: "partial" }], "0.op"],
    ["an error inside a stream without its name", [{ service: "bedrock", kind: "stream-cut", ending: "error" }], "0.ending"],
    ["a cut of what does not stream", [{ service: "bedrock", op: "Converse", kind: "stream-cut" }], "0.op"],
  ])("%s is refused with its place", async (_, body, path) => {
    const refused = await world.local("POST", "faults", body)
    expect([refused.status, refused.body.code]).toEqual([400, "input.invalid"])
    expect(refused.body.message.startsWith(path === "" ? "The request:" : `${path}: `)).toBe(true)
    expect((await world.local("GET", "faults")).body.items).toEqual([])
  })

  test("there are at most a hundred at once, and used ones make room", async () => {
    const hundred = Array.from({ length: 100 }, () => ({ service: "events", kind: "error", times: 1 }))
    expect((await world.local("POST", "faults", hundred)).status).toBe(201)
    expect((await world.local("POST", "faults", hundred.slice(0, 1))).status).toBe(409)
    await world.cloud.call({ service: "events", target: "AWSEvents.PutEvents", body: {} })
    expect((await world.local("POST", "faults", hundred.slice(0, 1))).status).toBe(201)
    expect((await world.local("DELETE", "faults/fault-0")).status).toBe(404)
    expect((await world.local("DELETE", "faults")).status).toBe(204)
  })
})
