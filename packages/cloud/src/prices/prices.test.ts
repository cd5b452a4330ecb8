import * as fc from "fast-check"
import { expect, test } from "vitest"
import { CallLog } from "../calls.ts"
import { callCharges } from "./call-price.ts"
import { rounded, total } from "./charge.ts"
import { idleCharges } from "./idle.ts"
import { Ledger } from "./ledger.ts"
import {
  connectionCharges,
  distributionCharges,
  httpCharges,
  invocationCharges,
  messageCharges,
  warehouseCharges,
} from "./usage-price.ts"
import { WakeUps } from "./wake-ups.ts"

const MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0"
const PROFILE = "arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-haiku-4-5-20251001-v1:0"
const call = (service: string, operation: string, units: Record<string, number> = {}, resource = "*", status = 200) => ({
  service,
  operation,
  units,
  status,
  access: [{ action: "a", resource, decision: "allow" as const }],
})

/** Each worked out by hand from the price per million (or per thousand, GB, RPU-hour) on AWS's pages. */
test.each<[string, Parameters<typeof callCharges>[0], number]>([
  ["a million read request units are $0.125", call("dynamodb", "Query", { RRU: 1_000_000 }), 125_000],
  ["half a read request unit", call("dynamodb", "GetItem", { RRU: 0.5 }), 0.0625],
  ["a transactional write of 3 KB is 6 write request units", call("dynamodb", "TransactWriteItems", { WRU: 6 }), 3.75],
  ["1,000 PUTs are $0.005, so one is 5", call("s3", "PutObject", { puts: 1 }), 5],
  ["LIST is dear as PUT", call("s3", "ListObjectsV2"), 5],
  ["a part of an upload", call("s3", "UploadPart"), 5],
  ["1,000 GETs are $0.0004", call("s3", "GetObject"), 0.4],
  ["HEAD", call("s3", "HeadObject"), 0.4],
  ["DELETE is free", call("s3", "DeleteObject"), 0],
  ["a small SQS request", call("sqs", "SendMessage", { bytes: 300 }), 0.4],
  ["a payload of 64 KB is one SQS request", call("sqs", "SendMessage", { payloadBytes: 65_536, bytes: 70_000 }), 0.4],
  ["256 KB are four", call("sqs", "SendMessageBatch", { payloadBytes: 262_144 }), 1.6],
  ["FIFO is $0.50 a million", call("sqs", "ReceiveMessage", {}, "arn:aws:sqs:us-east-1:1:q.fifo"), 0.5],
  ["an empty receive costs as much", call("sqs", "ReceiveMessage", { bytes: 0 }), 0.4],
  ["a 5 KB record is one PUT payload unit", call("kinesis", "PutRecord", { records: 1, bytes: 5_000 }), 0.014],
  ["a 45 KB record is two", call("kinesis", "PutRecord", { records: 1, bytes: 45 * 1024 }), 0.028],
  ["500 small records are 500 units", call("kinesis", "PutRecords", { records: 500, bytes: 200_000, payloadUnits: 500 }), 7],
  ["reading a stream is in its shard hours", call("kinesis", "GetRecords", { records: 10, bytes: 5_000 }), 0],
  ["a frame of 1 KB", call("execute-api", "PostToConnection", { bytes: 1_024 }), 1],
  ["a frame of 33 KB counts twice", call("execute-api", "PostToConnection", { bytes: 33 * 1_024 }), 2],
  ["describing a connection is free", call("execute-api", "GetConnection"), 0],
  [
    "Nova Micro, 1,000 tokens in and 500 out",
    call("bedrock", "ConverseStream", { inputTokens: 1_000, outputTokens: 500 }, MODEL),
    105,
  ],
  ["Haiku 4.5 by its profile", call("bedrock", "Converse", { inputTokens: 1_000, outputTokens: 100 }, PROFILE), 1_500],
  ["a gigabyte of logs is $0.50", call("logs", "PutLogEvents", { bytes: 2 ** 30 }), 500_000],
  ["a million events are $1", call("events", "PutEvents", { events: 1 }), 1],
  ["a publication", call("sns", "Publish", { bytes: 100 }), 0.5],
  ["Lambda's API itself is free", call("lambda", "Invoke"), 0],
  ["Cognito's calls are free", call("cognito-idp", "InitiateAuth"), 0],
  ["what was refused is free", call("dynamodb", "PutItem", { WRU: 5 }, "*", 400), 0],
])("%s", (_, of, microUsd) => {
  expect(rounded(total(callCharges(of)))).toBe(microUsd)
})

test.each<[string, number, number]>([
  /** 100 ms at 128 MB: 0.0125 GB-s × 13.3334 + 0.2 */
  ["100 ms of 128 MB on arm64", total(invocationCharges(100, 128, "arm64")), 0.366668],
  ["100 ms of 128 MB on x86", total(invocationCharges(100, 128, "x86_64")), 0.408334],
  ["one second of 1 GB on arm64", total(invocationCharges(1_000, 1_024, "arm64")), 13.5334],
  ["an HTTP request", total(httpCharges(2_000)), 1],
  ["an HTTP request of 1 MB is two", total(httpCharges(1_048_576)), 2],
  ["a message of 32 KB", total(messageCharges(32_768)), 1],
  ["a message of 32 KB and a byte", total(messageCharges(32_769)), 2],
  ["two hours of a connection", total(connectionCharges(7_200_000)), 30],
  ["a connection of a second is a minute", total(connectionCharges(1_000)), 0.25],
  /** 8 RPU × 60 s ÷ 3,600 × $0.375 = $0.05 */
  ["a minute of 8 RPU", total(warehouseCharges(60, 8)), 50_000],
  ["a page of a gigabyte", total(distributionCharges(2 ** 30)), 85_001],
])("%s costs what AWS says", (_, is, microUsd) => {
  expect(rounded(is)).toBe(microUsd)
})

test("a warehouse is billed a minute for waking up, and nothing more for what runs within it", () => {
  const wakeUps = new WakeUps()
  expect([wakeUps.begin(0), wakeUps.end(0, 2_000)]).toEqual([60, 0])
  expect([wakeUps.begin(30_000), wakeUps.end(30_000, 40_000)]).toEqual([0, 0])
  expect([wakeUps.begin(50_000), wakeUps.end(50_000, 100_000)]).toEqual([0, 40])
  expect([wakeUps.begin(101_000), wakeUps.end(101_000, 102_000)]).toEqual([60, 0])
})

test("a statement that was over before its call was logged is billed once", () => {
  const wakeUps = new WakeUps()
  expect([wakeUps.end(0, 20_000), wakeUps.begin(0)]).toEqual([0, 60])
})

test("the bill of a warehouse is the time it is awake, however statements follow one another", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(200), fc.nat(150)), { minLength: 1, maxLength: 20 }), (gaps) => {
      const wakeUps = new WakeUps()
      let [at, billed, awakeUntil, expected] = [0, 0, -Infinity, 0]
      for (const [gap, seconds] of gaps) {
        at += gap * 1_000 + 1
        const end = at + seconds * 1_000
        billed += wakeUps.begin(at) + wakeUps.end(at, end)
        const from = Math.max(at, awakeUntil)
        const until = at > awakeUntil ? Math.max(end, at + 60_000) : Math.max(end, awakeUntil)
        expected += Math.max(0, until - from) / 1_000
        awakeUntil = Math.max(awakeUntil, until)
        at = end
      }
      expect(billed).toBeCloseTo(expected, 3)
    }),
  )
})

test("a ledger's totals are the sum of its charges, also of those it no longer keeps", () => {
  const ledger = new Ledger(10)
  for (let at = 0; at < 100; at++)
    ledger.add({ at, invocation: at % 2 ? "odd" : "even" }, [{ service: "s3", item: "get", quantity: 1, microUsd: 0.4 }])
  expect(ledger.all()).toEqual({
    microUsd: 40,
    services: { s3: { microUsd: 40, items: { get: { quantity: 100, microUsd: 40 } } } },
  })
  expect(ledger.keptSince).toBeGreaterThan(80)
  expect(ledger.some(({ invocation, at }) => invocation === "odd" && at >= 96).microUsd).toBe(0.8)
})

test("an idle hour costs what the templates keep: shards, alarms, web ACLs", () => {
  const resource = (type: string, properties = {}) => ({
    type,
    properties,
    logicalId: "x",
    stack: "s",
    identity: { ref: "x", attributes: {} },
  })
  const resources = [
    resource("AWS::Kinesis::Stream", { ShardCount: 2 }),
    resource("AWS::Kinesis::Stream", { StreamModeDetails: { StreamMode: "ON_DEMAND" } }),
    resource("AWS::DynamoDB::Table"),
    resource("AWS::WAFv2::WebACL", { Rules: [{}, {}] }),
  ]
  const idle = [{ type: "AWS::CloudWatch::Alarm", stack: "s", logicalId: "a", reason: "r" }]
  expect(rounded(total(idleCharges({ resources, idle })))).toBe(rounded(2 * 15_000 + 40_000 + (7_000_000 + 100_000) / 730))
})

test("a call has its price, and a wake-up of the warehouse is the statement's that caused it", () => {
  const log = new CallLog()
  const workgroup = { ref: "w", attributes: {} }
  log.settle([
    {
      type: "AWS::RedshiftServerless::Workgroup",
      properties: { BaseCapacity: 8 },
      logicalId: "w",
      stack: "s",
      identity: workgroup,
    },
  ])
  const logged = { at: 1_000, caller: "f", decision: "allow" as const, attempt: 1, ms: 1, requestId: "r" }
  log.add({ ...logged, ...call("dynamodb", "PutItem", { WRU: 1 }) })
  log.add({ ...logged, ...call("redshift-data", "ExecuteStatement", { statements: 1 }) })
  log.add({ ...logged, at: 30_000, ...call("redshift-data", "ExecuteStatement", { statements: 1 }) })
  expect(log.since(0).map(({ priceMicroUsd }) => priceMicroUsd)).toEqual([0.625, 50_000, 0])
  expect(log.ledger.all().microUsd).toBe(50_000.625)
})
