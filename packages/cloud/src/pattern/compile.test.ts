import fc from "fast-check"
import { expect, test } from "vitest"
import { compilePattern, PatternError, RULE, SOURCE, SUBSCRIPTION } from "./index.ts"
import { slowMatches } from "./testing/slow.ts"

const matches = (pattern: unknown, event: unknown) => compilePattern(pattern, RULE).matches(event)

/** Of https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html */
const EVENT = {
  "detail-type": "EC2 Instance State-change Notification",
  source: "aws.ec2",
  time: "2017-10-02T16:24:49Z",
  region: "us-east-1",
  resources: ["arn:aws:ec2:us-east-1:123456789012:instance/i-000000aaaaaa00000"],
  detail: {
    "c-count": 5,
    "d-count": 3,
    "x-limit": 301.8,
    "source-ip": "10.0.0.33",
    "source-ip6": "2001:db8::7",
    state: "running",
    file: "dir/picture.PNG",
    nothing: null,
    empty: "",
    flag: true,
    employees: [
      { first: "Anna", last: "Smith" },
      { first: "Peter", last: "Jones" },
    ],
  },
}

test.each<[string, object, boolean]>([
  ["exact values, or-ed", { detail: { state: ["stopped", "running"] } }, true],
  ["fields are and-ed", { source: ["aws.ec2"], region: ["eu-west-1"] }, false],
  ["an array of the event matches by any element", { resources: [EVENT.resources[0]] }, true],
  ["prefix", { time: [{ prefix: "2017-10-02" }] }, true],
  ["prefix without case", { source: [{ prefix: { "equals-ignore-case": "AWS." } }] }, true],
  ["suffix", { detail: { file: [{ suffix: ".png" }] } }, false],
  ["suffix without case", { detail: { file: [{ suffix: { "equals-ignore-case": ".png" } }] } }, true],
  ["equals-ignore-case", { detail: { state: [{ "equals-ignore-case": "RUNNING" }] } }, true],
  ["wildcard", { detail: { file: [{ wildcard: "dir/*.PNG" }] } }, true],
  ["wildcards with pieces that would overlap", { detail: { state: [{ wildcard: "run*unning" }] } }, false],
  ["anything-but", { detail: { state: [{ "anything-but": ["stopped", "initializing"] }] } }, true],
  ["anything-but a number", { detail: { "x-limit": [{ "anything-but": [100, 301.8] }] } }, false],
  ["anything-but needs the field", { detail: { missing: [{ "anything-but": "a" }] } }, false],
  ["anything-but prefix", { detail: { state: [{ "anything-but": { prefix: "run" } }] } }, false],
  ["anything-but suffixes", { detail: { file: [{ "anything-but": { suffix: [".gif", ".PNG"] } }] } }, false],
  ["anything-but without case", { detail: { state: [{ "anything-but": { "equals-ignore-case": "RUNNING" } }] } }, false],
  ["anything-but wildcard", { detail: { file: [{ "anything-but": { wildcard: "*/lib/*" } }] } }, true],
  ["numeric range", { detail: { "c-count": [{ numeric: [">", 0, "<=", 5] }] } }, true],
  ["numeric equality in another notation", { detail: { "x-limit": [{ numeric: ["=", 3.018e2] }] } }, true],
  ["a text is no number", { source: [{ numeric: ["<", 10] }] }, false],
  ["exists on null", { detail: { nothing: [{ exists: true }] } }, true],
  ["exists only knows leaves", { detail: [{ exists: true }] }, false],
  ["absence", { detail: { missing: [{ exists: false }] } }, true],
  ["absence or a value", { detail: { missing: ["a", { exists: false }] } }, true],
  ["absence below what is not there", { nowhere: { at: { all: [{ exists: false }] } } }, true],
  ["absence in one element is not absence", { detail: { employees: { first: [{ exists: false }] } } }, false],
  ["null and the empty text are values", { detail: { nothing: [null], empty: [""], flag: [true] } }, true],
  ["cidr", { detail: { "source-ip": [{ cidr: "10.0.0.0/24" }] } }, true],
  ["cidr of IPv6", { detail: { "source-ip6": [{ cidr: "2001:db8::/64" }] } }, true],
  ["cidr of the other family", { detail: { "source-ip": [{ cidr: "2001:db8::/64" }] } }, false],
  ["fields of an array's element", { detail: { employees: { first: ["Anna"], last: ["Smith"] } } }, true],
  ["fields of different elements", { detail: { employees: { first: ["Anna"], last: ["Jones"] } } }, false],
  ["$or beside fields", { source: ["aws.ec2"], $or: [{ region: ["x"] }, { detail: { state: ["running"] } }] }, true],
  ["$or inside an object", { detail: { $or: [{ state: ["stopped"] }, { flag: [false] }] } }, false],
])("%s", (_, pattern, expected) => expect(matches(pattern, EVENT)).toBe(expected))

test.each<[object, string]>([
  [{ source: [{ regex: "a" }] }, "Unrecognized match type regex"],
  [{ source: [{ prefix: "a", suffix: "b" }] }, "Only one key allowed"],
  [{ source: "aws.ec2" }, '"source" must be an object or an array'],
  [{ source: [] }, "Empty arrays are not allowed"],
  [{ detail: {} }, "Empty objects are not allowed"],
  [{ source: [["a"]] }, "Match value must be"],
  [{ source: [{ wildcard: "a**b" }] }, "Consecutive wildcard"],
  [{ source: [{ wildcard: "a\\b" }] }, "Invalid escape"],
  [{ source: [{ cidr: "10.0.0.0/33" }] }, "Malformed CIDR"],
  [{ source: [{ numeric: ["~", 1] }] }, "Unrecognized numeric range operator: ~"],
  [{ source: [{ numeric: ["<", 1, ">", 0] }] }, "Bad numeric range"],
  [{ source: [{ numeric: ["<", 6e9] }] }, "between -5000000000"],
  [{ source: [{ exists: "yes" }] }, "exists match pattern"],
  [{ source: [{ "anything-but": ["a", 1] }] }, "mixed type"],
  [{ source: [{ "anything-but": { numeric: ["=", 1] } }] }, "Unsupported anything-but pattern: numeric"],
  [{ $or: [{ a: [1] }] }, "$or takes an array"],
])("a pattern that AWS refuses is refused by name: %j", (pattern, message) => {
  expect(() => compilePattern(pattern, RULE)).toThrow(message)
  expect(() => compilePattern(pattern, RULE)).toThrow(PatternError)
})

test("each service knows its own operators", () => {
  const wild = { a: [{ wildcard: "x*" }] }
  expect(() => compilePattern(wild, SUBSCRIPTION)).toThrow("Unrecognized match type wildcard")
  expect(() => compilePattern({ a: [{ cidr: "10.0.0.0/8" }] }, SOURCE)).toThrow("Unrecognized match type cidr")
  expect(() => compilePattern({ a: [{ "anything-but": { prefix: "x" } }] }, SOURCE)).toThrow("anything-but pattern: prefix")
})

const text = fc.constantFrom("", "a", "A", "ab", "Ab", "ba", "10.0.0.1", "10.9.0.1", "a*b", "a\\b")
const scalar = fc.oneof(text, fc.integer({ min: -2, max: 3 }), fc.boolean(), fc.constant(null))
const key = fc.constantFrom("a", "b")
const eventOf = (value: fc.Arbitrary<unknown>) => fc.dictionary(key, value, { minKeys: 1, maxKeys: 2 })
const valueOf = (depth: number): fc.Arbitrary<unknown> =>
  depth === 0 ? scalar : fc.oneof(scalar, eventOf(valueOf(depth - 1)), fc.array(valueOf(depth - 1), { maxLength: 3 }))
const event = eventOf(valueOf(3))
const sensitive = fc.oneof(text, fc.record({ "equals-ignore-case": text }))
const expression = fc.oneof(
  scalar,
  fc.record({ prefix: sensitive }),
  fc.record({ suffix: sensitive }),
  fc.record({ "equals-ignore-case": text }),
  fc.record({ wildcard: fc.constantFrom("*", "a*", "*b", "a*b", "*a*", "a\\**", "a\\\\*") }),
  fc.record({ exists: fc.boolean() }),
  fc.record({ cidr: fc.constantFrom("10.0.0.0/8", "10.0.0.0/16", "0.0.0.0/0") }),
  fc.record({ numeric: fc.constantFrom<unknown[]>(["=", 1], [">", 0], [">=", -1, "<", 2]) }),
  fc.record({
    "anything-but": fc.oneof(
      text,
      fc.array(text, { minLength: 1, maxLength: 2 }),
      fc.constantFrom<unknown>(1, [1, 2]),
      fc.record({ prefix: text }),
      fc.record({ wildcard: fc.constantFrom("a*", "*b") }),
    ),
  }),
)
const leaf = fc.array(expression, { minLength: 1, maxLength: 3 })
const patternOf = (depth: number): fc.Arbitrary<object> => {
  const below = depth === 0 ? leaf : fc.oneof(leaf, patternOf(depth - 1))
  const fields = fc.dictionary(key, below, { minKeys: 1, maxKeys: 2 })
  if (depth === 0) return fields
  const either = fc.option(fc.array(patternOf(depth - 1), { minLength: 2, maxLength: 2 }), { nil: undefined, freq: 3 })
  return fc.tuple(fields, either).map(([some, $or]) => ($or ? { ...some, $or } : some))
}

test("decides as the rules taken literally do, for any pattern and event", () => {
  let hits = 0
  fc.assert(
    fc.property(patternOf(2), event, (rule: any, each) => {
      const expected = slowMatches(rule, each)
      if (expected) hits++
      expect(matches(rule, each)).toBe(expected)
    }),
    { numRuns: 4_000 },
  )
  expect(hits).toBeGreaterThan(50)
})
