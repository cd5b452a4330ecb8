import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { PutEventsCommand } from "@aws-sdk/client-eventbridge"
import { GetRecordsCommand, GetShardIteratorCommand, KinesisClient } from "@aws-sdk/client-kinesis"
import { afterEach, expect, test } from "vitest"
import { kinesis } from "../kinesis/index.ts"
import { logs } from "../logs/index.ts"
import { sns } from "../sns/index.ts"
import { eventsCloud, functionNamed, permission, PRINCIPAL, queue, queueNamed, ruleNamed, topicNamed } from "./testing.ts"

const RULE = ruleNamed("all")
const rule = (Targets: object[], more: object = {}) => ({
  All: { type: "AWS::Events::Rule", properties: { Name: "all", EventPattern: { source: ["shop"] }, Targets, ...more } },
})
const role = (name: string, Action: string, Resource: string) => ({
  [name]: {
    type: "AWS::IAM::Role",
    properties: {
      RoleName: name,
      Policies: [
        { PolicyName: "p", PolicyDocument: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource }] } },
      ],
    },
  },
})
const roleNamed = (name: string) => `arn:aws:iam::123456789012:role/${name}`

let c: Awaited<ReturnType<typeof eventsCloud>>
afterEach(() => c?.stop())
const put = (detail: object = { n: 1 }) =>
  c.events.send(new PutEventsCommand({ Entries: [{ Source: "shop", DetailType: "sold", Detail: JSON.stringify(detail) }] }))

test("a target that may not be called keeps its events in the dead letter with the reason; others are not held up", async () => {
  c = await eventsCloud({
    ...queue("open", RULE, {}, PRINCIPAL),
    ...queue("closed"),
    ...queue("missed", RULE, {}, PRINCIPAL),
    ...rule([
      { Id: "open", Arn: queueNamed("open") },
      { Id: "closed", Arn: queueNamed("closed"), DeadLetterConfig: { Arn: queueNamed("missed") } },
    ]),
  })
  for (let n = 0; n < 20; n++) await put({ n })
  expect((await c.receive("open", 20)).map(({ body }) => body.detail.n).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 20 }, (_, n) => n),
  )
  const missed = await c.receive("missed", 20)
  expect(missed).toHaveLength(20)
  expect(missed[0]!.body).toMatchObject({ source: "shop", "detail-type": "sold" })
  expect(
    Object.fromEntries(Object.entries(missed[0]!.attributes).map(([name, value]) => [name, value.StringValue])),
  ).toMatchObject({
    RULE_ARN: RULE,
    TARGET_ARN: queueNamed("closed"),
    ERROR_CODE: "AccessDeniedException",
    RETRY_ATTEMPTS: "0",
  })
})

test("a failing target is tried again as its policy allows, then given up", async () => {
  c = await eventsCloud({
    Listener: { type: "AWS::Lambda::Function", properties: { FunctionName: "listener" } },
    Permit: permission("listener", RULE, PRINCIPAL),
    ...queue("missed", RULE, {}, PRINCIPAL),
    ...rule([
      {
        Id: "f",
        Arn: functionNamed("listener"),
        RetryPolicy: { MaximumRetryAttempts: 2 },
        DeadLetterConfig: { Arn: queueNamed("missed") },
      },
    ]),
  })
  c.functions.state.fails = 2
  await put({ n: "passes" })
  const settle = async () => {
    c.cloud.clock.advance(600_000)
    return c.functions.taken.length
  }
  await expect.poll(settle).toBe(1)
  c.functions.state.fails = Number.POSITIVE_INFINITY
  await put({ n: "fails" })
  let missed: Awaited<ReturnType<typeof c.receive>> = []
  await expect
    .poll(async () => {
      await settle()
      return (missed = c.calls.since(0).some(({ operation, caller }) => operation === "SendMessage" && caller === PRINCIPAL)
        ? await c.receive("missed")
        : []).length
    })
    .toBe(1)
  expect(missed[0]!.body.detail).toEqual({ n: "fails" })
  expect(missed[0]!.attributes).toMatchObject({
    RETRY_ATTEMPTS: { StringValue: "2" },
    EXHAUSTED_RETRY_CONDITION: { StringValue: "MaximumRetryAttempts" },
  })
})

test("Input, InputPath and InputTransformer decide what a target gets", async () => {
  c = await eventsCloud({
    ...queue("inputs", RULE, {}, PRINCIPAL),
    ...rule([
      { Id: "1", Arn: queueNamed("inputs"), Input: '{"fixed":1}' },
      { Id: "2", Arn: queueNamed("inputs"), InputPath: "$.detail.seat" },
      {
        Id: "3",
        Arn: queueNamed("inputs"),
        InputTransformer: {
          InputPathsMap: { seat: "$.detail.seat", row: "$.detail.seat.row", who: "$.detail.names[1]", none: "$.detail.none" },
          InputTemplate: '{"seat": <seat>, "text": "row <row> of <who> <none>", "none": <none>, "rule": <aws.events.rule-name>}',
        },
      },
      {
        Id: "4",
        Arn: queueNamed("inputs"),
        InputTransformer: { InputTemplate: '"<aws.events.rule-arn> fired"' },
      },
    ]),
  })
  await put({ seat: { row: 7 }, names: ["Ada", 'Eve "E"'] })
  const got = (await c.receive("inputs", 4)).map(({ body }) => JSON.stringify(body))
  expect(got.sort()).toEqual(
    [{ fixed: 1 }, { row: 7 }, { seat: { row: 7 }, text: 'row 7 of Eve "E" ', none: null, rule: "all" }, `${RULE} fired`]
      .map((each) => JSON.stringify(each))
      .sort(),
  )
})

test("a stream is written as the target's role with the key at its path; without a role it is refused", async () => {
  const stream = "arn:aws:kinesis:us-east-1:123456789012:stream/copy"
  c = await eventsCloud(
    {
      Copy: { type: "AWS::Kinesis::Stream", properties: { Name: "copy", ShardCount: 1 } },
      ...role("writer", "kinesis:PutRecord", stream),
      ...queue("missed", RULE, {}, PRINCIPAL),
      ...rule([
        { Id: "1", Arn: stream, RoleArn: roleNamed("writer"), KinesisParameters: { PartitionKeyPath: "$.detail.hall" } },
        { Id: "2", Arn: stream, DeadLetterConfig: { Arn: queueNamed("missed") } },
      ]),
    },
    {},
    [kinesis()],
  )
  await put({ hall: "Musikverein" })
  expect(await c.receive("missed")).toHaveLength(1)
  const client = new KinesisClient(c.as())
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({ StreamName: "copy", ShardId: "shardId-000000000000", ShardIteratorType: "TRIM_HORIZON" }),
  )
  const { Records = [] } = await client.send(new GetRecordsCommand({ ShardIterator }))
  expect(Records).toHaveLength(1)
  expect(Records[0]!.PartitionKey).toBe("Musikverein")
  expect(JSON.parse(Buffer.from(Records[0]!.Data!).toString())).toMatchObject({ detail: { hall: "Musikverein" } })
  client.destroy()
})

test("a FIFO queue gets the events of its group in order; a topic and another bus pass them on", async () => {
  c = await eventsCloud(
    {
      Other: { type: "AWS::Events::EventBus", properties: { Name: "other" } },
      Topic: {
        type: "AWS::SNS::Topic",
        properties: { TopicName: "news", Subscription: [{ Protocol: "sqs", Endpoint: queueNamed("inbox") }] },
      },
      TopicPolicy: {
        type: "AWS::SNS::TopicPolicy",
        properties: {
          Topics: [topicNamed("news")],
          PolicyDocument: {
            Version: "2012-10-17",
            Statement: [
              { Effect: "Allow", Principal: { Service: PRINCIPAL }, Action: "sns:Publish", Resource: topicNamed("news") },
            ],
          },
        },
      },
      ...queue("inbox", topicNamed("news")),
      ...queue("line.fifo", RULE, { FifoQueue: true, ContentBasedDeduplication: true }, PRINCIPAL),
      ...queue("far", ruleNamed("other/far"), {}, PRINCIPAL),
      ...role("bus", "events:PutEvents", "arn:aws:events:us-east-1:123456789012:event-bus/other"),
      ...rule([
        { Id: "fifo", Arn: queueNamed("line.fifo"), SqsParameters: { MessageGroupId: "all" } },
        { Id: "topic", Arn: topicNamed("news") },
        { Id: "bus", Arn: "arn:aws:events:us-east-1:123456789012:event-bus/other", RoleArn: roleNamed("bus") },
      ]),
      Far: {
        type: "AWS::Events::Rule",
        properties: {
          Name: "far",
          EventBusName: "other",
          EventPattern: { "detail-type": ["sold"] },
          Targets: [{ Id: "q", Arn: queueNamed("far") }],
        },
      },
    },
    {},
    [sns()],
  )
  for (let n = 0; n < 8; n++) await put({ n })
  expect((await c.receive("line.fifo", 8)).map(({ body }) => body.detail.n)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  expect(JSON.parse((await c.receive("inbox", 8))[0]!.body.Message)).toMatchObject({ source: "shop" })
  expect(await c.receive("far", 8)).toHaveLength(8)
})

test("a log group takes events where the account's policy for CloudWatch Logs lets EventBridge write", async () => {
  const group = (LogGroupName: string) => ({ type: "AWS::Logs::LogGroup", properties: { LogGroupName } })
  const groupNamed = (name: string) => `arn:aws:logs:us-east-1:123456789012:log-group:${name}`
  const statement = {
    Effect: "Allow",
    Principal: { Service: PRINCIPAL },
    Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
    Resource: `${groupNamed("/aws/events/open")}:*`,
  }
  c = await eventsCloud(
    {
      Open: group("/aws/events/open"),
      Closed: group("/aws/events/closed"),
      Policy: {
        type: "AWS::Logs::ResourcePolicy",
        properties: {
          PolicyName: "events",
          PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
        },
      },
      ...queue("missed", RULE, {}, PRINCIPAL),
      ...rule([
        { Id: "open", Arn: groupNamed("/aws/events/open") },
        { Id: "closed", Arn: groupNamed("/aws/events/closed"), DeadLetterConfig: { Arn: queueNamed("missed") } },
      ]),
    },
    {},
    [logs()],
  )
  await put({ n: 7 })
  expect(await c.receive("missed")).toHaveLength(1)
  const found = await c.cloud.call({
    service: "logs",
    target: "Logs_20140328.FilterLogEvents",
    body: { logGroupName: "/aws/events/open" },
  })
  expect(found.json.events.map(({ message }: { message: string }) => JSON.parse(message).detail)).toEqual([{ n: 7 }])
})

test("an event that was accepted and not delivered when the process died is delivered by the next run", async () => {
  const data = mkdtempSync(join(tmpdir(), "backline-events-"))
  const resources = {
    Listener: { type: "AWS::Lambda::Function", properties: { FunctionName: "listener" } },
    Permit: permission("listener", RULE, PRINCIPAL),
    ...rule([{ Id: "f", Arn: functionNamed("listener") }]),
  }
  c = await eventsCloud(resources, { data })
  c.functions.state.fails = Number.POSITIVE_INFINITY
  await put({ n: "survives" })
  await c.stop()
  c = await eventsCloud(resources, { data })
  await expect.poll(() => c.functions.taken.length).toBe(1)
  expect(c.functions.taken[0]!.event.detail).toEqual({ n: "survives" })
  rmSync(data, { recursive: true, force: true })
})
