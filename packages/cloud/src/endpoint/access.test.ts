import { expect, test } from "vitest"
import { CallLog } from "../calls.ts"
import { compileResourcePolicies, compileRoles, type Statement } from "../iam/index.ts"
import type { Caller, Cloud, Resource } from "../service.ts"
import { accessDenied, decide } from "./access.ts"
import { mayInvoke } from "./may-invoke.ts"

const ACCOUNT = "111122223333"
const place = { account: ACCOUNT, region: "us-east-1", stage: "test", now: () => Date.UTC(2030, 0, 1) }
const QUEUE = `arn:aws:sqs:us-east-1:${ACCOUNT}:jobs`
const TOPIC = `arn:aws:sns:us-east-1:${ACCOUNT}:news`
const ROLE = `arn:aws:iam::${ACCOUNT}:role/worker`
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/worker/job`
const RULE = `arn:aws:events:us-east-1:${ACCOUNT}:rule/nightly`
const FUNCTION = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:job`

const resource = (logicalId: string, type: string, properties: object, arn?: string, ref = logicalId): Resource => ({
  logicalId,
  stack: "s",
  type,
  properties,
  identity: { ref, arn, attributes: {} },
})
const queue = resource("Jobs", "AWS::SQS::Queue", {}, QUEUE, `https://sqs.us-east-1.amazonaws.com/${ACCOUNT}/jobs`)
const document = (...Statement: Statement[]) => ({ Version: "2012-10-17", Statement })
const queuePolicy = (...statements: Statement[]) =>
  resource("JobsPolicy", "AWS::SQS::QueuePolicy", {
    Queues: [`http://127.0.0.1:4000/${ACCOUNT}/jobs`],
    PolicyDocument: document(...statements),
  })
const allow = (Principal: Statement["Principal"], more: Partial<Statement> = {}): Statement => ({
  Sid: "Let",
  Effect: "Allow",
  Principal,
  Action: "sqs:SendMessage",
  Resource: QUEUE,
  ...more,
})

const asFunction: Caller = { kind: "function", accessKeyId: "ASIAJOB", functionName: "job", roleArn: ROLE }
const asService = (principal: string, sourceArn: string): Caller => ({
  kind: "service",
  accessKeyId: "service",
  principal,
  sourceArn,
})
const ADMINISTRATOR: Caller = { kind: "admin", accessKeyId: "AKIA" }

function deciding(role: Statement[], ...resources: Resource[]) {
  const Policies = [{ PolicyName: "own", PolicyDocument: document(...role) }]
  const all = [queue, resource("Worker", "AWS::IAM::Role", { Policies }, ROLE, "worker"), ...resources]
  const policies = { roles: compileRoles(all), resourcePolicies: compileResourcePolicies(all) }
  return (caller: Caller, action = "sqs:SendMessage", on = QUEUE, context?: Record<string, string>) => {
    const decided = decide([{ action, resource: on, context }], { caller, headers: {} }, policies, place)
    return { ...decided.access[0], refused: decided.refused }
  }
}
const message = (refused: Parameters<typeof accessDenied>[0], caller: Caller) =>
  accessDenied(refused, { service: "sqs", caller } as never, "json", place).message

const own: Statement = { Sid: "Own", Effect: "Allow", Action: "sqs:*", Resource: "*" }

test("for a role of the account an allow of its own policy or of the resource's is enough", () => {
  expect(deciding([own])(asFunction)).toMatchObject({ decision: "allow", statement: "own#Own" })
  expect(deciding([], queuePolicy(allow({ AWS: ROLE })))(asFunction)).toMatchObject({
    decision: "allow",
    statement: "JobsPolicy#Let",
  })
  expect(deciding([], queuePolicy(allow({ AWS: SESSION })))(asFunction).decision).toBe("allow")
  expect(deciding([], queuePolicy(allow("*")))(asFunction).decision).toBe("allow")
  expect(deciding([], queuePolicy(allow({ AWS: ["*"] })))(asFunction).decision).toBe("allow")
  expect(deciding([], queuePolicy(allow({ AWS: `${ROLE}-other` })))(asFunction).decision).toBe("implicitDeny")
  expect(
    deciding([], queuePolicy(allow({ Federated: "cognito-identity.amazonaws.com", CanonicalUser: "79a5" })))(asFunction).decision,
  ).toBe("implicitDeny")
})

test("an allow to the account leaves the matter to the role; a deny to the account means every role", () => {
  for (const AWS of [ACCOUNT, `arn:aws:iam::${ACCOUNT}:root`]) {
    expect(deciding([], queuePolicy(allow({ AWS })))(asFunction).decision).toBe("implicitDeny")
    expect(deciding([own], queuePolicy(allow({ AWS }, { Effect: "Deny" })))(asFunction).decision).toBe("deny")
  }
  expect(deciding([own], queuePolicy(allow({ AWS: "999999999999" }, { Effect: "Deny" })))(asFunction).decision).toBe("allow")
})

test("a deny anywhere wins, is named and said as AWS says it", () => {
  const decided = deciding([own], queuePolicy(allow("*", { Effect: "Deny", Sid: "Nobody" })))(asFunction)
  expect(decided).toMatchObject({ decision: "deny", statement: "JobsPolicy#Nobody" })
  expect(message(decided.refused!, asFunction)).toBe(
    `User: ${SESSION} is not authorized to perform: sqs:SendMessage on resource: ${QUEUE} with an explicit deny in a resource-based policy`,
  )
  const silent = deciding([], queuePolicy(allow({ Service: "sns.amazonaws.com" })))(asFunction)
  expect(message(silent.refused!, asFunction)).toContain("because no identity-based policy allows the sqs:SendMessage action")
  const identity = deciding([{ ...own, Effect: "Deny" }], queuePolicy(allow("*")))(asFunction)
  expect(identity).toMatchObject({ decision: "deny", statement: "own#Own" })
  expect(message(identity.refused!, asFunction)).toContain("with an explicit deny in an identity-based policy")
})

test("what CDK's enforceSSL denies is denied without TLS and nothing else", () => {
  const insecure = allow(
    { AWS: "*" },
    { Effect: "Deny", Action: "sqs:*", Condition: { Bool: { "aws:SecureTransport": "false" } } },
  )
  const decides = deciding([own], queuePolicy(insecure))
  expect(decides(asFunction).decision).toBe("allow")
  expect(decides(asFunction, "sqs:SendMessage", QUEUE, { "aws:SecureTransport": "false" })).toMatchObject({
    decision: "deny",
    statement: "JobsPolicy#Let",
  })
})

test("the administrator is told no by a deny, the cloud's own calls are not", () => {
  const decides = deciding([], queuePolicy(allow("*", { Effect: "Deny" })))
  expect(decides(ADMINISTRATOR).decision).toBe("deny")
  expect(decides({ kind: "admin", accessKeyId: "local" }).decision).toBe("allow")
  expect(deciding([])(ADMINISTRATOR)).toMatchObject({ decision: "allow", statement: "administrator" })
})

test("for an AWS service the resource's policy alone decides, by principal, source and account", () => {
  const events = { Service: "events.amazonaws.com" }
  const fromRule = allow(events, { Condition: { ArnEquals: { "aws:SourceArn": RULE } } })
  const decides = deciding([own], queuePolicy(fromRule))
  expect(decides(asService("events.amazonaws.com", RULE)).decision).toBe("allow")
  expect(decides(asService("sns.amazonaws.com", RULE)).decision).toBe("implicitDeny")
  const refused = decides(asService("events.amazonaws.com", `${RULE}-other`))
  expect(message(refused.refused!, asService("events.amazonaws.com", RULE))).toBe(
    `User: events.amazonaws.com is not authorized to perform: sqs:SendMessage on resource: ${QUEUE} because no resource-based policy allows the sqs:SendMessage action`,
  )
  const ofAccount = (account: string) => allow(events, { Condition: { StringEquals: { "AWS:SourceAccount": account } } })
  expect(deciding([], queuePolicy(ofAccount(ACCOUNT)))(asService("events.amazonaws.com", RULE)).decision).toBe("allow")
  expect(deciding([], queuePolicy(ofAccount("999999999999")))(asService("events.amazonaws.com", RULE)).decision).toBe(
    "implicitDeny",
  )
  expect(deciding([])(asService("events.amazonaws.com", RULE)).decision).toBe("implicitDeny")
})

test("policies of buckets reach their objects, those of topics their topic", () => {
  const bucket = resource("SitePolicy", "AWS::S3::BucketPolicy", {
    Bucket: "site",
    PolicyDocument: document({
      Effect: "Allow",
      Principal: { AWS: ROLE },
      Action: "s3:GetObject",
      Resource: "arn:aws:s3:::site/*",
    }),
  })
  const topic = resource("NewsPolicy", "AWS::SNS::TopicPolicy", {
    Topics: [TOPIC],
    PolicyDocument: document({ Effect: "Allow", Principal: "*", Action: "sns:Publish", Resource: TOPIC }),
  })
  const decides = deciding([], bucket, topic)
  expect(decides(asFunction, "s3:GetObject", "arn:aws:s3:::site/a:b/c").decision).toBe("allow")
  expect(decides(asFunction, "s3:GetObject", "arn:aws:s3:::site-two/a").decision).toBe("implicitDeny")
  expect(decides(asFunction, "s3:PutObject", "arn:aws:s3:::site/a").decision).toBe("implicitDeny")
  expect(decides(asFunction, "sns:Publish", TOPIC).decision).toBe("allow")
})

const permission = (properties: object) =>
  resource("Permit", "AWS::Lambda::Permission", {
    Action: "lambda:InvokeFunction",
    FunctionName: FUNCTION,
    Principal: "events.amazonaws.com",
    ...properties,
  })

test("a service invokes a function by its permission: source, account and alias must fit", () => {
  const invoked = (properties: object, on = FUNCTION, source = RULE) =>
    deciding([own], permission(properties))(asService("events.amazonaws.com", source), "lambda:InvokeFunction", on).decision
  expect(invoked({})).toBe("allow")
  expect(invoked({ SourceArn: RULE })).toBe("allow")
  expect(invoked({ SourceArn: RULE.replace("nightly", "*") })).toBe("allow")
  expect(invoked({ SourceArn: RULE }, FUNCTION, `${RULE}2`)).toBe("implicitDeny")
  expect(invoked({ SourceAccount: ACCOUNT })).toBe("allow")
  expect(invoked({ SourceAccount: "999999999999" })).toBe("implicitDeny")
  expect(invoked({ Principal: "sns.amazonaws.com" })).toBe("implicitDeny")
  expect(invoked({ Action: "lambda:GetFunction" })).toBe("implicitDeny")
  expect(invoked({ Action: "lambda:*" })).toBe("allow")
  expect(invoked({ FunctionName: `${FUNCTION}:live` })).toBe("implicitDeny")
  expect(invoked({ FunctionName: `${FUNCTION}:live` }, `${FUNCTION}:live`)).toBe("allow")
  expect(invoked({}, `${FUNCTION}:live`)).toBe("implicitDeny")
})

test("whoever invokes for a service asks once, and the call log keeps the statement", () => {
  const calls = new CallLog()
  const all = [permission({ SourceArn: RULE }), permission({ FunctionName: `${FUNCTION}2`, Principal: "sns.amazonaws.com" })]
  const cloud = { ...place, calls, resources: (type: string) => all.filter((each) => each.type === type) } as never as Cloud
  expect(mayInvoke(cloud, "events.amazonaws.com", FUNCTION, RULE)).toBe(true)
  expect(mayInvoke(cloud, "events.amazonaws.com", FUNCTION, `${RULE}2`)).toBe(false)
  expect(calls.since(0).map(({ caller, decision, access }) => [caller, decision, access[0]!.statement])).toEqual([
    ["events.amazonaws.com", "allow", "Permit#0"],
    ["events.amazonaws.com", "implicitDeny", undefined],
  ])
})

test("a resource policy that is only half understood does not compile", () => {
  const compiling = (statement: object) => () => deciding([], queuePolicy(statement as Statement))
  const nobody = { ...allow("*"), Principal: undefined }
  expect(compiling({ ...own, NotPrincipal: "*" })).toThrow("NOT_SIMULATED: NotPrincipal in IAM statement JobsPolicy#Own")
  expect(compiling(nobody)).toThrow("needs a Principal")
  expect(compiling(allow("everyone"))).toThrow("needs a kind")
  expect(compiling(allow({ AWS: "arn:aws:iam::111122223333:role/*" }))).toThrow("NOT_SIMULATED: Principal AWS")
  expect(compiling(allow({ Service: "*" }))).toThrow("NOT_SIMULATED: Principal Service *")
  expect(compiling(allow({ Person: "me" }))).toThrow("NOT_SIMULATED: Principal kind Person")
  expect(() => deciding([], queuePolicy(allow("*")), queuePolicy(allow("*")))).toThrow("which keeps only one: merge them")
})
