import { expect, test } from "vitest"
import type { Resource } from "../service.ts"
import { checkTrust, compileResourcePolicies, compileRoles } from "./index.ts"

/*
 * Policies that IAM refuses when they are written: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html and
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html; the words are those of MalformedPolicyDocument.
 */

const ROLE = "arn:aws:iam::111122223333:role/worker"
const QUEUE = "arn:aws:sqs:us-east-1:111122223333:jobs"
const resource = (type: string, properties: object, arn?: string, ref = "r"): Resource => ({
  logicalId: "R",
  stack: "s",
  type,
  properties,
  identity: { ref, arn, attributes: {} },
})

type Outcome = "refused" | "allow" | "deny" | "implicitDeny"
type Attach = (document: unknown) => Outcome

const VALUES = {
  "aws:CurrentTime": "2030-01-01T00:00:00Z",
  "aws:SourceArn": QUEUE,
  "aws:SecureTransport": "true",
  "s3:max-keys": "5",
}
const refusal = (thrown: unknown): "refused" => {
  expect((thrown as Error).message).toMatch(
    /^(MalformedPolicyDocument: |NOT_SIMULATED: |IAM statement |Action of |Resource of |Principal |.* in a policy is no IP)/,
  )
  return "refused"
}

const identity: Attach = (PolicyDocument) => {
  try {
    const roles = compileRoles([resource("AWS::IAM::Role", { Policies: [{ PolicyName: "p", PolicyDocument }] }, ROLE)])
    return roles.get(ROLE)!.check("sqs:SendMessage", QUEUE, VALUES).decision
  } catch (thrown) {
    return refusal(thrown)
  }
}
const ofQueue: Attach = (PolicyDocument) => {
  try {
    const queue = resource("AWS::SQS::Queue", {}, QUEUE, "https://sqs.us-east-1.amazonaws.com/111122223333/jobs")
    const policy = resource("AWS::SQS::QueuePolicy", { Queues: [queue.identity.ref], PolicyDocument })
    const who = { account: "111122223333", arns: [ROLE] }
    return compileResourcePolicies([queue, policy]).get(QUEUE)!.check(who, "sqs:SendMessage", QUEUE, VALUES).decision
  } catch (thrown) {
    return refusal(thrown)
  }
}

const inPolicy = (statement: unknown) => ({ Version: "2012-10-17", Statement: [statement] })
/** A statement of either kind of policy that means everything; each case makes one thing of it wrong. */
const open = { Effect: "Allow", Action: "sqs:SendMessage", Resource: "*" }
const withCondition = (operator: string, key: string, value: unknown) => ({
  ...open,
  Condition: { [operator]: { [key]: value } },
})
const without = (...names: string[]) => Object.fromEntries(Object.entries(open).filter(([name]) => !names.includes(name)))

const NUMERIC = ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"].map(
  (how) => `Numeric${how}`,
)
const DATE = NUMERIC.map((name) => name.replace("Numeric", "Date"))
const ARN = ["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"]
const TEXT = [
  "StringEquals",
  "StringNotEquals",
  "StringEqualsIgnoreCase",
  "StringNotEqualsIgnoreCase",
  "StringLike",
  "StringNotLike",
]
const shapes = (operators: string[]) =>
  operators.flatMap((name) => [name, `${name}IfExists`, `ForAllValues:${name}`, `ForAnyValue:${name}`])

const wrongValues: [string[], string, unknown[]][] = [
  [NUMERIC, "s3:max-keys", ["", "ten", "1e3", "0x10", "1,5", "NaN", " 5", "Infinity"]],
  [
    DATE,
    "aws:CurrentTime",
    ["", "tomorrow", "2030-13-01T00:00:00Z", "2030-02-30T00:00:00Z", "2030-01-01T25:00:00Z", "01/02/2030", "1.5", "-1"],
  ],
  [ARN, "aws:SourceArn", ["", "jobs", "sqs:jobs", "aws:sqs:us-east-1"]],
  [["Bool", "Null"], "aws:SecureTransport", ["", "yes", "1", "0", "TRUE "]],
  [["BinaryEquals"], "s3:prefix", ["", "!", "YQ=", "YQ"]],
  [["IpAddress", "NotIpAddress"], "aws:SourceIp", ["", "10.0.0.0/33", "10.0.0", "localhost", "1.2.3.4/x"]],
]

/** Wrong in policies of roles and of resources alike. */
const statements: unknown[] = [
  ...wrongValues.flatMap(([operators, key, values]) =>
    operators.flatMap((operator) => values.map((value) => withCondition(operator, key, value))),
  ),
  // No value at all, and values of no kind, for every operator in each of its shapes.
  ...shapes([...NUMERIC, ...DATE, ...ARN, ...TEXT, "Bool", "BinaryEquals", "IpAddress", "NotIpAddress"]).flatMap((operator) =>
    [[], [null], { a: "b" }].map((value) => withCondition(operator, "aws:SourceArn", value)),
  ),
  ...[[], null, {}].map((value) => withCondition("Null", "aws:SourceArn", value)),
  // Operators that there are not.
  ...[
    "StringMatches",
    "stringequals",
    "ForAllValue:StringEquals",
    "ForAnyValues:StringEquals",
    "forallvalues:StringEquals",
    "StringEqualsIfExist",
    "StringEqualsIfexists",
    "IfExistsStringEquals",
    "NullIfExists",
    "ForAllValues:Null",
    "BoolNot",
    "BinaryNotEquals",
    "NumericIn",
    "DateBefore",
    "constructor",
    "toString",
    "__proto__x",
    "",
  ].map((operator) => withCondition(operator, "aws:SourceArn", "x")),
  ...["prefix", "", "username", "SourceArn"].map((key) => withCondition("StringEquals", key, "x")),
  ...["text", 5, [], [{}], null].map((Condition) => ({ ...open, Condition })),
  ...["text", 5, [], null].map((keys) => ({ ...open, Condition: { StringNotEquals: keys } })),
  // Actions.
  without("Action"),
  ...[
    [],
    "",
    "SendMessage",
    "sqs",
    "sqs:",
    ":SendMessage",
    "sqs:Send:Message",
    "s?s:SendMessage",
    "s*:SendMessage",
    "sq s:SendMessage",
    "sqs:Send Message",
    5,
    null,
    {},
    [null],
    [["sqs:*"]],
    ["sqs:SendMessage", ""],
  ].map((Action) => ({ ...open, Action })),
  ...[[], "", "iam", "iam:", "i*m:PassRole", ["iam:*", "x"], 5, {}].map((NotAction) => ({ ...without("Action"), NotAction })),
  { ...open, NotAction: "iam:*" },
  { ...open, NotAction: [] },
  // Resources.
  without("Resource"),
  ...[
    [],
    "",
    "jobs",
    "sqs:jobs",
    "arn",
    "arn:",
    "arn:aws",
    "arn:aws:",
    "arn:*",
    "arn:*:sqs:us-east-1:*:*",
    "arn:azure:sqs:us-east-1:1:q",
    "arn:aws:s*s:us-east-1:1:q",
    "arn:aws:?:us-east-1:1:q",
    "arn:aws:*",
    "arn:aws::us-east-1:1:q",
    "arn:aws:iam:us-east-1:1:role/r",
    "arn:aws:s3:us-east-1:1:bucket",
    "arn:aws:s3::bucket",
    "ARN:aws:sqs:us-east-1:1:q",
    " *",
    "**",
    5,
    null,
    {},
    ["*", ""],
    ["*", "jobs"],
  ].map((Resource) => ({ ...open, Resource })),
  ...[[], "", "jobs", "arn:*", "arn:aws:*", ["arn:aws:s3:::b/*", "b"], 5, {}].map((NotResource) => ({
    ...without("Resource"),
    NotResource,
  })),
  { ...open, NotResource: "arn:aws:s3:::b/*" },
  { ...open, NotResource: [] },
  // The statement itself.
  without("Effect"),
  ...["allow", "ALLOW", "Permit", "", 5, null, ["Allow"], {}].map((Effect) => ({ ...open, Effect })),
  ...["action", "Actions", "resource", "Resources", "Conditions", "NotCondition", "NotPrincipal", "sid", "Comment"].map(
    (name) => ({ ...open, [name]: "*" }),
  ),
  { ...open, Sid: 5 },
  ...[5, "text", null, [], true].map((statement) => statement),
]

/** Wrong in a role's alone. */
const ofRolesAlone: unknown[] = [
  { ...open, Principal: "*" },
  { ...open, Principal: { AWS: "*" } },
  { ...open, Principal: {} },
  ...["with space", "dash-ed", "under_score", "dot.ted", "ü"].map((Sid) => ({ ...open, Sid })),
]
/** Wrong in a resource's alone. */
const ofResourcesAlone: unknown[] = [
  open,
  ...[
    {},
    [],
    null,
    5,
    "everyone",
    { AWS: [] },
    { AWS: "" },
    { AWS: 5 },
    { AWS: [null] },
    { Service: [] },
    { Person: "me" },
    { AWS: "arn:aws:iam::111122223333:role/*" },
    { Service: "*" },
    { aws: "*" },
  ].map((Principal) => ({ ...open, Principal })),
]

const documents: unknown[] = [
  undefined,
  null,
  "text",
  5,
  [],
  {},
  { Version: "2012-10-17" },
  { Version: "2012-10-17", Statement: null },
  { Version: "2012-10-17", Statement: "text" },
  ...["2012-10-18", "2013-01-01", "", 2012, null, "2012-10-17 ", "latest"].map((Version) => ({ Version, Statement: [open] })),
  ...["Statements", "statement", "Comment", "Principal"].map((name) => ({
    Version: "2012-10-17",
    Statement: [open],
    [name]: "x",
  })),
  { Version: "2012-10-17", Id: 5, Statement: [open] },
  {
    Version: "2012-10-17",
    Statement: [
      { ...open, Sid: "A" },
      { ...open, Sid: "A", Effect: "Deny", Action: "iam:*" },
    ],
  },
]

const publicly = (statement: unknown) =>
  typeof statement === "object" && statement !== null && !Array.isArray(statement) ? { Principal: "*", ...statement } : statement

test("nothing malformed allows anything: no case that IAM refuses is let through, in policies of roles or of resources", () => {
  const outcomes = [
    ...[...statements, ...ofRolesAlone].map((each) => [identity(inPolicy(each)), each] as const),
    ...statements.map((each) => [ofQueue(inPolicy(publicly(each))), each] as const),
    ...ofResourcesAlone.map((each) => [ofQueue(inPolicy(each)), each] as const),
    ...documents.flatMap((each) => [[identity(each), each] as const, [ofQueue(each), each] as const]),
  ]
  console.log(`${outcomes.length} malformed policies: ${outcomes.filter(([outcome]) => outcome === "allow").length} allow`)
  expect(outcomes.length).toBeGreaterThan(250)
  expect(
    outcomes.filter(([outcome]) => outcome !== "refused").map(([outcome, each]) => `${outcome} ${JSON.stringify(each)}`),
  ).toEqual([])
})

test("the same policies in order are kept, and decide", () => {
  const good: unknown[] = [
    open,
    { ...open, Sid: "Own1" },
    { ...open, Sid: "" },
    { ...open, Action: ["sqs:*", "*"] },
    { ...open, Action: "*:Send*" },
    { ...open, Resource: ["arn:aws:sqs:*:*:jobs", "arn:aws:s3:::b/*"] },
    { ...open, Condition: {} },
    ...["2029-01-01", "2029-12-31T23:59:59Z", "1861920000", "2029-12-31T18:00:00-05:00"].map((at) =>
      withCondition("DateGreaterThan", "aws:CurrentTime", at),
    ),
    ...["5", 5, "5.0", "+5"].map((five) => withCondition("NumericEquals", "s3:max-keys", five)),
    ...["true", true, "True"].map((yes) => withCondition("Bool", "aws:SecureTransport", yes)),
    ...[QUEUE, "arn:aws:sqs:*", "*"].map((arn) => withCondition("ArnLike", "aws:SourceArn", arn)),
    withCondition("Null", "aws:SourceArn", false),
    withCondition("StringNotEquals", "aws:SourceArn", ""),
  ]
  for (const each of good) {
    expect([identity(inPolicy(each)), each]).toEqual(["allow", each])
    expect([ofQueue(inPolicy(publicly(each))), each]).toEqual(["allow", each])
  }
})

test("each refusal is in IAM's words, and says where and what to do", () => {
  const said = (statement: unknown) => {
    try {
      compileRoles([resource("AWS::IAM::Role", { Policies: [{ PolicyName: "p", PolicyDocument: inPolicy(statement) }] }, ROLE)])
      return "kept"
    } catch (thrown) {
      return (thrown as Error).message
    }
  }
  expect(said({ ...without("Action"), NotAction: [] })).toBe(
    "MalformedPolicyDocument: Policy statement must contain actions. (Action of p#0: an empty list names nothing)",
  )
  expect(said({ ...without("Resource"), NotResource: [] })).toContain("Policy statement must contain resources.")
  expect(said({ ...open, Action: "SendMessage" })).toContain(
    "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
  )
  expect(said({ ...open, Action: "sqs:Send:Message" })).toContain("Actions/Condition can contain only one colon.")
  expect(said({ ...open, Resource: "jobs" })).toContain('Resource jobs must be in ARN format or "*".')
  expect(said({ ...open, Resource: "arn:*:sqs:us-east-1:1:q" })).toContain(
    'Partition "*" is not valid for resource "arn:*:sqs:us-east-1:1:q".',
  )
  expect(said({ ...open, Resource: "arn:aws:s*:us-east-1:1:q" })).toContain(
    "Resource vendor must be fully qualified and cannot contain regexes.",
  )
  expect(said(withCondition("NumericLessThan", "s3:max-keys", "ten"))).toBe(
    'MalformedPolicyDocument: The policy failed legacy parsing (p#0: "ten" is no number: write a number, as 10 or 0.5)',
  )
})

test("a trust policy may only say who assumes the role", () => {
  const trusting = (statement: object) => () =>
    checkTrust([
      resource("AWS::Lambda::Function", { Role: ROLE }),
      resource("AWS::IAM::Role", { AssumeRolePolicyDocument: inPolicy(statement) }, ROLE),
    ])
  const trust = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }
  expect(trusting(trust)).not.toThrow()
  expect(trusting({ ...trust, Resource: "*" })).toThrow("Has prohibited field Resource")
  for (const Action of ["*", "s3:GetObject", ["sts:AssumeRole", "iam:PassRole"], "sts:GetCallerIdentity"])
    expect(trusting({ ...trust, Action })).toThrow("AssumeRole policy may only specify STS AssumeRole actions.")
  for (const wrong of [
    { ...trust, Action: [] },
    { ...trust, Principal: {} },
    { ...trust, NotAction: [] },
    { ...trust, Effect: "allow" },
  ])
    expect(trusting(wrong)).toThrow(/MalformedPolicyDocument|needs Effect|exactly one/)
})
