import { expect, test } from "vitest"
import { compilePattern, RULE } from "../../pattern/index.ts"
import { readFilter } from "./filter.ts"
import type { Attribute, Message } from "./message.ts"

const text = (StringValue: string): Attribute => ({ DataType: "String", StringValue })
const array = (value: unknown): Attribute => ({ DataType: "String.Array", StringValue: JSON.stringify(value) })
const number = (StringValue: string): Attribute => ({ DataType: "Number", StringValue })
const message = (attributes: Message["attributes"], body = "x"): Message => ({
  id: "1",
  topicArn: "t",
  at: 0,
  text: { default: body },
  attributes,
})
const byAttributes = (policy: object, attributes: Message["attributes"]) =>
  readFilter(JSON.stringify(policy), "MessageAttributes")!.accepts(message(attributes))
const byBody = (policy: object, body: unknown) =>
  readFilter(JSON.stringify(policy), "MessageBody")!.accepts(message({}, JSON.stringify(body)))

// https://docs.aws.amazon.com/sns/latest/dg/attribute-key-matching.html
test("absence of a key needs a message that has other ones", () => {
  const absent = { k: [{ exists: false }] }
  expect(byAttributes(absent, {})).toBe(false)
  expect(byAttributes(absent, { other: text("a") })).toBe(true)
  expect(byAttributes(absent, { k: text("a") })).toBe(false)
  expect(byAttributes({ k: ["a", { exists: false }] }, {})).toBe(false)
  expect(byAttributes({ $or: [{ k: [{ exists: false }] }, { l: ["a"] }] }, {})).toBe(false)
  expect(byAttributes({ $or: [{ k: [{ exists: false }] }, { l: ["a"] }] }, { m: text("b") })).toBe(true)
  expect(byAttributes(absent, { blob: { DataType: "Binary", BinaryValue: "AA==" } })).toBe(true)
})

test("presence of a key needs a value that is neither null nor empty, where a rule takes both", () => {
  const present = { k: [{ exists: true }] }
  expect(byBody(present, { k: "a" })).toBe(true)
  expect(byBody(present, { k: 0 })).toBe(true)
  expect(byBody(present, { k: false })).toBe(true)
  for (const k of [null, "", [], [null], ["", null]]) expect(byBody(present, { k })).toBe(false)
  expect(byBody(present, { k: [null, "a"] })).toBe(true)
  expect(byAttributes(present, { k: array([]) })).toBe(false)
  expect(byAttributes(present, { k: array(["a"]) })).toBe(true)
  const rule = compilePattern(present, RULE)
  expect([rule.matches({ k: null }), rule.matches({ k: "" }), rule.matches({ k: [] })]).toEqual([true, true, false])
})

test("in a body, absence is that of a leaf, and null is a value of its own", () => {
  expect(byBody({ a: { b: [{ exists: false }] } }, { a: {} })).toBe(true)
  expect(byBody({ a: { b: [{ exists: false }] } }, { a: { b: 1 } })).toBe(false)
  expect(byBody({ a: [{ exists: false }] }, { a: { b: 1 } })).toBe(true)
  expect(byBody({ a: [null] }, { a: null })).toBe(true)
  expect(byBody({ a: [null] }, {})).toBe(false)
  expect(byAttributes({ a: [null] }, { a: array([null]) })).toBe(true)
})

test.each<[string, object, Message["attributes"], boolean]>([
  ["anything-but", { k: [{ "anything-but": ["a", "b"] }] }, { k: text("c") }, true],
  ["anything-but needs the key", { k: [{ "anything-but": ["a"] }] }, { l: text("c") }, false],
  ["anything-but a list: any other element", { k: [{ "anything-but": ["a"] }] }, { k: array(["a", "c"]) }, true],
  ["anything-but prefix", { k: [{ "anything-but": { prefix: "a" } }] }, { k: text("ab") }, false],
  ["prefix", { k: [{ prefix: "bas" }] }, { k: text("baseball") }, true],
  ["suffix", { k: [{ suffix: "ball" }] }, { k: text("baseball") }, true],
  ["equals-ignore-case", { k: [{ "equals-ignore-case": "TENNIS" }] }, { k: text("tennis") }, true],
  ["numeric", { k: [{ numeric: [">", 0, "<=", 150] }] }, { k: number("150.0") }, true],
  ["numeric is not of a text", { k: [{ numeric: [">", 0] }] }, { k: text("5") }, false],
  ["a number is no text", { k: ["5"] }, { k: number("5") }, false],
  ["cidr", { k: [{ cidr: "10.0.0.0/24" }] }, { k: text("10.0.0.255") }, true],
  ["truth in a list", { k: [true] }, { k: array([true]) }, true],
  ["a text that says true is no truth", { k: [true] }, { k: text("true") }, false],
  ["a list that is no JSON", { k: ["a"] }, { k: { DataType: "String.Array", StringValue: "a" } }, false],
])("a filter on attributes knows %s", (_, policy, attributes, expected) => {
  expect(byAttributes(policy, attributes)).toBe(expected)
})
