import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest"
import { handler } from "../src/ws/default.ts"
import { as, deliver, logOf, mutter, say, startChat } from "./chat-world.ts"
import * as Conversation from "@backline/core/conversation"

let world: Awaited<ReturnType<typeof startChat>>
beforeAll(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined)
  world = await startChat()
})
afterAll(() => world.stop())
beforeEach(() => {
  world.posted.length = 0
  world.says(() => say("There were ", "7."))
})

/** Sends one frame through `$default`; gives what came back on that socket. */
async function frame(body: string | object, userId = "user-1"): Promise<any[]> {
  const before = world.posted.length
  const text = typeof body === "string" ? body : JSON.stringify(body)
  const requestContext = {
    connectionId: "socket-1",
    requestId: "r",
    routeKey: "$default",
    authorizer: { userId, role: "member", expiresAt: String(Date.now() + 60_000), principalId: userId },
  }
  expect(await handler({ requestContext, body: text, isBase64Encoded: false } as never)).toEqual({ statusCode: 200 })
  return world.posted
    .slice(before)
    .filter(({ connectionId }) => connectionId === "socket-1")
    .map((post) => JSON.parse(post.body))
}

test("ping is acknowledged, with the id as it was sent", async () => {
  expect(await frame({ action: "ping", id: "a" })).toEqual([{ type: "ack", id: "a" }])
  expect(await frame({ action: "ping", id: 7, more: "ignored" })).toEqual([{ type: "ack", id: 7 }])
})

test("a question is acknowledged with its conversation, run and message; the same again is the same", async () => {
  const question = { action: "chat.send", id: "1", text: "How many?", clientId: "c-1" }
  const [first] = await frame(question)
  expect(first).toEqual({
    type: "ack",
    id: "1",
    conversation: expect.stringMatching(/^cnv_/),
    run: expect.stringMatching(/^run_/),
    message: expect.stringMatching(/^msg_/),
  })
  expect(await frame({ ...question, id: "2" })).toEqual([{ ...first, id: "2" }])
  expect(await frame({ ...question, id: "3", text: "Else?" })).toMatchObject([
    { type: "error", id: "3", code: "conflict.idempotency" },
  ])
  const [second] = await frame({ action: "chat.send", id: "4", text: "And?", clientId: "c-2", conversation: first.conversation })
  expect(second.conversation).toBe(first.conversation)
})

const send = (more: object) => ({ action: "chat.send", id: "1", text: "How many?", clientId: "c", ...more })

test.each<[string, string | object, string]>([
  ["text that is not JSON", "{", "input.json"],
  ["nothing", "", "input.json"],
  ["a list", "[]", "input.json"],
  ["a number", "7", "input.json"],
  ["null", "null", "input.json"],
  ["ten thousand brackets", "[".repeat(10_000), "input.json"],
  ["a frame without id", { action: "ping" }, "input.frame"],
  ["an id that is an object", { action: "ping", id: {} }, "input.frame"],
  ["an id of 65 characters", { action: "ping", id: "x".repeat(65) }, "input.frame"],
  ["no action", { id: "1" }, "input.action"],
  ["an unknown action", { action: "room.nuke", id: "1" }, "input.action"],
  ["an action that every object has", { action: "constructor", id: "1" }, "input.action"],
  ["a prototype as action", '{"action":"__proto__","id":"1"}', "input.action"],
  ["an action that is a list", { action: ["ping"], id: "1" }, "input.action"],
  ["a question without text", send({ text: undefined }), "input.invalid"],
  ["a blank question", send({ text: " \n " }), "input.invalid"],
  ["a question of 4,001 characters", send({ text: "x".repeat(4_001) }), "input.invalid"],
  ["a question with NUL", send({ text: "a\0b" }), "input.invalid"],
  ["a question with half a character", '{"action":"chat.send","id":"1","clientId":"c","text":"\\ud800"}', "input.invalid"],
  ["a question without clientId", send({ clientId: undefined }), "input.invalid"],
  ["a clientId of 65 characters", send({ clientId: "x".repeat(65) }), "input.invalid"],
  ["a conversation that is none", send({ conversation: "cnv_x", clientId: "cx" }), "missing.conversation"],
  ["a run that is none", { action: "chat.stop", id: "1", run: "run_x" }, "missing.run"],
  ["a negative offset", { action: "chat.resume", id: "1", run: "run_x", after: -1 }, "input.invalid"],
])("%s gets one error and nothing else", async (_, body, code) => {
  const answers = await frame(body)
  expect(answers).toMatchObject([{ type: "error", code, message: expect.stringMatching(/\S/) }])
  expect(answers[0]).toHaveProperty("id")
})

test("4,000 characters and a clientId of 64 are accepted", async () => {
  expect(await frame(send({ text: "x".repeat(4_000), clientId: "y".repeat(64) }))).toMatchObject([{ type: "ack" }])
})

test("a resume is acknowledged first and then gets the events after its offset, in order", async () => {
  const { runId, conversationId } = await as("user-1", () => Conversation.send({ text: "How many?" }))
  world.says(() => mutter(AbortSignal.timeout(300), 20))
  await deliver(runId)
  const events = await logOf(runId)
  expect(events.length).toBeGreaterThan(3)
  const [ack, ...frames] = await frame({ action: "chat.resume", id: "1", run: runId, after: 2 })
  expect(ack).toEqual({ type: "ack", id: "1" })
  expect(frames).toEqual(
    events.slice(2).map((event) => ({ type: "chat.event", run: runId, conversation: conversationId, ...event })),
  )
})

test("nobody resumes or stops another person's run", async () => {
  const { runId } = await as("user-1", () => Conversation.send({ text: "How many?" }))
  for (const action of ["chat.resume", "chat.stop"])
    expect(await frame({ action, id: "1", run: runId }, "user-2")).toMatchObject([{ type: "error", code: "missing.run" }])
})

test("a stop is acknowledged and ends the run", async () => {
  const { runId } = await as("user-1", () => Conversation.send({ text: "How many?" }))
  expect(await frame({ action: "chat.stop", id: "1", run: runId })).toEqual([{ type: "ack", id: "1" }])
  await deliver(runId)
  expect((await logOf(runId)).at(-1)?.kind).toBe("stopped")
})
