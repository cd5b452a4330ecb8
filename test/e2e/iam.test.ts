import { ApiGatewayManagementApiClient, PostToConnectionCommand } from "@aws-sdk/client-apigatewaymanagementapi"
import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime"
import { CloudWatchLogsClient, CreateLogStreamCommand } from "@aws-sdk/client-cloudwatch-logs"
import { DynamoDBClient, GetItemCommand, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb"
import { DescribeStreamSummaryCommand, KinesisClient, PutRecordCommand } from "@aws-sdk/client-kinesis"
import { ExecuteStatementCommand, RedshiftDataClient } from "@aws-sdk/client-redshift-data"
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3"
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs"
import { afterAll, beforeAll, expect, it } from "vitest"
import type { Product } from "../../packages/start/src/product.ts"
import { compileRoles } from "../../packages/cloud/src/iam/index.ts"
import { functionCaller, lastCallOf } from "./support/caller.ts"
import { resourceOf, startHere } from "./support/cloud.ts"

let local: Product
beforeAll(async () => {
  local = await startHere()
})
afterAll(() => local?.stop())

type Settings = ReturnType<typeof functionCaller>["settings"]
const ref = (type: string, start: string) => resourceOf(local, type, start).identity.ref
const arn = (type: string, start: string) => resourceOf(local, type, start).identity.arn!
const table = (name: string) => ref("AWS::DynamoDB::Table", name)
const bucket = () => ref("AWS::S3::Bucket", "LakeBucket")
const workgroup = () => local.cloud.resources("AWS::RedshiftServerless::Workgroup")[0]!
const model = () => String(resourceOf(local, "AWS::Lambda::Function", "RunWorker").properties.Environment.Variables.MODEL_ID)
const logGroup = (of: string) => ref("AWS::Logs::LogGroup", of)
const socketApi = () => ref("AWS::ApiGatewayV2::Api", "SocketApi")

const key = { pk: { S: "progress" }, sk: { S: "none" } }
const getItem = (settings: Settings) =>
  new DynamoDBClient(settings).send(new GetItemCommand({ TableName: table("IngestTable"), Key: key }))
const transact = (settings: Settings) =>
  new DynamoDBClient(settings).send(
    new TransactWriteItemsCommand({ TransactItems: [{ Delete: { TableName: table("IngestTable"), Key: key } }] }),
  )
const putObject = (Key: string) => (settings: Settings) =>
  new S3Client({ ...settings, forcePathStyle: true }).send(new PutObjectCommand({ Bucket: bucket(), Key, Body: "x" }))
const sendMessage = (queue: string) => (settings: Settings) =>
  new SQSClient(settings).send(new SendMessageCommand({ QueueUrl: ref("AWS::SQS::Queue", queue), MessageBody: "{}" }))
const queueAttributes = (queue: string) => (settings: Settings) =>
  new SQSClient(settings).send(
    new GetQueueAttributesCommand({ QueueUrl: ref("AWS::SQS::Queue", queue), AttributeNames: ["All"] }),
  )
const stream = () => ref("AWS::Kinesis::Stream", "ConcertStream")
const describeStream = (settings: Settings) =>
  new KinesisClient(settings).send(new DescribeStreamSummaryCommand({ StreamName: stream() }))
const putRecord = (settings: Settings) =>
  new KinesisClient(settings).send(new PutRecordCommand({ StreamName: stream(), PartitionKey: "x", Data: Buffer.from("{}") }))
const execute = (settings: Settings) =>
  new RedshiftDataClient(settings).send(
    new ExecuteStatementCommand({
      WorkgroupName: workgroup().properties.WorkgroupName,
      Database: "backline",
      Sql: "SELECT COUNT(*) FROM core.dim_concert",
    }),
  )
const question = () => ({ modelId: model(), messages: [{ role: "user" as const, content: [{ text: "Hello" }] }] })
const converse = (settings: Settings) => new BedrockRuntimeClient(settings).send(new ConverseCommand(question()))
const converseStream = async (settings: Settings) => {
  const { stream: events } = await new BedrockRuntimeClient(settings).send(new ConverseStreamCommand(question()))
  for await (const event of events!) if (event.messageStop) return event.messageStop.stopReason
}
/** No such connection: who may post is told 410. */
const post = (settings: Settings) =>
  new ApiGatewayManagementApiClient(settings)
    .send(new PostToConnectionCommand({ ConnectionId: "AAAAAAAAAAAAAAA=", Data: "x" }))
    .catch((error: Error) => error.name === "GoneException" || Promise.reject(error))
const createLogStream = (group: string) => (settings: Settings) =>
  new CloudWatchLogsClient(settings).send(
    new CreateLogStreamCommand({ logGroupName: logGroup(group), logStreamName: `own-${Date.now()}` }),
  )

interface Row {
  service: string
  /** Logical id of the function that calls. */
  as: string
  call: (settings: Settings) => Promise<unknown>
  action: string
  resource: () => string
}

const modelArn = () => `arn:aws:bedrock:${local.cloud.region}::foundation-model/${model()}`
const connections = () =>
  `arn:aws:execute-api:${local.cloud.region}:${local.cloud.account}:${socketApi()}/live/POST/@connections/AAAAAAAAAAAAAAA=`
const lake = (path: string) => () => `arn:aws:s3:::${bucket()}/${path}`

const DENIED: Row[] = [
  {
    service: "dynamodb",
    as: "EventsPost",
    call: getItem,
    action: "dynamodb:GetItem",
    resource: () => arn("AWS::DynamoDB::Table", "IngestTable"),
  },
  /** There is no action for transactions: each item needs its own. */
  {
    service: "dynamodb",
    as: "IngestConsumer",
    call: transact,
    action: "dynamodb:DeleteItem",
    resource: () => arn("AWS::DynamoDB::Table", "IngestTable"),
  },
  { service: "s3", as: "Loader", call: putObject("events/x"), action: "s3:PutObject", resource: lake("events/x") },
  { service: "s3", as: "IngestConsumer", call: putObject("manifests/x"), action: "s3:PutObject", resource: lake("manifests/x") },
  {
    service: "sqs",
    as: "EventsPost",
    call: sendMessage("LoadQueue"),
    action: "sqs:SendMessage",
    resource: () => arn("AWS::SQS::Queue", "LoadQueue"),
  },
  {
    service: "kinesis",
    as: "IngestConsumer",
    call: putRecord,
    action: "kinesis:PutRecord",
    resource: () => arn("AWS::Kinesis::Stream", "ConcertStream"),
  },
  {
    service: "redshift-data",
    as: "EventsPost",
    call: execute,
    action: "redshift-data:ExecuteStatement",
    resource: () => workgroup().identity.arn!,
  },
  {
    service: "bedrock",
    as: "ChatPost",
    call: converseStream,
    action: "bedrock:InvokeModelWithResponseStream",
    resource: modelArn,
  },
  { service: "bedrock", as: "RunWorker", call: converse, action: "bedrock:InvokeModel", resource: modelArn },
  { service: "execute-api", as: "EventsPost", call: post, action: "execute-api:ManageConnections", resource: connections },
  {
    service: "logs",
    as: "EventsPost",
    call: createLogStream("LoaderLogs"),
    action: "logs:CreateLogStream",
    resource: () => arn("AWS::Logs::LogGroup", "LoaderLogs"),
  },
]

const ALLOWED: Row[] = [
  { ...DENIED[0]!, as: "Health" },
  { service: "s3", as: "IngestConsumer", call: putObject("events/x"), action: "s3:PutObject", resource: lake("events/x") },
  {
    service: "sqs",
    as: "Loader",
    call: queueAttributes("LoadQueue"),
    action: "sqs:GetQueueAttributes",
    resource: () => arn("AWS::SQS::Queue", "LoadQueue"),
  },
  {
    service: "kinesis",
    as: "Health",
    call: describeStream,
    action: "kinesis:DescribeStreamSummary",
    resource: () => arn("AWS::Kinesis::Stream", "ConcertStream"),
  },
  { ...DENIED[6]!, as: "VenueGet" },
  { ...DENIED[7]!, as: "RunWorker" },
  { ...DENIED[9]!, as: "SocketDefault" },
  {
    service: "logs",
    as: "EventsPost",
    call: createLogStream("EventsPostLogs"),
    action: "logs:CreateLogStream",
    resource: () => arn("AWS::Logs::LogGroup", "EventsPostLogs"),
  },
]

/** Log groups' ARNs end in `:*`, what IAM is asked about in `:log-stream:<name>` or nothing. */
const plain = (of: string) => of.replace(/:(\*|log-stream:.*)$/, "")

const named = (rows: readonly Row[]) => rows.map((row) => [row.as, row.action, row] as const)

it.each(named(DENIED))("%s is refused %s, and told who, what and where", async (as, action, { call, service, resource }) => {
  const { settings, assumedRole, name, roleArn } = functionCaller(local, as)
  const error = await call(settings).then(
    () => undefined,
    (thrown: Error) => thrown,
  )
  expect(error?.name).toMatch(/^AccessDenied(Exception)?$/)
  expect(error?.message).toContain(
    `User: ${assumedRole} is not authorized to perform: ${action} on resource: ${plain(resource())}`,
  )
  expect(error?.message).toContain(`because no identity-based policy allows the ${action} action`)
  const logged = await lastCallOf(local, name, service)
  expect(logged).toMatchObject({ role: roleArn, decision: "implicitDeny", error: expect.stringMatching(/^AccessDenied/) })
  expect([400, 403]).toContain(logged?.status)
  const refused = logged!.access.find((access) => access.action === action)!
  expect(plain(refused.resource)).toBe(plain(resource()))
  expect(refused).not.toHaveProperty("statement")
})

it.each(named(ALLOWED))(
  "%s may %s by one statement of its role, and without that statement may not",
  async (as, action, { call, service, resource }) => {
    const { settings, name, roleArn } = functionCaller(local, as)
    await call(settings)
    const logged = await lastCallOf(local, name, service)
    const allowed = logged?.access.find((access) => access.action === action)
    expect(logged).toMatchObject({ role: roleArn, decision: "allow" })
    expect(allowed).toMatchObject({ decision: "allow", statement: expect.stringMatching(/^\w+.*#\w+$/) })
    expect(plain(allowed!.resource)).toBe(plain(resource()))

    const [policy, sid] = allowed!.statement!.split("#")
    const resources = local.cloud.resources()
    const without = resources.map((each) => {
      if (each.type !== "AWS::IAM::Policy" || each.properties.PolicyName !== policy) return each
      const { PolicyDocument: document } = each.properties
      const Statement = document.Statement.filter((statement: { Sid?: string }) => statement.Sid !== sid)
      expect(Statement).toHaveLength(document.Statement.length - 1)
      return { ...each, properties: { ...each.properties, PolicyDocument: { ...document, Statement } } }
    })
    const asked = [action, allowed!.resource] as const
    expect(
      compileRoles(resources)
        .get(roleArn)
        ?.check(...asked),
    ).toEqual({ decision: "allow", statement: allowed!.statement })
    expect(
      compileRoles(without)
        .get(roleArn)
        ?.check(...asked),
    ).toEqual({ decision: "implicitDeny" })
  },
)

it("is asked for every call of the functions themselves, and refuses none of them", async () => {
  const headers = { authorization: `Bearer ${await local.token()}` }
  for (const path of ["/health", "/ingest/progress", "/venues/popularity", "/concerts", "/conversations", "/me"])
    expect((await fetch(`${local.addresses.http}${path}`, { headers })).status, path).toBe(200)
  const probes = new Set(DENIED.map(({ as }) => functionCaller(local, as).name))
  const { items } = (await (await fetch(`${local.cloud.awsUrl}/_local/calls?limit=5000`)).json()) as {
    items: { caller: string; decision: string }[]
  }
  const own = items.filter(({ caller }) => caller !== "admin" && !probes.has(caller))
  expect(own.length).toBeGreaterThan(5)
  expect(own.filter(({ decision }) => decision !== "allow")).toEqual([])
})
