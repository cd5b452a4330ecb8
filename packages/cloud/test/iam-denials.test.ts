import { afterAll, beforeAll, expect, test } from "vitest"
import { createTestCloud } from "../src/endpoint/test-cloud.ts"
import { executeApi, Sockets } from "../src/gateway/index.ts"
import { createLambda } from "../src/lambda/runtime.ts"
import { bedrock } from "../src/services/bedrock/index.ts"
import { echo } from "../src/services/bedrock/testing/echo.ts"
import { cloudformation } from "../src/services/cloudformation.ts"
import { cognito } from "../src/services/cognito/index.ts"
import { dynamodb } from "../src/services/dynamodb/index.ts"
import { events } from "../src/services/events/index.ts"
import { kinesis, Streams } from "../src/services/kinesis/index.ts"
import { logs } from "../src/services/logs/index.ts"
import { redshiftData } from "../src/services/redshift-data/index.ts"
import { s3 } from "../src/services/s3/index.ts"
import { sns } from "../src/services/sns/index.ts"
import { sqs } from "../src/services/sqs/index.ts"
import { ssm } from "../src/services/ssm.ts"
import { xray } from "../src/services/xray.ts"
import { dynamodbRows, kinesisRows, logsRows, redshiftRows, ssmRows, TABLE } from "./iam-denials/data.ts"
import { cloudformationRows, cognitoRows, eventsRows, snsRows, sqsRows } from "./iam-denials/messages.ts"
import { bedrockRows, connectionRows, lambdaRows, s3Rows, xrayRows } from "./iam-denials/paths.ts"
import type { Kept, Row, World } from "./iam-denials/row.ts"

const ROWS: readonly Row[] = [
  ...dynamodbRows,
  ...kinesisRows,
  ...redshiftRows,
  ...logsRows,
  ...ssmRows,
  ...sqsRows,
  ...snsRows,
  ...eventsRows,
  ...cognitoRows,
  ...s3Rows,
  ...bedrockRows,
  ...lambdaRows,
  ...connectionRows,
  ...cloudformationRows,
  ...xrayRows,
]

/** Operations that need no permission: people prove themselves by password or token, and keys are public. */
const OPEN = new Set([
  "InitiateAuth",
  "RespondToAuthChallenge",
  "GetUser",
  "GlobalSignOut",
  "RevokeToken",
  "SignUp",
  "jwks.json",
  "openid-configuration",
  "GetSigningKey",
])

const streams = new Streams()
const lambda = createLambda({ root: process.cwd(), handlers: {}, streams, bundles: ".tmp/iam-denials" })
const services = [
  dynamodb(),
  kinesis(streams),
  redshiftData(),
  logs(),
  ssm(),
  sqs(),
  sns(),
  events(),
  cognito(),
  s3(),
  bedrock({ model: echo }),
  lambda.service,
  executeApi(new Sockets()),
  cloudformation(),
  xray(),
]
const actions = [...new Set(services.flatMap(({ names }) => names)), "redshift-serverless"].map((name) => `${name}:*`)

const named = (type: string, properties: Record<string, unknown>) => ({ type, properties })
const queueArn = (name: string) => `arn:aws:sqs:us-east-1:123456789012:${name}`
const POLICIES = { Policies: { PasswordPolicy: { MinimumLength: 12 } } }

let world: World
beforeAll(async () => {
  world = await createTestCloud({
    services,
    resources: {
      Rooms: named("AWS::DynamoDB::Table", TABLE),
      Sales: named("AWS::Kinesis::Stream", { Name: "sales", ShardCount: 1 }),
      Namespace: named("AWS::RedshiftServerless::Namespace", { NamespaceName: "house", DbName: "house" }),
      Workgroup: named("AWS::RedshiftServerless::Workgroup", { WorkgroupName: "house", NamespaceName: "house" }),
      Parameter: named("AWS::SSM::Parameter", { Name: "/app/a", Type: "String", Value: "1" }),
      Dead: named("AWS::SQS::Queue", { QueueName: "dead" }),
      Jobs: named("AWS::SQS::Queue", {
        QueueName: "jobs",
        RedrivePolicy: { deadLetterTargetArn: queueArn("dead"), maxReceiveCount: 5 },
      }),
      News: named("AWS::SNS::Topic", { TopicName: "news" }),
      Lake: named("AWS::S3::Bucket", { BucketName: "lake" }),
      People: named("AWS::Cognito::UserPool", { UserPoolName: "people", UsernameAttributes: ["email"], ...POLICIES }),
      Echo: named("AWS::Lambda::Function", {
        FunctionName: "may",
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Role: "arn:aws:iam::123456789012:role/may-role",
        Code: { ZipFile: "exports.handler = async (event) => event" },
      }),
    },
    functions: { may: [{ Effect: "Allow", Action: actions, Resource: "*" }], lacks: [] },
  })
  const group = named("AWS::Cognito::UserPoolGroup", { GroupName: "editor", UserPoolId: world.ref("People") })
  const resource = { ...group, logicalId: "Editor", stack: "test", identity: { ref: "editor", attributes: {} } }
  for (const service of services) await service.types[group.type]?.provision?.(resource, world.cloud)
})
afterAll(() => world?.stop())

test("every operation that asks for a permission is in the table", () => {
  const answered = services.flatMap(({ names, operations = [] }) => operations.map((operation) => `${names[0]} ${operation}`))
  const asking = answered.filter((each) => !OPEN.has(each.split(" ")[1]!))
  expect(ROWS.map(({ service, operation }) => `${service} ${operation}`).toSorted()).toEqual(asking.toSorted())
})

/** Calls as the function; what the log says of it. */
async function made({ call, service, operation, decidedAs = operation }: Row, as: string, kept: Kept) {
  const { status, answer } = await call(world, as, kept)
  const [logged] = world.calls.last(1, (each) => each.service === service && each.operation === decidedAs && each.caller === as)
  return { status, answer, logged }
}

test("every operation is denied to a function whose role lacks the action, and allowed to one whose role has it", async () => {
  const kept: Kept = {}
  const wrong: string[] = []
  const started = performance.now()
  for (const row of ROWS) {
    const name = `${row.service} ${row.operation}`
    const denied = await made(row, "lacks", kept)
    if (denied.logged?.decision !== "implicitDeny" || ![400, 403].includes(denied.logged.status))
      wrong.push(`${name} without the right: ${denied.logged?.decision} ${denied.status} ${JSON.stringify(denied.answer)}`)
    const allowed = await made(row, "may", kept)
    kept[name] = allowed.answer
    const isBy = allowed.logged?.access.every(({ statement }) => statement?.startsWith("may-policy"))
    const error = allowed.status < 400 ? undefined : allowed.logged?.error
    if (allowed.logged?.decision !== "allow" || !isBy || error !== row.error)
      wrong.push(`${name} with the right: ${allowed.logged?.decision} ${allowed.status} ${JSON.stringify(allowed.answer)}`)
  }
  console.log(`${ROWS.length} operations denied and allowed in ${Math.round(performance.now() - started)} ms`)
  expect(wrong).toEqual([])
})
