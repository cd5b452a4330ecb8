import { expect, test } from "vitest"
import { contentOf, readFilter } from "./filter.ts"

const filter = (service: string, ...patterns: unknown[]) =>
  readFilter({ Filters: patterns.map((each) => ({ Pattern: JSON.stringify(each) })) }, service, "Source")

test("without criteria everything passes; several filters are or-ed", () => {
  expect(readFilter(undefined, "sqs", "Source")).toMatchObject({ isOn: false })
  const { passes } = filter("sqs", { body: { kind: ["a"] } }, { body: { size: [{ numeric: [">", 5] }] } })
  const bodies = ['{"kind":"a"}', '{"kind":"b","size":6}', '{"kind":"b","size":5}']
  expect(bodies.map((body) => passes({ body: contentOf(body) }))).toEqual([true, true, false])
})

/** The table of https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html */
test.each<[string, unknown, boolean]>([
  ["plain", { body: ["plain"] }, true],
  ["other", { body: ["plain"] }, false],
  ["plain", { body: { kind: ["a"] } }, false],
  ["plain", { body: { kind: [{ exists: false }] } }, false],
  ['{"kind":"a"}', { body: ["plain"] }, false],
  ['{"kind":"a"}', { body: { kind: ["a"] } }, true],
  ['{"kind":"a"}', { body: { other: [{ exists: false }] } }, true],
  ["7", { body: ["7"] }, true],
])("a body %s and the pattern %j", (body, pattern, expected) => {
  expect(filter("sqs", pattern).passes({ body: contentOf(body) })).toBe(expected)
})

test("records of tables are filtered by any of their fields", () => {
  const { passes } = filter("dynamodb", { eventName: ["INSERT"], dynamodb: { NewImage: { kind: { S: [{ prefix: "room#" }] } } } })
  const record = (eventName: string, S: string) => ({ eventName, dynamodb: { NewImage: { kind: { S } } } })
  expect([record("INSERT", "room#1"), record("INSERT", "user#1"), record("REMOVE", "room#1")].map(passes)).toEqual([
    true,
    false,
    false,
  ])
})

test("what Lambda would refuse is refused by name", () => {
  expect(() => filter("sqs", { body: { a: [{ wildcard: "*" }] } })).toThrow("Unrecognized match type wildcard")
  expect(() => filter("kinesis", { partitionKey: ["a"] })).toThrow(
    "NOT_SIMULATED: FilterCriteria of Source: filters of this source look at data",
  )
  expect(() => filter("sqs", ...Array.from({ length: 6 }, () => ({ body: ["a"] })))).toThrow("at most 5 filters")
  expect(() => filter("sqs", { body: ["x".repeat(4_100)] })).toThrow("at most 4096 characters")
  expect(() => readFilter({ Filters: [{ Pattern: "{" }] }, "sqs", "Source")).toThrow("is no JSON")
})
