import fc from "fast-check"
import { expect, test } from "vitest"
import { readInput } from "./input.ts"

const RULE = { arn: "arn:aws:events:us-east-1:123456789012:rule/sold", name: "sold" }
const DETAIL =
  '{"id":1524831183200260097,"price":10.50,"who":"U-1","say":"a \\"b\\" \\\\","seat":{"row":7.0},"list":[1,"x"],"none":null}'
const EVENT = {
  version: "0",
  id: "e1",
  "detail-type": "sold",
  source: "shop",
  account: "123456789012",
  time: "2030-01-01T00:00:00Z",
  region: "us-east-1",
  resources: [],
  detail: DETAIL,
} as const

const transformed = (target: object) => readInput(target, "sold")(EVENT, RULE, Date.UTC(2030, 0, 1))
const filled = (InputTemplate: string, InputPathsMap: object = {}) =>
  transformed({ InputTransformer: { InputPathsMap, InputTemplate } })
const PATHS = {
  id: "$.detail.id",
  price: "$.detail.price",
  x: "$.detail.who",
  say: "$.detail.say",
  seat: "$.detail.seat",
  list: "$.detail.list",
  none: "$.detail.none",
  missing: "$.detail.nowhere.at.all",
}

test("the whole event, and what lies at a path, keep the text of the producer", () => {
  expect(transformed({})).toContain(`"detail":${DETAIL}}`)
  expect(JSON.parse(transformed({}))).toMatchObject({ source: "shop", detail: { who: "U-1" } })
  expect(transformed({ InputPath: "$.detail" })).toBe(DETAIL)
  expect(transformed({ InputPath: "$.detail.id" })).toBe("1524831183200260097")
  expect(transformed({ InputPath: "$.detail.nowhere" })).toBe("{}")
})

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
test.each([
  [
    "numbers as they were written",
    '{"id":<id>,"price":<price>,"text":"<price> for <id>"}',
    '{"id":1524831183200260097,"price":10.50,"text":"10.50 for 1524831183200260097"}',
  ],
  ["a string after an escaped backslash", '{"msg":"c:\\\\","y":<x>}', '{"msg":"c:\\\\","y":"U-1"}'],
  ["a string after two escaped backslashes and a quote", '{"msg":"c:\\\\\\"","y":<x>}', '{"msg":"c:\\\\\\"","y":"U-1"}'],
  ["a string inside of quotes that are escaped", '{"msg":"he said \\"<x>\\"","y":<x>}', '{"msg":"he said \\"U-1\\"","y":"U-1"}'],
  [
    "a string with quotes of its own, inside and outside",
    '{"a":"<say>","b":<say>}',
    '{"a":"a \\"b\\" \\\\","b":"a \\"b\\" \\\\"}',
  ],
  ["objects and lists without quotes", '{"seat":<seat>,"list":<list>}', '{"seat":{"row":7.0},"list":[1,"x"]}'],
  ["objects and lists inside of a string", '"<seat> <list>"', '"{\\"row\\":7.0} [1,\\"x\\"]"'],
  [
    "nothing for what is missing or null",
    '{"a":<missing>,"b":"<missing>","c":<none>,"d":"<none>"}',
    '{"a":null,"b":"","c":null,"d":""}',
  ],
  ["a placeholder right behind a backslash that escapes nothing of it", '"\\\\<x>"', '"\\\\U-1"'],
  ["signs that are no placeholder", '{"a":"1 < 2 > 0","b":"<<x>>"}', '{"a":"1 < 2 > 0","b":"<U-1>"}'],
  ["several lines", '"<x>"\n"<price>"', '"U-1"\n"10.50"'],
])("a template has %s", (_, template, expected) => expect(filled(template, PATHS)).toBe(expected))

test("reserved variables stand for the rule and the event, whose JSON is the value of a field", () => {
  const all = filled(
    '{"rule":<aws.events.rule-name>,"arn":"<aws.events.rule-arn>","at":<aws.events.event.ingestion-time>,"head":<aws.events.event>,"all":<aws.events.event.json>}',
  )
  expect(all).toContain(`"detail":${DETAIL}}`)
  const { head, ...rest } = JSON.parse(all)
  expect(rest).toMatchObject({ rule: "sold", arn: RULE.arn, at: "2030-01-01T00:00:00.000Z", all: { id: "e1" } })
  expect(head).toEqual({ ...EVENT, detail: undefined })
})

test("templates that AWS would refuse are refused, with the name", () => {
  expect(() => filled('"<nobody>"')).toThrow("no path for <nobody>")
  expect(() => filled('"<aws.events.nothing>"')).toThrow("no path for <aws.events.nothing>")
  expect(() => filled('"x"', { "aws.own": "$.id" })).toThrow("reserved")
  expect(() => filled('"x"', Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`p${n}`, "$.id"])))).toThrow(
    "more than 100",
  )
  expect(() => filled(`"${"x".repeat(8_192)}"`)).toThrow("more than 8192")
  expect(() => filled("")).toThrow("needs an InputTemplate")
})

test("a template that is JSON with a placeholder for a value or in a string is JSON when it is filled", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 12 }).filter((each) => !/[<>]/.test(each))
  fc.assert(
    fc.property(text, text, (before, value) => {
      const template = JSON.stringify({ before, quoted: `${before}<v>${before}`, bare: "@" }).replace('"@"', "<v>")
      const event = { ...EVENT, detail: JSON.stringify({ value }) }
      const InputTransformer = { InputPathsMap: { v: "$.detail.value" }, InputTemplate: template }
      const filled = readInput({ InputTransformer }, "sold")(event, RULE, 0)
      expect(JSON.parse(filled)).toEqual({ before, quoted: before + value + before, bare: value })
    }),
    { numRuns: 500 },
  )
})
