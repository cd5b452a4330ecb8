import fc from "fast-check"
import { expect, test } from "vitest"
import { compile, compileRoles, type Statement } from "./index.ts"
import { evaluateSlowly } from "./slow-evaluator.ts"

const one = (...Statement: Statement[]) => compile([{ name: "p", document: { Statement } }])
const allow = (Action: string | string[], Resource: string | string[] = "*", more: Partial<Statement> = {}): Statement => ({
  Effect: "Allow",
  Action,
  Resource,
  ...more,
})

test("an explicit deny beats an allow, an allow beats silence, and the statement is named", () => {
  const evaluator = one(allow("s3:*"), { Sid: "NoDelete", Effect: "Deny", Action: "s3:Delete*", Resource: "*" })
  expect(evaluator.check("s3:GetObject", "arn:aws:s3:::b/k")).toEqual({ decision: "allow", statement: "p#0" })
  expect(evaluator.check("s3:DeleteObject", "arn:aws:s3:::b/k")).toEqual({ decision: "deny", statement: "p#NoDelete" })
  expect(evaluator.check("sqs:SendMessage", "arn:aws:sqs:r:1:q")).toEqual({ decision: "implicitDeny" })
})

test("actions ignore case, resources do not", () => {
  const evaluator = one(allow("S3:getobject", "arn:aws:s3:::Bucket/*"))
  expect(evaluator.check("s3:GetObject", "arn:aws:s3:::Bucket/a").decision).toBe("allow")
  expect(evaluator.check("s3:GetObject", "arn:aws:s3:::bucket/a").decision).toBe("implicitDeny")
})

test("a wildcard inside a segment of an ARN stays in it; one at its end, or in the resource, does not", () => {
  const decides = (pattern: string, resource: string) => one(allow("a:B", pattern)).check("a:B", resource).decision === "allow"
  expect(decides("arn:aws:s*s:us:1:q", "arn:aws:sqs:us:1:q")).toBe(true)
  expect(decides("arn:aws:s*s:us:1:q", "arn:aws:s3:x:us:1:q")).toBe(false)
  expect(decides("arn:aws:logs:*:log-group:x", "arn:aws:logs:us:1:log-group:x")).toBe(true)
  expect(decides("arn:aws:logs:us:1:log-group:x:*", "arn:aws:logs:us:1:log-group:x:log-stream:a:b")).toBe(true)
  expect(decides("arn:aws:logs:us:1:log-group:x:*", "arn:aws:logs:us:1:log-group:xy:log-stream:a")).toBe(false)
  expect(decides("arn:aws:sqs:us:1:jobs", "arn:aws:sqs:us:1:jobs-dead")).toBe(false)
  expect(decides("arn:aws:s3:::b.c/*", "arn:aws:s3:::bXc/k")).toBe(false)
})

test("NotAction and NotResource mean everything else", () => {
  const evaluator = one({ Effect: "Allow", NotAction: "iam:*", NotResource: "arn:aws:s3:::secret/*" })
  expect(evaluator.check("s3:GetObject", "arn:aws:s3:::open/k").decision).toBe("allow")
  expect(evaluator.check("s3:GetObject", "arn:aws:s3:::secret/k").decision).toBe("implicitDeny")
  expect(evaluator.check("iam:PassRole", "arn:aws:s3:::open/k").decision).toBe("implicitDeny")
})

test("a decision that depends on the request's context is not remembered for another", () => {
  const evaluator = one(allow("s3:ListBucket", "*", { Condition: { StringLike: { "s3:Prefix": "own/*" } } }))
  expect(evaluator.check("s3:ListBucket", "b", { "s3:prefix": "own/x" }).decision).toBe("allow")
  expect(evaluator.check("s3:ListBucket", "b", { "s3:prefix": "other" }).decision).toBe("implicitDeny")
  expect(evaluator.check("s3:ListBucket", "b").decision).toBe("implicitDeny")
})

test("what is only half understood does not compile", () => {
  const compiling = (statement: object) => () => one(statement as Statement)
  expect(compiling(allow("a:B", "*", { Condition: { StringMatches: { k: "v" } } }))).toThrow(
    "NOT_SIMULATED: IAM condition operator StringMatches",
  )
  expect(compiling(allow("a:B", "*", { Condition: { constructor: { k: "v" } } }))).toThrow("NOT_SIMULATED")
  expect(compiling(allow("a:B", "*", { Condition: { NullIfExists: { k: "v" } } }))).toThrow("NOT_SIMULATED")
  expect(compiling({ ...allow("a:B"), Principal: "*" })).toThrow("NOT_SIMULATED: Principal")
  expect(compiling(allow("a:B", "arn:aws:s3:::b/${aws:username}"))).toThrow("NOT_SIMULATED: IAM policy variable ${aws:username}")
  expect(compiling({ Effect: "Allow", Action: "a:B" })).toThrow("exactly one")
  expect(compiling({ Effect: "allow", Action: "a:B", Resource: "*" })).toThrow("Effect")
  expect(compiling(allow("a:B", { "Fn::GetAtt": ["X", "Arn"] } as never))).toThrow("an intrinsic was not resolved")
})

test("wildcards of ARNs take what the documentation lets them take", () => {
  const part = fc.constantFrom("a", ":", "a:", "*", "?", "*:", "a*a")
  // The resource is the pattern with its wildcards filled, so that near misses are as common as matches.
  const filled = fc.array(fc.tuple(part, fc.constantFrom("", "a", ":", "a:a"), fc.constantFrom("a", ":")), {
    minLength: 5,
    maxLength: 9,
  })
  fc.assert(
    fc.property(filled, (parts) => {
      const pattern = parts.map(([text]) => text).join("")
      const value = parts.map(([text, many, single]) => text.replaceAll("*", many).replaceAll("?", single)).join("")
      const statements = [allow("a:B", pattern)]
      expect(one(...statements).check("a:B", value).decision).toBe(evaluateSlowly(statements, "a:B", value, {}))
    }),
    { numRuns: 2_000 },
  )
})

const in2012 = (...Statement: Statement[]) => compile([{ name: "p", document: { Version: "2012-10-17", Statement } }])

test("variables stand for the caller's own values, and for nothing where it has none", () => {
  const own = in2012(allow("s3:GetObject", "arn:aws:s3:::home/${aws:username}/*"))
  const key = "arn:aws:s3:::home/ada/notes"
  expect(own.check("s3:GetObject", key, { "aws:username": "ada" }).decision).toBe("allow")
  expect(own.check("s3:GetObject", key, { "aws:username": "max" }).decision).toBe("implicitDeny")
  expect(own.check("s3:GetObject", key, { "aws:username": "*" }).decision).toBe("implicitDeny")
  expect(own.check("s3:GetObject", key).decision).toBe("implicitDeny")
  const guests = in2012(allow("s3:GetObject", "arn:aws:s3:::home/${aws:username, 'guest'}/${*}"))
  expect(guests.check("s3:GetObject", "arn:aws:s3:::home/guest/*").decision).toBe("allow")
  expect(guests.check("s3:GetObject", "arn:aws:s3:::home/guest/a").decision).toBe("implicitDeny")
  const prefix = { StringLike: { "s3:prefix": "${aws:username}/*" } }
  const lists = in2012(allow("s3:ListBucket", "*", { Condition: prefix }))
  expect(lists.check("s3:ListBucket", "b", { "s3:prefix": "ada/x", "aws:username": "ada" }).decision).toBe("allow")
  expect(lists.check("s3:ListBucket", "b", { "s3:prefix": "max/x", "aws:username": "ada" }).decision).toBe("implicitDeny")
})

test("variables where IAM takes none do not compile", () => {
  expect(() => in2012(allow("s3:${aws:username}"))).toThrow("NOT_SIMULATED: IAM policy variable ${aws:username} in Action")
  expect(() => in2012(allow("a:B", "*", { Condition: { Bool: { k: "${aws:x}" } } }))).toThrow(
    "NOT_SIMULATED: IAM policy variable",
  )
  expect(() => in2012(allow("a:B", "arn:aws:s3:::${who}"))).toThrow("name a condition key")
})

test("addresses are compared by range, whatever their version", () => {
  const from = (range: string, address: string) =>
    one(allow("a:B", "*", { Condition: { IpAddress: { "aws:SourceIp": range } } })).check("a:B", "*", { "aws:SourceIp": address })
      .decision
  expect(from("10.0.0.0/8", "10.200.3.4")).toBe("allow")
  expect(from("10.0.0.0/8", "11.0.0.1")).toBe("implicitDeny")
  expect(from("2001:db8::/32", "2001:db8:0:1::7")).toBe("allow")
  expect(from("2001:db8::/32", "10.0.0.1")).toBe("implicitDeny")
  expect(from("127.0.0.1", "127.0.0.1")).toBe("allow")
  expect(() => from("10.0.0.0/33", "10.0.0.1")).toThrow("no IP address or CIDR range")
})

test("a condition key that no request carries refuses the boot by name", () => {
  const role = (Statement: object) => [
    {
      logicalId: "Role",
      stack: "s",
      type: "AWS::IAM::Role",
      properties: { Policies: [{ PolicyName: "p", PolicyDocument: { Version: "2012-10-17", Statement } }] },
      identity: { ref: "r", arn: "arn:aws:iam::1:role/r", attributes: {} },
    },
  ]
  const keyed = (key: string) => () => compileRoles(role(allow("a:B", "*", { Condition: { StringEquals: { [key]: "v" } } })))
  expect(keyed("aws:PrincipalOrgID")).toThrow("NOT_SIMULATED: IAM condition key aws:PrincipalOrgID in p#…")
  expect(keyed("AWS:sourcearn")).not.toThrow()
  expect(() => compileRoles(role(allow("a:B", "arn:aws:s3:::b/${redshift:DbUser}")))).toThrow(
    "NOT_SIMULATED: IAM condition key redshift:dbuser",
  )
})
