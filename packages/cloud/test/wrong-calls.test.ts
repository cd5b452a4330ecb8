import { afterAll, beforeAll, expect, test } from "vitest"
import { createTestCloud } from "../src/endpoint/test-cloud.ts"
import { executeApi, Sockets } from "../src/gateway/index.ts"
import { createLambda } from "../src/lambda/runtime.ts"
import { bedrock } from "../src/services/bedrock/index.ts"
import { echo } from "../src/services/bedrock/testing/echo.ts"
import { cognito } from "../src/services/cognito/index.ts"
import { dynamodb } from "../src/services/dynamodb/index.ts"
import { kinesis, Streams } from "../src/services/kinesis/index.ts"
import { logs } from "../src/services/logs/index.ts"
import { redshiftData } from "../src/services/redshift-data/index.ts"
import { s3 } from "../src/services/s3/index.ts"
import { sqs } from "../src/services/sqs/index.ts"
import { bedrockRows, connectionRows, lambdaRows, redshiftRows } from "./wrong-calls/compute.ts"
import { dynamodbRows } from "./wrong-calls/dynamodb.ts"
import { cognitoRows, deniedRows } from "./wrong-calls/people.ts"
import type { Row, World } from "./wrong-calls/row.ts"
import { s3Rows, sqsRows } from "./wrong-calls/storage.ts"
import { kinesisRows, logsRows } from "./wrong-calls/streams.ts"

const streams = new Streams()
const lambda = createLambda({ root: process.cwd(), handlers: {}, streams, bundles: ".tmp/wrong-calls" })
const role = "arn:aws:iam::123456789012:role/nobody-role"
const ROOM = {
  TableName: "ROOM",
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: ["pk", "sk"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
  KeySchema: [
    { AttributeName: "pk", KeyType: "HASH" },
    { AttributeName: "sk", KeyType: "RANGE" },
  ],
}
const POOL = {
  UserPoolName: "people",
  UsernameAttributes: ["email"],
  AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
  Policies: { PasswordPolicy: { MinimumLength: 12 } },
}

let world: World
let rows: Row[]
beforeAll(async () => {
  const services = [
    dynamodb(),
    s3(),
    sqs(),
    kinesis(streams),
    redshiftData(),
    bedrock({ model: echo }),
    executeApi(new Sockets()),
    lambda.service,
    cognito(),
    logs(),
  ]
  world = await createTestCloud({
    services,
    resources: {
      Room: { type: "AWS::DynamoDB::Table", properties: ROOM },
      Lake: { type: "AWS::S3::Bucket", properties: { BucketName: "lake" } },
      Jobs: { type: "AWS::SQS::Queue", properties: { QueueName: "jobs" } },
      Events: { type: "AWS::Kinesis::Stream", properties: { Name: "events", ShardCount: 1 } },
      Own: { type: "AWS::Logs::LogGroup", properties: { LogGroupName: "/own" } },
      Namespace: { type: "AWS::RedshiftServerless::Namespace", properties: { NamespaceName: "house", DbName: "house" } },
      Workgroup: { type: "AWS::RedshiftServerless::Workgroup", properties: { WorkgroupName: "house", NamespaceName: "house" } },
      Echo: {
        type: "AWS::Lambda::Function",
        properties: {
          FunctionName: "echo",
          Runtime: "nodejs22.x",
          Handler: "index.handler",
          Role: role,
          Code: { ZipFile: "exports.handler = async (event) => event" },
        },
      },
      People: { type: "AWS::Cognito::UserPool", properties: POOL },
    },
    functions: { nobody: [] },
  })
  const pool = world.ref("People")
  const client = {
    logicalId: "Client",
    stack: "test",
    type: "AWS::Cognito::UserPoolClient",
    properties: { UserPoolId: pool, ExplicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH"], PreventUserExistenceErrors: "ENABLED" },
    identity: { ref: "clientclientclientclient12", attributes: {} },
  }
  for (const service of services) await service.types[client.type]?.provision?.(client, world.cloud)
  rows = [
    ...dynamodbRows(world),
    ...s3Rows(world),
    ...sqsRows(world, world.ref("Jobs")),
    ...kinesisRows(world),
    ...logsRows(world),
    ...lambdaRows(world),
    ...connectionRows(world),
    ...bedrockRows(world),
    ...redshiftRows(world),
    ...cognitoRows(world, pool, client.identity.ref),
    ...deniedRows(world),
  ]
})
afterAll(() => world?.stop())

interface Refusal {
  name: string
  $metadata?: { httpStatusCode?: number }
}

test("every wrong call is refused with the name and the status that AWS documents for it", async () => {
  const wrong: string[] = []
  for (const [what, call, name, status] of rows) {
    const refusal = await call().then(
      () => ({ name: "nothing" }) as Refusal,
      (thrown: Refusal) => thrown,
    )
    const said = `${refusal.name} ${refusal.$metadata?.httpStatusCode}`
    if (said !== `${name} ${status}`) wrong.push(`${what}: ${said} instead of ${name} ${status}`)
  }
  console.log(`${rows.length} wrong calls: ${rows.length - wrong.length} refused as AWS refuses them`)
  expect(wrong).toEqual([])
  expect(rows.length).toBeGreaterThanOrEqual(60)
})
