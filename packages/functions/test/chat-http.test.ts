import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest"
import * as chatPost from "../src/http/chat-post.ts"
import * as conversationDelete from "../src/http/conversation-delete.ts"
import * as conversationGet from "../src/http/conversation-get.ts"
import * as conversationPatch from "../src/http/conversation-patch.ts"
import * as conversationsList from "../src/http/conversations-list.ts"
import * as messagesList from "../src/http/messages-list.ts"
import * as runGet from "../src/http/run-get.ts"
import * as runStop from "../src/http/run-stop.ts"
import * as Conversation from "@backline/core/conversation"
import * as Run from "@backline/core/run"
import { AwsError } from "../../cloud/src/service.ts"
import type { ConverseRequest } from "../../cloud/src/services/bedrock/request.ts"
import { as, deliver, mutter, say, startChat } from "./chat-world.ts"

let world: Awaited<ReturnType<typeof startChat>>
beforeAll(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined)
  world = await startChat()
})
afterAll(() => world.stop())
beforeEach(() => {
  world.sent.length = 0
  world.says(() => say("There were ", "7."))
})

interface Call {
  body?: unknown
  path?: Record<string, string>
  query?: Record<string, string>
  user?: string
}

async function call(
  route: { handler(event: never): Promise<{ statusCode?: number; body?: string; headers?: object }> },
  { body, path, query, user = "user-1" }: Call = {},
) {
  const {
    statusCode,
    body: text,
    headers,
  } = await route.handler({
    requestContext: {
      requestId: "r",
      authorizer: { jwt: { claims: { sub: user, token_use: "access", "cognito:groups": "[member]" } } },
    },
    routeKey: "test",
    pathParameters: path,
    queryStringParameters: query,
    body: body && JSON.stringify(body),
  } as never)
  return { status: statusCode, json: JSON.parse(text ?? "null"), headers: headers as Record<string, string> }
}

/** The queue at work: delivers what was sent until the test is over. */
async function answering<R>(run: () => Promise<R>): Promise<R> {
  let over = false
  const worker = (async () => {
    while (!over) {
      const body = world.sent.shift()
      if (body) await deliver(JSON.parse(body).runId)
      else await new Promise((resolve) => setTimeout(resolve, 10))
    }
  })()
  try {
    return await run()
  } finally {
    over = true
    await worker
  }
}

test("POST /chat waits for the answer and gives it with its proof and price", async () => {
  const { status, json } = await answering(() => call(chatPost, { body: { text: "How many?" } }))
  expect([status, json]).toEqual([
    200,
    {
      conversationId: expect.stringMatching(/^cnv_/),
      runId: expect.stringMatching(/^run_/),
      messageId: expect.stringMatching(/^msg_/),
      state: "done",
      text: "There were 7.",
      receipts: [],
      usage: { inputTokens: 10, outputTokens: 2, priceMicroUsd: 0 },
    },
  ])
  const messages = await call(messagesList, { path: { id: json.conversationId } })
  expect(messages.json.items.map(({ id, role }: any) => [id === json.messageId, role])).toEqual([
    [false, "user"],
    [true, "assistant"],
  ])
  const log = await call(runGet, { path: { id: json.runId }, query: { after: "1" } })
  expect(log.json).toMatchObject({ runId: json.runId, conversationId: json.conversationId, state: "done" })
  expect(log.json.events.map(({ offset }: any) => offset)).toEqual(log.json.events.map((_: any, n: number) => n + 2))
  expect(log.json.events.at(-1).kind).toBe("done")
})

test("an answer that failed before its first word is the request's error, with the run to look at and when to come back", async () => {
  world.says(async function* () {
    throw new AwsError("ThrottlingException", "Slow down.", 429, {}, { "retry-after": "12" })
  })
  const { status, json, headers } = await answering(() => call(chatPost, { body: { text: "How many?" } }))
  expect([status, json.code, headers["retry-after"]]).toEqual([503, "unavailable.model", "12"])
  expect(json.message).toBe("The model is busy. It was asked once. Ask again in 12 s.")
  expect(json.details).toEqual([{ path: "runId", message: expect.stringMatching(/^run_/) }])
})

test("an answer that broke off is given as far as it came, marked incomplete, and the next question has it before it", async () => {
  world.says(async function* () {
    yield { type: "text", text: "Half an ans" }
  })
  const { status, json } = await answering(() => call(chatPost, { body: { text: "How many?" } }))
  expect([status, json]).toEqual([
    200,
    {
      conversationId: expect.any(String),
      runId: expect.any(String),
      messageId: expect.any(String),
      state: "error",
      text: "Half an ans",
      receipts: [],
      usage: { inputTokens: 0, outputTokens: 0, priceMicroUsd: 0 },
      incomplete: { code: "unavailable.model", message: expect.stringContaining("broke off"), reason: "cut" },
    },
  ])
  let asked: ConverseRequest | undefined
  world.says((_signal, _call, request) => {
    asked = request
    return say("wer: 7.")
  })
  const next = { text: "Go on where your answer broke off.", conversationId: json.conversationId }
  expect((await answering(() => call(chatPost, { body: next }))).json).toMatchObject({ state: "done", text: "wer: 7." })
  expect(asked!.messages).toEqual([
    { role: "user", content: [{ text: "How many?" }] },
    { role: "assistant", content: [{ text: "Half an ans" }] },
    { role: "user", content: [{ text: "Go on where your answer broke off." }] },
  ])
})

test("an answer that takes longer than one waits is given as far as it came", async () => {
  world.says((signal) => mutter(signal, 20))
  const question = { text: "How many?" }
  const given = await answering(() =>
    as("user-1", async () => {
      const early = await Conversation.ask(question, 1_500)
      await Run.stop({ id: early.runId })
      return early
    }),
  )
  expect(given).toMatchObject({ state: "running", text: expect.stringMatching(/^1 2 3 /) })
})

test("bad questions are 400 with their path", async () => {
  for (const body of [{}, { text: "" }, { text: 7 }, { text: "x".repeat(4_001) }, { text: "ok", clientId: "x".repeat(65) }]) {
    const { status, json } = await call(chatPost, { body })
    expect([status, json.code]).toEqual([400, "input.invalid"])
    expect(json.details[0].path).toMatch(/^(text|clientId)$/)
  }
})

test("a conversation is listed, renamed and removed by its owner, and missing for everybody else", async () => {
  const { json } = await answering(() =>
    call(chatPost, { body: { text: "What was played   on 16 December 1893, and where, and by whom, and for how long?" } }),
  )
  const path = { id: json.conversationId as string }
  const listed = await call(conversationsList)
  expect(listed.json.items[0]).toEqual({
    id: path.id,
    title: "What was played on 16 December 1893, and where, and by whom…",
    createdAt: expect.any(Number),
    updatedAt: expect.any(Number),
  })
  expect((await call(conversationPatch, { path, body: { title: "Dvořák" } })).json.title).toBe("Dvořák")
  expect((await call(conversationPatch, { path, body: { title: "" } })).status).toBe(400)
  for (const route of [conversationGet, messagesList, conversationPatch, conversationDelete])
    expect((await call(route, { path, body: { title: "x" }, user: "user-2" })).json.code).toBe("missing.conversation")
  for (const route of [runGet, runStop])
    expect((await call(route, { path: { id: json.runId }, user: "user-2" })).json.code).toBe("missing.run")
  expect((await call(conversationGet, { path })).json.title).toBe("Dvořák")
  expect((await call(conversationDelete, { path })).status).toBe(200)
  expect((await call(conversationGet, { path })).status).toBe(404)
  expect((await call(runGet, { path: { id: json.runId } })).status).toBe(404)
})

test("limits and cursors of lists are checked", async () => {
  expect((await call(conversationsList, { query: { limit: "0" } })).status).toBe(400)
  expect((await call(conversationsList, { query: { limit: "101" } })).status).toBe(400)
  expect((await call(conversationsList, { query: { cursor: "nonsense" } })).json.code).toBe("input.cursor")
})
