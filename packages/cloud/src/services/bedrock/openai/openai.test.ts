import { afterAll, beforeAll, expect, test } from "vitest"
import type { ConverseRequest, Piece } from "../request.ts"
import { delta, fakeOpenAi, stream } from "./fake-server.ts"
import { openAi } from "./index.ts"

let server: Awaited<ReturnType<typeof fakeOpenAi>>
beforeAll(async () => {
  server = await fakeOpenAi()
})
afterAll(() => server.stop())

const question: ConverseRequest = { messages: [{ role: "user", content: [{ text: "How many?" }] }] }

async function ask(request = question, options: { silenceMs?: number; signal?: AbortSignal } = {}) {
  const model = openAi(
    { BACKLINE_MODEL_URL: server.url, BACKLINE_MODEL_KEY: "key", BACKLINE_MODEL_NAME: "small" },
    options.silenceMs,
  )!
  const pieces: Piece[] = []
  try {
    for await (const piece of model.answer(request, options.signal ?? new AbortController().signal)) pieces.push(piece)
    return { pieces }
  } catch (error) {
    return { pieces, error: error as { code: string; status: number; message: string } }
  }
}

test("text, stop reason and usage come back as Converse has them", async () => {
  server.answer(
    stream([
      delta({ content: "There were " }),
      delta({ content: "7." }),
      delta({}, "stop"),
      { choices: [], usage: { prompt_tokens: 12, completion_tokens: 5 } },
    ]),
  )
  expect((await ask()).pieces).toEqual([
    { type: "text", text: "There were " },
    { type: "text", text: "7." },
    { type: "stop", reason: "end_turn" },
    { type: "usage", inputTokens: 12, outputTokens: 5 },
  ])
  expect(server.seen.at(-1)?.headers.authorization).toBe("Bearer key")
})

test("tool calls that arrive in parts and interleaved are put together", async () => {
  const call = (index: number, more: object) => delta({ tool_calls: [{ index, ...more }] })
  server.answer(
    stream([
      call(0, { id: "a", function: { name: "one", arguments: '{"x"' } }),
      call(1, { id: "b", function: { name: "two", arguments: "{}" } }),
      call(0, { function: { arguments: ":1}" } }),
      delta({}, "tool_calls"),
    ]),
  )
  expect((await ask()).pieces.slice(0, 5)).toEqual([
    { type: "tool", id: "a", name: "one" },
    { type: "input", json: '{"x":1}' },
    { type: "tool", id: "b", name: "two" },
    { type: "input", json: "{}" },
    { type: "stop", reason: "tool_use" },
  ])
})

test("system, tools, tool uses and their results go over in the server's words", async () => {
  server.answer(stream([delta({ content: "ok" }), delta({}, "stop")]))
  await ask({
    system: [{ text: "Be short." }],
    messages: [
      { role: "user", content: [{ text: "q" }] },
      { role: "assistant", content: [{ text: "let me see" }, { toolUse: { toolUseId: "t1", name: "count", input: { a: 1 } } }] },
      { role: "user", content: [{ toolResult: { toolUseId: "t1", content: [{ json: { rows: [] } }] } }] },
    ],
    toolConfig: { tools: [{ toolSpec: { name: "count", description: "counts", inputSchema: { json: { type: "object" } } } }] },
    inferenceConfig: { maxTokens: 100, temperature: 0 },
  })
  expect(server.seen.at(-1)?.body).toEqual({
    model: "small",
    stream: true,
    stream_options: { include_usage: true },
    messages: [
      { role: "system", content: "Be short." },
      { role: "user", content: "q" },
      {
        role: "assistant",
        content: "let me see",
        tool_calls: [{ id: "t1", type: "function", function: { name: "count", arguments: '{"a":1}' } }],
      },
      { role: "tool", tool_call_id: "t1", content: '{"rows":[]}' },
    ],
    tools: [{ type: "function", function: { name: "count", description: "counts", parameters: { type: "object" } } }],
    tool_choice: "auto",
    max_tokens: 100,
    temperature: 0,
  })
})

test("an answer that reached its length says so, with the tool input as far as it came", async () => {
  server.answer(
    stream([
      delta({ tool_calls: [{ index: 0, id: "a", function: { name: "one", arguments: '{"x": "cu' } }] }),
      delta({}, "length"),
    ]),
  )
  const { pieces } = await ask()
  expect(pieces).toContainEqual({ type: "input", json: '{"x": "cu' })
  expect(pieces).toContainEqual({ type: "stop", reason: "max_tokens" })
})

test.each([
  [429, "ThrottlingException", 429],
  [401, "AccessDeniedException", 403],
  [404, "ResourceNotFoundException", 404],
  [400, "ValidationException", 400],
  [503, "ServiceUnavailableException", 503],
  [500, "ModelErrorException", 424],
])("status %i is %s", async (status, code, mapped) => {
  server.answer((_, response) => response.writeHead(status).end(JSON.stringify({ error: { message: "said the server" } })))
  const { error } = await ask()
  expect({ code: error?.code, status: error?.status }).toEqual({ code, status: mapped })
  expect(error?.message).toContain("said the server")
})

test("a stream that ends without a finish reason is an error, however much text it had", async () => {
  server.answer(stream([delta({ content: "There were" })]))
  const { pieces, error } = await ask()
  expect(pieces).toEqual([{ type: "text", text: "There were" }])
  expect(error?.code).toBe("ModelStreamErrorException")
})

test("a line that breaks, and a server that is not there, are told apart from an answer", async () => {
  server.answer(stream([delta({ content: "There" })], { done: false }))
  expect((await ask()).error?.code).toBe("ServiceUnavailableException")
  const nobody = openAi({ BACKLINE_MODEL_URL: "http://127.0.0.1:1/v1" })!
  await expect(nobody.answer(question, new AbortController().signal)[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    code: "ServiceUnavailableException",
    message: expect.stringContaining("unset BACKLINE_MODEL_URL"),
  })
})

test("a silent server times out", async () => {
  server.answer((_, response) => response.writeHead(200).flushHeaders())
  expect((await ask(question, { silenceMs: 50 })).error?.code).toBe("ModelTimeoutException")
})

test("without a URL there is no such model, and a wrong one is refused by name", () => {
  expect(openAi({})).toBeUndefined()
  expect(() => openAi({ BACKLINE_MODEL_URL: "localhost" })).toThrow("BACKLINE_MODEL_URL is not a URL")
})
