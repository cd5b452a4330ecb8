import { beforeEach, expect, it, vi } from "vitest"
import type { Item } from "./index.ts"

/** Answers by turn; the last one stays. */
let answers: ((input: any) => unknown)[] = []
let sent: any[] = []
vi.mock("../aws.ts", () => ({
  dynamo: () => ({
    send: async ({ input }: { input: unknown }) => {
      sent.push(structuredClone(input))
      return (answers.length > 1 ? answers.shift()! : answers[0]!)(input)
    },
  }),
}))
const { getAll, queryAll, transact, unlessRefused, writeAll } = await import("./index.ts")

const fail =
  (name: string, more: object = {}) =>
  () => {
    throw Object.assign(new Error(name), { name }, more)
  }
const cancelled = (...codes: string[]) =>
  fail("TransactionCanceledException", { CancellationReasons: codes.map((Code) => ({ Code })) })
const put = (sk: string) => ({ Put: { TableName: "t", Item: { pk: "a", sk } } })

beforeEach(() => {
  sent = []
  vi.spyOn(Math, "random").mockReturnValue(0)
})

it("a transaction names the steps that refused it, whatever was left out of it", async () => {
  answers = [cancelled("None", "ConditionalCheckFailed", "None")]
  const refused = await transact({ one: put("1"), none: undefined, two: put("2"), three: put("3") })
  expect([...refused]).toEqual(["two"])
  expect(sent).toEqual([{ TransactItems: [put("1"), put("2"), put("3")] }])
  answers = [() => ({})]
  expect((await transact({ one: put("1") })).size).toBe(0)
})

it("a transaction that only met another is tried again, and throws in the end what it met", async () => {
  answers = [cancelled("TransactionConflict", "None"), fail("TransactionInProgressException"), () => ({})]
  expect((await transact({ one: put("1"), two: put("2") })).size).toBe(0)
  expect(sent).toHaveLength(3)
  answers = [cancelled("TransactionConflict")]
  await expect(transact({ one: put("1") })).rejects.toThrow("TransactionCanceledException")
  expect(sent).toHaveLength(9)
  await expect(transact({ one: put("1") }, 1)).rejects.toThrow("TransactionCanceledException")
  expect(sent).toHaveLength(10)
  answers = [fail("ValidationException")]
  await expect(transact({ one: put("1") })).rejects.toThrow("ValidationException")
  expect(sent).toHaveLength(11)
})

it("a refused condition is no error, any other error is", async () => {
  expect(await unlessRefused(Promise.resolve(1))).toBe(1)
  expect(await unlessRefused(Promise.resolve().then(fail("ConditionalCheckFailedException")))).toBeUndefined()
  await expect(unlessRefused(Promise.resolve().then(fail("ThrottlingException")))).rejects.toThrow("ThrottlingException")
})

it("items stand where their keys stood, a hundred in a call, and what was left over is asked for again", async () => {
  const keys = Array.from({ length: 120 }, (_, n) => (n === 5 ? undefined : { pk: "a", sk: String(n) }))
  answers = [
    ({ RequestItems: { t } }) => ({
      Responses: { t: t.Keys.slice(1).toReversed() },
      UnprocessedKeys: { t: { Keys: t.Keys.slice(0, 1) } },
    }),
    ({ RequestItems: { t } }) => ({ Responses: { t: t.Keys.filter(({ sk }: Item) => sk !== "119") } }),
  ]
  const items = await getAll("t", keys)
  expect(items).toEqual(keys.map((key) => (key?.sk === "119" ? undefined : key)))
  expect(sent.map(({ RequestItems: { t } }) => t.Keys.length)).toEqual([100, 1, 19])
})

it("what is left over again and again ends, in the words of who asks", async () => {
  answers = [({ RequestItems: { t } }) => ({ UnprocessedKeys: { t }, UnprocessedItems: { t } })]
  await expect(getAll("t", [{ pk: "a", sk: "1" }])).rejects.toMatchObject({ code: "unavailable.table" })
  expect(sent).toHaveLength(6)
  const writes = [{ DeleteRequest: { Key: { pk: "a", sk: "1" } } }]
  await expect(writeAll("t", writes, () => new Error("not now"))).rejects.toThrow("not now")
})

it("a query goes on until DynamoDB says that there is no more", async () => {
  answers = [() => ({ Items: [{ n: 1 }], LastEvaluatedKey: { pk: "a", sk: "1" } }), () => ({ Items: [{ n: 2 }] })]
  expect(await queryAll({ TableName: "t" })).toEqual([{ n: 1 }, { n: 2 }])
  expect(sent[1].ExclusiveStartKey).toEqual({ pk: "a", sk: "1" })
})
