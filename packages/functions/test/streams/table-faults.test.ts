import { withClock } from "@backline/core/clock"
import * as Connection from "@backline/core/connection"
import * as Conversation from "@backline/core/conversation"
import * as Run from "@backline/core/run"
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest"
import { as, check, deliver, logOf, startChat, textOf } from "../chat-world.ts"
import { settled } from "./settled.ts"
import { startTableFaults } from "./table-faults.ts"

const USER = "user-faults"
let world: Awaited<ReturnType<typeof startChat>>
let table: Awaited<ReturnType<typeof startTableFaults>>
beforeAll(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined)
  world = await startChat()
  table = await startTableFaults()
  await Connection.create({ connectionId: "tab", userId: USER, role: "member", expiresAt: Date.now() + 3_600_000 })
})
afterAll(async () => {
  table.stop()
  await world.stop()
})

/** Each word is a piece of its own in the log. */
async function* slowly(...words: string[]) {
  for (const text of words) {
    yield { type: "text" as const, text }
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
  yield { type: "stop" as const, reason: "end_turn" as const }
}
beforeEach(() => {
  table.fails(() => undefined)
  world.hidden.length = 0
  world.says(() => slowly("one ", "two ", "three ", "four "))
})

const later = <R>(ms: number, run: () => R): R => withClock({ now: () => Date.now() + ms }, run)
const isTransaction = (operation: string): boolean => operation === "TransactWriteItems"
const incomplete = { kind: "error", code: "unavailable.table", text: "one two " } as const

test.each([
  "ThrottlingException",
  "ProvisionedThroughputExceededException",
  "ValidationException",
  "ItemCollectionSizeLimitExceededException",
  "AccessDeniedException",
])(
  "a word that the table refuses with %s for good ends the answer before it, and everybody sees that",
  async (error) => {
    const code = error === "AccessDeniedException" ? "internal.denied" : incomplete.code
    table.fails(({ operation, body }) => (isTransaction(operation) && body.includes('"three ') ? { error } : undefined))
    await settled(world, USER, { ...incomplete, code })
    expect(world.hidden).toEqual([])
  },
  30_000,
)

test("an end that the table refuses with all of its answer is stored with its text alone", async () => {
  let refused = 0
  table.fails(({ operation, body }) =>
    isTransaction(operation) && body.includes('"usage"') && body.includes('"assistant"') && ++refused > 0
      ? { error: "ValidationException" }
      : undefined,
  )
  world.says(async function* () {
    yield* slowly("one ")
    yield { type: "usage", inputTokens: 1, outputTokens: 1 }
  })
  const { runId, conversationId, messageId } = await as(USER, () => Conversation.send({ text: "How many?" }))
  expect(await deliver(runId)).toEqual([])
  expect(refused).toBe(1)
  expect(check(await logOf(runId))).toEqual([])
  const { items } = await as(USER, () => Conversation.messages({ id: conversationId }))
  expect(items.find(({ id }) => id === messageId)).toMatchObject({ state: "done", text: "one " })
})

test("an end that is throttled for some seconds is stored after them", async () => {
  const until = Date.now() + 3_000
  table.fails(({ operation, body }) =>
    isTransaction(operation) && body.includes('"assistant"') && Date.now() < until ? { error: "ThrottlingException" } : undefined,
  )
  await settled(world, USER, { kind: "done", text: "one two three four " })
}, 30_000)

test("answers of the table that are lost lose and double nothing", async () => {
  const lost = new Map<string, number>()
  table.fails(({ operation, body }) => {
    if (!isTransaction(operation)) return undefined
    const times = lost.get(body) ?? 0
    lost.set(body, times + 1)
    return times === 0 ? "answer is lost" : undefined
  })
  await settled(world, USER, { kind: "done", text: "one two three four " })
}, 30_000)

test("what may never be written is ended by a later delivery, each one later than the one before, with the words that readers have", async () => {
  const { runId, conversationId, messageId } = await as(USER, () => Conversation.send({ text: "How many?" }))
  let texts = 0
  table.fails(({ operation, body }) =>
    isTransaction(operation) && (texts >= 2 || (body.includes('"text"') && ++texts > 2))
      ? { error: "AccessDeniedException" }
      : undefined,
  )
  const started = performance.now()
  expect(await deliver(runId, 1)).toHaveLength(1)
  expect(performance.now() - started).toBeLessThan(10_000)
  expect(await later(31_000, () => deliver(runId, 2))).toHaveLength(1)
  expect(world.hidden).toEqual([35, 70])
  table.fails(() => undefined)
  expect(await later(62_000, () => deliver(runId, 3))).toEqual([])
  const events = await logOf(runId)
  expect(check(events)).toEqual([])
  expect(events.at(-1)).toMatchObject({ kind: "error", code: "unavailable.interrupted", incomplete: true })
  const { items } = await as(USER, () => Conversation.messages({ id: conversationId }))
  expect(items.find(({ id }) => id === messageId)).toMatchObject({ state: "error", incomplete: true, text: textOf(events) })
  expect(textOf(events)).toMatch(/^one /)
}, 30_000)

test("a run that no delivery comes back for is ended by who asks for its log, with the words that readers have", async () => {
  const { runId, conversationId } = await as(USER, () => Conversation.send({ text: "How many?" }))
  table.fails(({ operation, body }) =>
    isTransaction(operation) && (!body.includes('"one ') || body.includes('"assistant"'))
      ? { error: "AccessDeniedException" }
      : undefined,
  )
  expect(await deliver(runId)).toHaveLength(1)
  table.fails(() => undefined)
  const page = () => as(USER, () => Run.events({ id: runId }))
  expect((await page()).state).toBe("running")
  const ended = await later(16 * 60_000, page)
  expect([ended.state, ended.events.at(-1)]).toMatchObject(["error", { code: "unavailable.interrupted", incomplete: true }])
  const { items } = await as(USER, () => Conversation.messages({ id: conversationId }))
  expect(items.at(-1)).toMatchObject({ role: "assistant", state: "error", incomplete: true, text: "one " })
}, 30_000)
