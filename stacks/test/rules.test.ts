import { beforeAll, describe, expect, it } from "vitest"
import type { RawResource } from "../../packages/cloud/src/assembly/template.ts"
import { idOf, stage, statements, target } from "./templates.ts"

/** Actions that know no resource-level permission, each with the page that says so. */
const WITHOUT_RESOURCE = new Map([
  [
    "redshift-data:DescribeStatement",
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonredshiftdataapi.html",
  ],
  ["redshift-data:GetStatementResult", "as DescribeStatement: a caller sees its own statements only"],
  ["redshift-data:CancelStatement", "as DescribeStatement"],
  ["xray:PutTraceSegments", "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html"],
  ["xray:PutTelemetryRecords", "as PutTraceSegments"],
])

const STATEFUL = ["AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::Kinesis::Stream", "AWS::Cognito::UserPool"]

describe.each(["dev", "prod"])("the templates of stage %s", (name) => {
  let templates: Awaited<ReturnType<typeof stage>>
  beforeAll(async () => {
    templates = await stage(name)
  })

  it("run every function on nodejs22.x and arm64 with a role and a log group of its own", () => {
    const { functions } = templates
    expect(functions.length).toBeGreaterThan(20)
    const roles = functions.map((each) => target(each, each.properties.Role))
    expect(new Set(roles).size).toBe(functions.length)
    for (const each of functions) {
      expect(each.properties, idOf(each)).toMatchObject({ Runtime: "nodejs22.x", Architectures: ["arm64"] })
      expect(each.properties.LoggingConfig, idOf(each)).toMatchObject({ LogGroup: { Ref: expect.any(String) } })
    }
    for (const group of templates.of("AWS::Logs::LogGroup"))
      expect(group.properties.RetentionInDays, idOf(group)).toBeGreaterThan(0)
  })

  it("grant explicit actions on explicit resources, but for actions that know none", () => {
    for (const policy of templates.of("AWS::IAM::Policy"))
      for (const statement of statements(policy))
        for (const action of [statement.Action].flat()) {
          expect(action, idOf(policy)).not.toContain("*")
          if (!WITHOUT_RESOURCE.has(action)) expect([statement.Resource].flat(), `${idOf(policy)} ${action}`).not.toContain("*")
        }
    for (const role of templates.of("AWS::IAM::Role")) expect(role.properties.ManagedPolicyArns, idOf(role)).toBeUndefined()
  })

  it("let the sweep of connections alone scan a table", () => {
    const scanning = templates
      .of("AWS::IAM::Policy")
      .filter((policy) =>
        statements(policy).some(({ Action }) => [Action].flat().some((each) => /^(\*|dynamodb:(\*|Scan|PartiQL.*))$/.test(each))),
      )
    expect(scanning.map(({ logicalId }) => logicalId)).toEqual([expect.stringMatching(/^ConnectionSweep/)])
  })

  it("bound the retries of every stream source and keep what failed", () => {
    const sources = templates.of("AWS::Lambda::EventSourceMapping").filter((each) => each.properties.StartingPosition)
    expect(sources.length).toBe(3)
    for (const source of sources) {
      expect(source.properties, idOf(source)).toMatchObject({
        BisectBatchOnFunctionError: true,
        FunctionResponseTypes: ["ReportBatchItemFailures"],
      })
      expect(source.properties.MaximumRetryAttempts).toBeGreaterThan(0)
      expect(source.properties.MaximumRecordAgeInSeconds).toBeGreaterThan(0)
      expect(source.properties.DestinationConfig).toMatchObject({ OnFailure: { Destination: expect.anything() } })
    }
  })

  it("give every source queue a dead letter that keeps longer, and six times its consumer's timeout", () => {
    const queues = new Map(templates.of("AWS::SQS::Queue").map((each) => [idOf(each), each]))
    const functions = new Map(templates.functions.map((each) => [idOf(each), each]))
    const sources = templates.of("AWS::Lambda::EventSourceMapping").filter((each) => !each.properties.StartingPosition)
    expect(sources.length).toBeGreaterThanOrEqual(4)
    for (const source of sources) {
      const queue = findQueue(source, queues, templates.all)
      const consumer = functions.get(target(source, source.properties.FunctionName))!
      expect(queue.properties.RedrivePolicy, idOf(queue)).toMatchObject({ maxReceiveCount: expect.any(Number) })
      expect(queue.properties.VisibilityTimeout).toBeGreaterThanOrEqual(6 * Number(consumer.properties.Timeout))
      const dead = queues.get(
        target(queue, (queue.properties.RedrivePolicy as { deadLetterTargetArn: unknown }).deadLetterTargetArn),
      )!
      expect(dead.properties.MessageRetentionPeriod).toBeGreaterThan(Number(queue.properties.MessageRetentionPeriod))
    }
  })

  it("give every schedule a dead letter", () => {
    for (const rule of templates.of("AWS::Events::Rule"))
      for (const each of rule.properties.Targets as { DeadLetterConfig?: unknown }[])
        expect(each.DeadLetterConfig, idOf(rule)).toBeDefined()
    const kept = templates.of("AWS::Lambda::EventInvokeConfig")
    expect(kept.length).toBe(templates.of("AWS::Events::Rule").length)
    for (const each of kept)
      expect(each.properties.DestinationConfig, idOf(each)).toMatchObject({ OnFailure: { Destination: expect.anything() } })
  })

  it("put every route but the health check behind the authorizer", () => {
    const open = templates
      .of("AWS::ApiGatewayV2::Route")
      .filter((each) => (each.properties.AuthorizationType ?? "NONE") === "NONE")
    expect(open.map((each) => each.properties.RouteKey).sort()).toEqual(["$default", "$disconnect", "GET /health"])
  })

  it("let only TLS reach queues and buckets", () => {
    const policies = [...templates.of("AWS::SQS::QueuePolicy"), ...templates.of("AWS::S3::BucketPolicy")]
    expect(policies.length).toBeGreaterThanOrEqual(templates.of("AWS::SQS::Queue").length)
    for (const policy of policies)
      expect(statements(policy), idOf(policy)).toContainEqual(
        expect.objectContaining({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
      )
  })
})

it("prod keeps every stateful resource when its stack or its property changes", async () => {
  const { all } = await stage("prod")
  const stateful = all.filter((each) => STATEFUL.includes(each.type))
  expect(stateful.length).toBeGreaterThan(8)
  for (const each of stateful) expect(each.policies, idOf(each)).toEqual({ deletion: "Retain", replace: "Retain" })
})

it("prod's console connects with TLS alone, takes scripts from itself alone, and gives devices to itself alone", async () => {
  const { of } = await stage("prod")
  const [policy] = of("AWS::CloudFront::ResponseHeadersPolicy").map(
    ({ properties }) => properties.ResponseHeadersPolicyConfig as any,
  )
  const directives: string[] = policy.SecurityHeadersConfig.ContentSecurityPolicy.ContentSecurityPolicy.split("; ")
  const sources = (name: string) =>
    directives
      .find((each) => each.startsWith(`${name} `))
      ?.split(" ")
      .slice(1)
  expect(sources("script-src")).toEqual(["'self'"])
  for (const source of sources("connect-src")!)
    expect(source).toMatch(/^('self'|https:\/\/[^ ]+\.(amazonaws\.com|livekit\.cloud)|wss:.*)$/)
  const [{ Header, Value }] = policy.CustomHeadersConfig.Items
  expect(Header).toBe("Permissions-Policy")
  expect(Value.split(", ").every((each: string) => /=\((self)?\)$/.test(each))).toBe(true)
})

function findQueue(source: RawResource, queues: Map<string, RawResource>, all: RawResource[]): RawResource {
  const local = queues.get(target(source, source.properties.EventSourceArn))
  if (local) return local
  /** Another stack's queue arrives as an import named `<stack>:ExportsOutputFnGetAtt<logicalId>Arn…`. */
  const name = String((source.properties.EventSourceArn as { "Fn::ImportValue": string })["Fn::ImportValue"])
  const queue = all.find(
    (each) => each.type === "AWS::SQS::Queue" && name.startsWith(`${each.stack}:ExportsOutputFnGetAtt${each.logicalId}Arn`),
  )
  if (!queue) throw new Error(`No queue behind ${name}`)
  return queue
}
