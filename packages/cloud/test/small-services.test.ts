import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation"
import { AssumeRoleCommand, GetCallerIdentityCommand, GetFederationTokenCommand, STSClient } from "@aws-sdk/client-sts"
import { afterAll, beforeAll, expect, test } from "vitest"
import { createTestCloud } from "../src/endpoint/test-cloud.ts"
import { cloudformation } from "../src/services/cloudformation.ts"
import { logs } from "../src/services/logs/index.ts"
import { ssm } from "../src/services/ssm.ts"
import { sts } from "../src/services/sts.ts"

const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-1:123456789012:${resource}`
const allow = (Action: string | string[], Resource: string) => ({ Effect: "Allow", Action, Resource }) as const
let running: Awaited<ReturnType<typeof createTestCloud>>

beforeAll(async () => {
  const parameter = (Name: string) => ({
    type: "AWS::SSM::Parameter",
    properties: { Name, Type: "String", Value: `value of ${Name}` },
  })
  running = await createTestCloud({
    services: [sts(), cloudformation(), ssm(), logs()],
    resources: {
      A: parameter("/app/a"),
      B: parameter("/app/deep/b"),
      Group: { type: "AWS::Logs::LogGroup", properties: { LogGroupName: "/aws/lambda/worker", RetentionInDays: 14 } },
    },
    functions: {
      worker: [
        allow(["logs:CreateLogStream", "logs:PutLogEvents"], arn("logs", "log-group:/aws/lambda/worker:*")),
        allow("ssm:GetParameter", arn("ssm", "parameter/app/*")),
      ],
      nobody: [],
    },
  })
})
afterAll(() => running?.stop())

const call = (service: string, target: string, body: unknown, as?: string) => running.cloud.call({ service, target, body, as })

test("anybody may ask STS who they are", async () => {
  expect((await new STSClient(running.as("nobody")).send(new GetCallerIdentityCommand({}))).Arn).toBe(
    "arn:aws:sts::123456789012:assumed-role/nobody-role/nobody",
  )
  expect((await new STSClient(running.as()).send(new GetCallerIdentityCommand({}))).Account).toBe("123456789012")
})

test("sessions, and so policies of sessions, are refused by name", async () => {
  const client = new STSClient(running.as("nobody"))
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [] })
  const role = { RoleArn: "arn:aws:iam::123456789012:role/nobody-role", RoleSessionName: "own" }
  for (const call of [
    client.send(new AssumeRoleCommand({ ...role, Policy })),
    client.send(new AssumeRoleCommand({ ...role, PolicyArns: [{ arn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }] })),
    client.send(new GetFederationTokenCommand({ Name: "own", Policy })),
  ])
    await expect(call).rejects.toThrow(/^NOT_SIMULATED: sts\.\w+: no sessions are made here/)
})

test("the bootstrap stacks that SST and CDK look for are there", async () => {
  const outputs = async (StackName: string) => {
    const { Stacks } = await new CloudFormationClient(running.as()).send(new DescribeStacksCommand({ StackName }))
    return Object.fromEntries(Stacks![0]!.Outputs!.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]))
  }
  expect(Number((await outputs("CDKToolkit")).BootstrapVersion)).toBeGreaterThanOrEqual(14)
  expect(await outputs("SSTBootstrap")).toMatchObject({ Version: "7.4", BucketName: expect.any(String) })
  const missing = await outputs("nothing").catch((thrown) => thrown)
  expect([missing.name, missing.message]).toEqual(["ValidationError", "Stack with id nothing does not exist"])
})

test("a stack may only be described with the right to", async () => {
  const error = await new CloudFormationClient(running.as("nobody"))
    .send(new DescribeStacksCommand({ StackName: "CDKToolkit" }))
    .catch((thrown) => thrown)
  expect([error.name, error.$metadata.httpStatusCode]).toEqual(["AccessDenied", 403])
  expect(error.message).toContain(
    "cloudformation:DescribeStacks on resource: arn:aws:cloudformation:us-east-1:123456789012:stack/CDKToolkit/*",
  )
})

test("parameters are read by name and by path, with the right to", async () => {
  expect((await call("ssm", "AmazonSSM.GetParameter", { Name: "/app/a" }, "worker")).json.Parameter).toMatchObject({
    Value: "value of /app/a",
    ARN: arn("ssm", "parameter/app/a"),
  })
  expect((await call("ssm", "AmazonSSM.GetParameter", { Name: "/app/none" })).json.__type).toBe("ParameterNotFound")
  const names = async (Recursive: boolean) =>
    (await call("ssm", "AmazonSSM.GetParametersByPath", { Path: "/app", Recursive })).json.Parameters.map(
      ({ Name }: { Name: string }) => Name,
    )
  expect([await names(false), await names(true)]).toEqual([["/app/a"], ["/app/a", "/app/deep/b"]])
  expect((await call("ssm", "AmazonSSM.GetParametersByPath", { Path: "/app" }, "worker")).json.message).toContain(
    "ssm:GetParametersByPath on resource: arn:aws:ssm:us-east-1:123456789012:parameter/app because",
  )
})

test("a function writes its log under its own role, and nobody else's", async () => {
  const stream = { logGroupName: "/aws/lambda/worker", logStreamName: "one" }
  expect((await call("logs", "Logs_20140328.CreateLogStream", stream, "worker")).status).toBe(200)
  const logEvents = [1, 2, 3].map((n) => ({ timestamp: n, message: `line ${n}` }))
  expect((await call("logs", "Logs_20140328.PutLogEvents", { ...stream, logEvents }, "worker")).status).toBe(200)
  const read = await call("logs", "Logs_20140328.FilterLogEvents", {
    logGroupName: stream.logGroupName,
    filterPattern: '"line 2"',
  })
  expect(read.json.events).toMatchObject([{ message: "line 2", logStreamName: "one" }])
  const denied = await call("logs", "Logs_20140328.PutLogEvents", { ...stream, logEvents }, "nobody")
  expect(denied.json.message).toContain(
    "logs:PutLogEvents on resource: arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/worker:log-stream:one because",
  )
})
