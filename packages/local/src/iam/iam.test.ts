import fc from "fast-check"
import { expect, test } from "vitest"
import { compile, type Statement } from "./index.ts"
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

const TEXT = ["a", "b", "ab", "A", "a:b", ""]
const text = fc.constantFrom(...TEXT)
const pattern = fc.constantFrom(...TEXT, "*", "?", "a*", "*b", "a?", "?:*")
const action = fc.constantFrom("s3:Get", "s3:Put", "sqs:Get")
const actionPattern = fc.constantFrom("s3:Get", "S3:put", "s3:*", "*", "s?s:Get", "*:g*")
const resource = fc.constantFrom(
  "arn:aws:s3:::b/k",
  "arn:aws:s3:::b",
  "arn:aws:sqs:us:1:q",
  "arn:aws:logs:us:1:g:x:s:y",
  "*",
  "q",
)
const resourcePattern = fc.constantFrom(
  "arn:aws:s3:::b/*",
  "arn:aws:s3:::?",
  "arn:aws:s*:us:1:q",
  "arn:*",
  "*",
  "arn:aws:logs:us:1:g:*",
  "arn:a*s:s3:::b",
  "q",
  "arn:aws:*:q",
  "?",
)
const oneOrMany = <T>(value: fc.Arbitrary<T>) => fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 3 }))

const TEXT_OPERATORS = [
  "StringEquals",
  "StringNotEquals",
  "StringEqualsIgnoreCase",
  "StringNotEqualsIgnoreCase",
  "StringLike",
  "StringNotLike",
  "ArnEquals",
  "ArnLike",
  "ArnNotEquals",
  "ArnNotLike",
  "Bool",
]
const NUMBER_OPERATORS = [
  "NumericEquals",
  "NumericNotEquals",
  "NumericLessThan",
  "NumericLessThanEquals",
  "NumericGreaterThan",
  "NumericGreaterThanEquals",
]
const prefix = fc.constantFrom("", "ForAllValues:", "ForAnyValue:")
const suffix = fc.constantFrom("", "IfExists")
const named = (operators: string[]) => fc.tuple(prefix, fc.constantFrom(...operators), suffix).map((parts) => parts.join(""))
const key = fc.constantFrom("k:one", "K:One", "k:two")
const block = (operator: fc.Arbitrary<string>, values: fc.Arbitrary<string>) =>
  fc.dictionary(operator, fc.dictionary(key, oneOrMany(values), { minKeys: 1, maxKeys: 2 }), { maxKeys: 2 })
const Condition = fc.oneof(
  block(named(TEXT_OPERATORS), fc.oneof(pattern, resourcePattern, fc.constantFrom("true", "False"))),
  block(named(NUMBER_OPERATORS), fc.constantFrom("1", "2", "1.0", "x", "")),
  block(fc.constant("Null"), fc.constantFrom("true", "false")),
)
const statement: fc.Arbitrary<Statement> = fc
  .record({
    Effect: fc.constantFrom("Allow" as const, "Deny" as const),
    actions: fc.tuple(fc.constantFrom("Action", "Action", "NotAction"), oneOrMany(actionPattern)),
    resources: fc.tuple(fc.constantFrom("Resource", "Resource", "NotResource"), oneOrMany(resourcePattern)),
    Condition: fc.option(Condition, { nil: undefined }),
  })
  .map(({ actions, resources, ...rest }) => ({ ...rest, [actions[0]]: actions[1], [resources[0]]: resources[1] }))
const context = fc.dictionary(
  key,
  fc.oneof(
    text,
    resource,
    fc.constantFrom("1", "2", "true"),
    fc.array(fc.oneof(text, fc.constantFrom("1", "2")), { maxLength: 3 }),
  ),
)

test("decisions equal those of a direct transcription of the documented logic", () => {
  const request = fc.tuple(action, resource, context)
  let allowed = 0
  fc.assert(
    fc.property(
      fc.array(statement, { maxLength: 5 }),
      fc.array(request, { minLength: 1, maxLength: 8 }),
      (statements, requests) => {
        const evaluator = one(...statements)
        for (const [asked, on, values] of requests) {
          const expected = evaluateSlowly(statements, asked, on, values)
          if (expected === "allow") allowed++
          expect(evaluator.check(asked, on, values).decision).toBe(expected)
        }
      },
    ),
    { numRuns: Number(process.env.IAM_RUNS ?? 500) },
  )
  expect(allowed).toBeGreaterThan(50)
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
    { numRuns: Number(process.env.IAM_RUNS ?? 500) },
  )
})
