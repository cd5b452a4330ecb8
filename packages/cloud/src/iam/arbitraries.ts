import fc from "fast-check"
import type { Caller } from "../service.ts"
import type { Statement } from "./policy.ts"
import type { Who } from "./principal.ts"
import type { Request } from "./slow-evaluator.ts"

/** For tests: random policies and requests whose parts are few, so that statements meet requests often and miss them narrowly. */

export const ACCOUNT = "111122223333"
export const QUEUE = `arn:aws:sqs:us-east-1:${ACCOUNT}:jobs`
const FUNCTION = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:job`
const ALARM = `arn:aws:cloudwatch:us-east-1:${ACCOUNT}:alarm:late`
const RULE = `arn:aws:events:us-east-1:${ACCOUNT}:rule/nightly`
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/worker`
const sessionArn = (session: string) => `arn:aws:sts::${ACCOUNT}:assumed-role/worker/${session}`
const USER = `arn:aws:iam::${ACCOUNT}:user/administrator`

/** A caller, who that is in a Principal, and the condition keys that AWS documents for it. */
export interface Actor {
  caller: Caller
  who: Who
  keys: Record<string, string>
}

const inAccount = { "aws:PrincipalAccount": ACCOUNT, "aws:PrincipalIsAWSService": "false" }
const assumed = (caller: Caller, session: string): Actor => ({
  caller,
  who: { account: ACCOUNT, arns: [ROLE, sessionArn(session)] },
  keys: { ...inAccount, "aws:PrincipalArn": ROLE, "aws:PrincipalType": "AssumedRole" },
})
const service = (principal: string, sourceArn: string): Actor => ({
  caller: { kind: "service", accessKeyId: "service", principal, sourceArn },
  who: { arns: [], service: principal },
  keys: { "aws:SourceArn": sourceArn, "aws:SourceAccount": ACCOUNT, "aws:PrincipalIsAWSService": "true" },
})
const ACTORS: Actor[] = [
  assumed({ kind: "function", accessKeyId: "ASIAJOB", functionName: "job", roleArn: ROLE }, "job"),
  assumed({ kind: "role", accessKeyId: "role", roleArn: ROLE, session: "load" }, "load"),
  service("events.amazonaws.com", RULE),
  service("cloudwatch.amazonaws.com", ALARM),
  {
    caller: { kind: "admin", accessKeyId: "AKIA" },
    who: { account: ACCOUNT, arns: [USER] },
    keys: { ...inAccount, "aws:PrincipalArn": USER, "aws:PrincipalType": "User", "aws:username": "administrator" },
  },
]

const oneOrMany = <T>(value: fc.Arbitrary<T>) => fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 3 }))

const TEXT = ["a", "b", "ab", "A", "a:b", "", "worker", "*"]
const pattern = fc.constantFrom(
  ...TEXT,
  "?",
  "a*",
  "*b",
  "a?",
  "?:*",
  "${s3:delimiter}",
  "${S3:Delimiter}*",
  "${aws:username, 'a'}",
  "${*}",
  "a${?}",
)
const RESOURCES = [QUEUE, "arn:aws:s3:::b/k", "arn:aws:s3:::b/a:b", "arn:aws:s3:::b", FUNCTION, `${FUNCTION}:live`, "*"]
const resourcePattern = fc.constantFrom(
  ...RESOURCES,
  "arn:aws:s3:::b/*",
  "arn:aws:s3:::b/${s3:delimiter}",
  "arn:aws:s3:::?",
  "arn:aws:sqs:us-*:*:jobs",
  "arn:aws:sqs:*",
  "arn:aws:s3",
  "arn:aws:sqs:us-e*-1:111122223333:j?bs",
  "arn:aws:sqs:*:jobs",
  "arn:aws:lambda:u*3:function:job",
  "arn:aws:lambda:us-east-1:*:function:job*",
)
const arnValue = fc.constantFrom(
  RULE,
  ALARM,
  ROLE,
  `${RULE}2`,
  "arn:aws:events:*:*:rule/*",
  "arn:aws:*:rule/nightly",
  "arn:aws:cloudwatch",
  `arn:aws*:us-east-1:${ACCOUNT}:alarm:late`,
  "${aws:SourceArn}",
  "*",
)
const ACTIONS = ["sqs:SendMessage", "s3:GetObject", "s3:PutObject", "lambda:InvokeFunction"]
const actionPattern = fc.constantFrom(...ACTIONS, "SQS:sendmessage", "s3:*", "*", "sqs:?end*", "*:g*", "lambda:I*")

const TEXT_OPERATORS = [
  "StringEquals",
  "StringNotEquals",
  "StringEqualsIgnoreCase",
  "StringNotEqualsIgnoreCase",
  "StringLike",
  "StringNotLike",
]
const ARN_OPERATORS = ["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"]
const comparing = (kind: string) =>
  ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"].map((how) => kind + how)
const prefix = fc.constantFrom("", "", "ForAllValues:", "ForAnyValue:")
const suffix = fc.constantFrom("", "", "IfExists")
const named = (operators: string[]) => fc.tuple(prefix, fc.constantFrom(...operators), suffix).map((parts) => parts.join(""))
const FREE = ["s3:prefix", "S3:Prefix", "s3:delimiter"]
const key = fc.constantFrom(...FREE, "aws:SourceArn", "AWS:PrincipalArn", "aws:PrincipalType", "aws:username")
const block = (operator: fc.Arbitrary<string>, values: fc.Arbitrary<string>, on = key) =>
  fc.dictionary(operator, fc.dictionary(on, oneOrMany(values), { minKeys: 1, maxKeys: 2 }), { maxKeys: 2 })
const moment = fc.constantFrom("2030-01-01T00:00:00Z", "2030-01-01T00:00:00.001Z", "1893456000", "2029-12-31T19:00:00-05:00")
const Condition = fc.oneof(
  block(named(TEXT_OPERATORS), fc.oneof(pattern, arnValue)),
  block(named(ARN_OPERATORS), arnValue, fc.constantFrom("aws:SourceArn", "aws:PrincipalArn")),
  block(named(["Bool"]), fc.constantFrom("true", "False"), fc.constantFrom("aws:SecureTransport", "aws:PrincipalIsAWSService")),
  block(named(comparing("Numeric")), fc.constantFrom("1", "2", "1.0", "-3")),
  block(named(comparing("Date")), moment, fc.constantFrom("aws:CurrentTime", "s3:prefix")),
  block(
    named(["IpAddress", "NotIpAddress"]),
    fc.constantFrom("127.0.0.0/8", "127.0.0.1", "10.0.0.0/8", "0.0.0.0/0"),
    fc.constantFrom("aws:SourceIp", "s3:prefix"),
  ),
  block(named(["BinaryEquals"]), fc.constantFrom("YQ==", "Yg==")),
  block(fc.constant("Null"), fc.constantFrom("true", "false")),
)

const body = fc
  .record({
    Effect: fc.constantFrom("Allow" as const, "Allow" as const, "Deny" as const),
    actions: fc.tuple(fc.constantFrom("Action", "Action", "NotAction"), oneOrMany(actionPattern)),
    resources: fc.tuple(fc.constantFrom("Resource", "Resource", "NotResource"), oneOrMany(resourcePattern)),
    Condition: fc.option(Condition, { nil: undefined }),
  })
  .map(({ actions, resources, ...rest }): Statement => ({ ...rest, [actions[0]]: actions[1], [resources[0]]: resources[1] }))

const Principal = fc.oneof(
  fc.constant("*"),
  fc
    .record(
      {
        AWS: oneOrMany(
          fc.constantFrom("*", ROLE, sessionArn("job"), USER, ACCOUNT, `arn:aws:iam::${ACCOUNT}:root`, "999999999999"),
        ),
        Service: oneOrMany(fc.constantFrom("events.amazonaws.com", "cloudwatch.amazonaws.com", "s3.amazonaws.com")),
        CanonicalUser: fc.constant("79a59df900b949e5"),
        Federated: fc.constant("cognito-identity.amazonaws.com"),
      },
      { requiredKeys: [] },
    )
    .filter((kinds) => Object.keys(kinds).length > 0),
)
const attached = fc.tuple(body, Principal).map(([statement, principal]): Statement => ({ ...statement, Principal: principal }))

/** Properties of an AWS::Lambda::Permission of the function or its alias. */
export interface Permission {
  FunctionName: string
  Action: string
  Principal: string
  SourceArn?: string
  SourceAccount?: string
}
const permission: fc.Arbitrary<Permission> = fc.record(
  {
    FunctionName: fc.constantFrom(FUNCTION, `${FUNCTION}:live`),
    Action: fc.constantFrom("lambda:InvokeFunction", "lambda:*", "lambda:GetFunction"),
    Principal: fc.constantFrom(
      "events.amazonaws.com",
      "cloudwatch.amazonaws.com",
      "cloudwatch.amazonaws.com",
      ACCOUNT,
      ROLE,
      "*",
    ),
    SourceArn: fc.constantFrom(
      RULE,
      ALARM,
      `arn:aws*:us-east-1:${ACCOUNT}:alarm:late`,
      "arn:aws:events:us-east-1:111122223333:rule/*",
    ),
    SourceAccount: fc.constantFrom(ACCOUNT, "999999999999"),
  },
  { requiredKeys: ["FunctionName", "Action", "Principal"] },
)

const values = fc.oneof(
  fc.constantFrom(...TEXT, "1", "2", "127.0.0.1", "YQ==", "2030-01-01T00:00:00Z"),
  fc.array(fc.constantFrom(...TEXT, "1", "2"), { maxLength: 3 }),
)
/** What a service would ask, and now and then what none would. */
const asked = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ["sqs:SendMessage", QUEUE],
      ["lambda:InvokeFunction", FUNCTION],
      ["s3:GetObject", "arn:aws:s3:::b/k"],
    ),
  },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom(...ACTIONS), fc.constantFrom(...RESOURCES)) },
)
const request: fc.Arbitrary<Request> = fc
  .tuple(asked, fc.dictionary(fc.constantFrom(...FREE), values, { maxKeys: 2 }))
  .map(([[action, resource], context]) => ({ action: action!, resource: resource!, context }))

export interface Case {
  identity: Statement[]
  queue: Statement[]
  bucket: Statement[]
  permissions: Permission[]
  actor: Actor
  requests: Request[]
}

export const randomCase: fc.Arbitrary<Case> = fc.record({
  identity: fc.array(body, { maxLength: 2 }),
  queue: fc.array(attached, { maxLength: 2 }),
  bucket: fc.array(attached, { maxLength: 2 }),
  permissions: fc.array(permission, { maxLength: 2 }),
  actor: fc.constantFrom(...ACTORS),
  requests: fc.array(request, { minLength: 1, maxLength: 3 }),
})
