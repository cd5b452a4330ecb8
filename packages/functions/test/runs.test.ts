import { withClock } from "@backline/core/clock"
import * as Connection from "@backline/core/connection"
import * as Conversation from "@backline/core/conversation"
import * as Run from "@backline/core/run"
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest"
import { append, finish, LeaseLost, take } from "../../core/src/run/lease.ts"
import { as, check, deliver, logOf, mutter, say, startChat, stored, textOf } from "./chat-world.ts"

let world: Awaited<ReturnType<typeof startChat>>
beforeAll(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined)
  world = await startChat()
})
afterAll(() => world.stop())
beforeEach(() => world.says(() => say("There were ", "7.")))

const USER = "user-1"
const later = <R>(ms: number, run: () => R): R => withClock({ now: () => Date.now() + ms }, run)
const ask = (text = "How many concerts?", more: { conversationId?: string; clientId?: string } = {}) =>
  as(USER, () => Conversation.send({ text, ...more }))
const messagesOf = async (id: string) => (await as(USER, () => Conversation.messages({ id }))).items

test("a run writes its log from offset 1, ends once, and stores what it sent", async () => {
  await Connection.create({ connectionId: "tab-1", userId: USER, role: "member", expiresAt: Date.now() + 3_600_000 })
  world.posted.length = 0
  const { runId, conversationId, questionId, messageId } = await ask()
  expect(await deliver(runId)).toEqual([])
  const events = await logOf(runId)
  expect(check(events)).toEqual([])
  expect(textOf(events)).toBe("There were 7.")
  expect(events.at(-2)).toEqual({ offset: events.length - 1, kind: "usage", inputTokens: 10, outputTokens: 2, priceMicroUsd: 0 })
  expect(events.at(-1)).toEqual({ offset: events.length, kind: "done", messageId })
  const items = await messagesOf(conversationId)
  expect(items).toMatchObject([
    { id: questionId, role: "user", text: "How many concerts?", state: "done", runId },
    { id: messageId, role: "assistant", text: "There were 7.", state: "done", runId, usage: { inputTokens: 10 } },
  ])
  expect(items.every((item) => !("pk" in item))).toBe(true)
  const frames = world.posted.map(({ body }) => JSON.parse(body))
  expect(frames).toEqual(events.map((event) => ({ type: "chat.event", run: runId, conversation: conversationId, ...event })))
  await Connection.remove({ connectionId: "tab-1", userId: USER })
})

/** Tokens as a small model writes them, about 300 a second, however late a timer is. */
async function* tokens(count: number) {
  const started = performance.now()
  for (let n = 1; n <= count; n++) {
    const left = started + (n * 1_000) / 300 - performance.now()
    if (left > 0) await new Promise((resolve) => setTimeout(resolve, left))
    yield { type: "text" as const, text: `word${n} ` }
  }
  yield { type: "stop" as const, reason: "end_turn" as const }
  yield { type: "usage" as const, inputTokens: 10, outputTokens: count }
}

test("an answer of 500 tokens is at most 30 frames for each of its person's sockets", async () => {
  const sockets = ["one", "two"].map((connectionId) => ({ connectionId, userId: USER }))
  for (const ref of sockets) await Connection.create({ ...ref, role: "member", expiresAt: Date.now() + 3_600_000 })
  world.says(() => tokens(500))
  world.posted.length = 0
  const { runId } = await ask()
  const started = performance.now()
  expect(await deliver(runId)).toEqual([])
  const took = performance.now() - started
  const events = await logOf(runId)
  expect(textOf(events).split(" ")).toHaveLength(501)
  const frames = sockets.map(({ connectionId }) => world.posted.filter((post) => post.connectionId === connectionId).length)
  console.info(`an answer of 500 tokens in ${(took / 1_000).toFixed(2)} s: ${frames.join(" and ")} frames to two sockets`)
  expect(frames).toEqual([events.length, events.length])
  /** A machine that takes longer for the answer sends more of them; what is not text is one frame each. */
  expect(frames[0]).toBeLessThanOrEqual(Math.max(30, Math.ceil(took / 60) + 3))
  for (const ref of sockets) await Connection.remove(ref)
})

test("a log is read in pages after an offset", async () => {
  world.says(() => mutter(AbortSignal.timeout(400), 25))
  const { runId } = await ask()
  await deliver(runId)
  const all = await logOf(runId)
  const seen: Run.RunEvent[] = []
  let after: number | undefined = 0
  while (after !== undefined) {
    const page: Awaited<ReturnType<typeof Run.events>> = await as(USER, () => Run.events({ id: runId, after, limit: 2 }))
    expect(page.state).toBe("done")
    seen.push(...page.events)
    after = page.next
  }
  expect(seen).toEqual(all)
  expect((await as(USER, () => Run.events({ id: runId, after: all.length }))).events).toEqual([])
})

test("of many deliveries of a run, at once and afterwards, one writes and the others do nothing", async () => {
  const { runId } = await ask()
  const failures = await Promise.all(Array.from({ length: 8 }, () => deliver(runId)))
  expect(failures.flat()).toEqual([])
  const events = await logOf(runId)
  expect(await deliver(runId)).toEqual([])
  expect(check(events)).toEqual([])
  expect(world.calls).toBe(1)
  expect(await logOf(runId)).toEqual(events)
})

test("writers that fight for a run never leave a gap, a double or a second end", async () => {
  for (let round = 0; round < 5; round++) {
    const { runId } = await ask()
    // Each writer takes the lease a little later than the last one's has run out, as seen by its own clock.
    const writers = Array.from({ length: 6 }, (_, n) =>
      later(n * 31_000, async () => {
        const lease = await take(runId)
        if (!lease) return "idle"
        try {
          for (let word = 0; word < 8; word++) await append(lease, { kind: "text", text: `${n}` })
          await finish(lease, { kind: "done", messageId: lease.run.messageId }, { text: `${n}`, state: "done" })
          return "wrote"
        } catch (error) {
          if (error instanceof LeaseLost) return "lost"
          throw error
        }
      }),
    )
    const outcomes = await Promise.all(writers)
    expect(outcomes.filter((outcome) => outcome === "wrote")).toHaveLength(1)
    expect(check(await logOf(runId))).toEqual([])
  }
})

test("after a crash the next delivery starts over visibly: the text before is reset, the offsets go on, the end is one", async () => {
  const { runId, conversationId } = await ask()
  const dead = await take(runId)
  await append(dead!, { kind: "text", text: "There we" })
  expect(await deliver(runId)).toEqual([]) // the lease still lives: nothing happens
  expect(await logOf(runId)).toHaveLength(1)
  await later(31_000, () => deliver(runId))
  const events = await logOf(runId)
  expect(check(events)).toEqual([])
  expect(events[1]).toEqual({ offset: 2, kind: "text", text: "", reset: true })
  expect(textOf(events)).toBe("There were 7.")
  expect((await messagesOf(conversationId)).at(-1)?.text).toBe("There were 7.")
  await expect(append(dead!, { kind: "text", text: "re 8" })).rejects.toThrow(LeaseLost)
})

test("the third delivery of a run that keeps crashing ends it instead of asking the model again", async () => {
  const { runId, conversationId } = await ask()
  await take(runId)
  await later(31_000, () => take(runId))
  await later(62_000, () => deliver(runId))
  expect(world.calls).toBe(0)
  expect(await logOf(runId)).toMatchObject([{ offset: 1, kind: "error", code: "unavailable.interrupted" }])
  expect((await messagesOf(conversationId)).at(-1)).toMatchObject({ state: "error", error: { code: "unavailable.interrupted" } })
})

test("a run that nobody came back for is ended when someone asks for it, not before", async () => {
  const { runId } = await ask()
  await take(runId)
  const run = await as(USER, () => Run.get({ id: runId }))
  expect(await later(10 * 60_000, () => Run.closeIfAbandoned(run))).toBe(false)
  expect(await later(16 * 60_000, () => Run.closeIfAbandoned(run))).toBe(true)
  expect(await logOf(runId)).toMatchObject([{ kind: "error", code: "unavailable.interrupted" }])
})

test("a stop ends the answer within two seconds, aborts the model, and keeps what was said", async () => {
  let ended = false
  world.says(async function* (signal) {
    try {
      yield* mutter(signal)
    } finally {
      ended = true
    }
  })
  const { runId, conversationId } = await ask()
  const working = deliver(runId)
  await expect.poll(async () => (await logOf(runId)).length, { timeout: 5_000 }).toBeGreaterThan(2)
  const asked = performance.now()
  await as(USER, () => Run.stop({ id: runId }))
  expect(await working).toEqual([])
  expect(performance.now() - asked).toBeLessThan(2_000)
  const events = await logOf(runId)
  expect(check(events)).toEqual([])
  expect(events.at(-1)?.kind).toBe("stopped")
  expect((await messagesOf(conversationId)).at(-1)).toMatchObject({ state: "stopped", text: textOf(events) })
  await expect.poll(() => ended, { timeout: 2_000 }).toBe(true)
  expect(await as(USER, () => Run.stop({ id: runId }))).toEqual({})
})

test("a run that was stopped before it began never reaches the model", async () => {
  const { runId } = await ask()
  await as(USER, () => Run.stop({ id: runId }))
  await deliver(runId)
  expect([await logOf(runId), world.calls]).toEqual([[{ offset: 1, kind: "stopped" }], 0])
})

test("a model that breaks off leaves an answer that is marked incomplete, with its text", async () => {
  world.says(async function* () {
    yield { type: "text", text: "There were" }
  })
  const { runId, conversationId } = await ask()
  expect(await deliver(runId)).toEqual([])
  const events = await logOf(runId)
  expect(check(events)).toEqual([])
  expect(events.at(-1)).toMatchObject({ kind: "error", code: "unavailable.model" })
  expect((await messagesOf(conversationId)).at(-1)).toMatchObject({ state: "error", text: "There were" })
})

test("sockets that cannot be reached do not fail a run", async () => {
  await Connection.create({ connectionId: "broken", userId: USER, role: "member", expiresAt: Date.now() + 3_600_000 })
  world.statuses.set("broken", 403)
  const { runId } = await ask()
  expect(await deliver(runId)).toEqual([])
  expect(check(await logOf(runId))).toEqual([])
  await Connection.remove({ connectionId: "broken", userId: USER })
})

test("a client id makes a question one question, however often and at once it is sent", async () => {
  world.sent.length = 0
  const answers = await Promise.all(Array.from({ length: 12 }, () => ask("Once?", { clientId: "c-1" })))
  expect(new Set(answers.map(({ runId }) => runId)).size).toBe(1)
  const [{ runId, conversationId }] = answers as [(typeof answers)[0]]
  expect(new Set(world.sent)).toEqual(new Set([JSON.stringify({ runId })]))
  await deliver(runId)
  expect((await ask("Once?", { clientId: "c-1" })).runId).toBe(runId)
  expect((await messagesOf(conversationId)).map(({ role }) => role)).toEqual(["user", "assistant"])
  await expect(ask("Twice?", { clientId: "c-1" })).rejects.toMatchObject({ code: "conflict.idempotency" })
  await expect(as("user-2", () => Conversation.send({ text: "Once?", clientId: "c-1" }))).resolves.not.toMatchObject({ runId })
  expect((await later(25 * 3_600_000, () => ask("Once?", { clientId: "c-1" }))).runId).not.toBe(runId)
})

test("what belongs to another person is as missing as what does not exist", async () => {
  const { runId, conversationId } = await ask()
  const stranger = <R>(run: () => R) => as("user-2", run)
  const fake = conversationId.slice(0, -1) + (conversationId.endsWith("0") ? "1" : "0")
  for (const id of [conversationId, fake, "nonsense"]) {
    await expect(stranger(() => Conversation.get({ id }))).rejects.toMatchObject({ code: "missing.conversation" })
    await expect(stranger(() => Conversation.messages({ id }))).rejects.toMatchObject({ code: "missing.conversation" })
    await expect(stranger(() => Conversation.rename({ id, title: "mine" }))).rejects.toMatchObject({
      code: "missing.conversation",
    })
    await expect(stranger(() => Conversation.remove({ id }))).rejects.toMatchObject({ code: "missing.conversation" })
    await expect(stranger(() => Conversation.send({ text: "?", conversationId: id }))).rejects.toMatchObject({
      code: "missing.conversation",
    })
  }
  for (const id of [runId, "run_nonsense"]) {
    await expect(stranger(() => Run.events({ id }))).rejects.toMatchObject({ code: "missing.run" })
    await expect(stranger(() => Run.stop({ id }))).rejects.toMatchObject({ code: "missing.run" })
  }
  expect((await stranger(() => Conversation.list({}))).items.some(({ id }) => id === conversationId)).toBe(false)
})

test("conversations page newest first, messages oldest first", async () => {
  const user = "user-paging"
  const made: string[] = []
  for (let n = 0; n < 5; n++) made.unshift((await as(user, () => Conversation.create({ title: `C${n}` }))).id)
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page: Awaited<ReturnType<typeof Conversation.list>> = await as(user, () => Conversation.list({ limit: 2, cursor }))
    seen.push(...page.items.map(({ id }) => id))
    cursor = page.next
  } while (cursor)
  expect(seen).toEqual(made)
  await expect(
    as(user, () => Conversation.list({ cursor: Buffer.from("client#x").toString("base64url") })),
  ).rejects.toMatchObject({ code: "input.cursor" })
  const first = await as(user, () => Conversation.rename({ id: made[0]!, title: "  New name " }))
  expect(first.title).toBe("New name")
})

test("removing a conversation in the middle of an answer leaves nothing of it, and the worker goes quietly", async () => {
  world.says((signal) => mutter(signal))
  const { runId, conversationId } = await ask()
  const working = deliver(runId)
  await expect.poll(async () => (await logOf(runId)).length, { timeout: 5_000 }).toBeGreaterThan(1)
  await as(USER, () => Conversation.remove({ id: conversationId }))
  expect(await working).toEqual([])
  const left = (await stored()).filter(
    (item) => JSON.stringify(item).includes(runId) || JSON.stringify(item).includes(conversationId),
  )
  expect(left.filter(({ sk }) => !String(sk).startsWith("client#"))).toEqual([])
})
