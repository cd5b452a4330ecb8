import * as Connection from "@backline/core/connection"
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest"
import { createTestCloud } from "../../../cloud/src/endpoint/test-cloud.ts"
import { bedrock } from "../../../cloud/src/services/bedrock/index.ts"
import { delta, fakeOpenAi, type Script, stream } from "../../../cloud/src/services/bedrock/openai/fake-server.ts"
import { openAi } from "../../../cloud/src/services/bedrock/openai/index.ts"
import { startChat } from "../chat-world.ts"
import { type Ends, PATIENCE_MS, settled } from "./settled.ts"

/** What servers that call themselves compatible with OpenAI answer, as far as public reports tell: each run ends once, with what was said. */
const USER = "user-servers"
let world: Awaited<ReturnType<typeof startChat>>
let server: Awaited<ReturnType<typeof fakeOpenAi>>
let cloud: Awaited<ReturnType<typeof createTestCloud>>
beforeAll(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined)
  world = await startChat()
  server = await fakeOpenAi()
  cloud = await createTestCloud({ services: [bedrock({ model: openAi({ BACKLINE_MODEL_URL: server.url }) })] })
  Object.assign(process.env, { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: cloud.awsUrl, MODEL_PATIENCE_MS: String(PATIENCE_MS) })
  await Connection.create({ connectionId: "tab", userId: USER, role: "member", expiresAt: Date.now() + 3_600_000 })
})
afterAll(async () => {
  await cloud.stop()
  server.stop()
  await world.stop()
})
beforeEach(() => void (server.seen.length = 0))

const whole: Ends = { kind: "done", text: "There were 7." }
const failed = (reason: string, more: Partial<Ends> = {}): Ends => ({ kind: "error", code: "unavailable.model", reason, ...more })
const STOP = delta({}, "stop")
const ANSWER = stream([delta({ content: "There were " }), delta({ content: "7." }), STOP])
const says = (...contents: unknown[]): Script => stream([...contents.map((content) => delta({ content })), STOP])
const body = (text: string, { status = 200, type = "application/json", headers = {} } = {}): Script => {
  return (_, response) => response.writeHead(status, { "content-type": type, ...headers }).end(text)
}
const message = { role: "assistant", content: "There were 7." }
const JSON_ANSWER = { choices: [{ index: 0, message, finish_reason: "stop" }], usage: { prompt_tokens: 3, completion_tokens: 4 } }
const call = (more: object) => delta({ tool_calls: [{ index: 0, id: "a", ...more }] })
const call7 = { name: "find_names", arguments: { text: "Harpa" } }
const silent: Script = () => undefined
const events = (...lines: string[]): Script => body(lines.join("\n"), { type: "text/event-stream" })
const data = (chunk: object): string => `data: ${JSON.stringify(chunk)}\n`
const HTML = "<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>"

const STREAMS: [string, readonly Script[], Ends][] = [
  ["a plain answer", [ANSWER], whole],
  // https://docs.mistral.ai/capabilities/reasoning/
  ["a list of parts", [says([{ type: "text", text: "There were 7." }])], whole],
  [
    "parts of thinking among parts of text",
    [
      says(
        [{ type: "thinking", thinking: [{ type: "text", text: "Let me see" }] }],
        [
          { type: "text", text: "There " },
          { type: "text", text: "were 7." },
        ],
      ),
    ],
    whole,
  ],
  [
    "parts that are texts, or hold one as a value",
    [says(["There ", { type: "text", text: { value: "were " } }], { type: "output_text", text: "7." })],
    whole,
  ],
  [
    "parts that are nothing of ours",
    [says([null, 7, { type: "image_url", image_url: { url: "x" } }, { type: "reference", reference_ids: [1] }], "There were 7.")],
    whole,
  ],
  [
    "a tool's input as a value instead of its text",
    [stream([call({ function: call7 }), delta({}, "tool_calls")]), ANSWER],
    { ...whole, calls: 2 },
  ],
  ["one body of JSON although a stream was asked for", [body(JSON.stringify(JSON_ANSWER))], whole],
  [
    "such a body over many lines, as text of no type",
    [body(`\n${JSON.stringify(JSON_ANSWER, null, 2)}\n`, { type: "text/plain" })],
    whole,
  ],
  [
    "such a body with parts",
    [
      body(
        JSON.stringify({ choices: [{ message: { content: [{ type: "text", text: "There were 7." }] }, finish_reason: "stop" }] }),
      ),
    ],
    whole,
  ],
  [
    "such a body with calls of tools",
    [
      body(
        JSON.stringify({
          choices: [{ message: { content: null, tool_calls: [{ id: "a", function: call7 }] }, finish_reason: "tool_calls" }],
        }),
      ),
      ANSWER,
    ],
    { ...whole, calls: 2 },
  ],
  ["such a body that is cut", [body(JSON.stringify(JSON_ANSWER).slice(0, 40))], failed("cut", { text: "" })],
  [
    "an error with status 200",
    [body(JSON.stringify({ error: { message: "Slow down", code: "rate_limit_exceeded" } }))],
    failed("busy", { calls: 4 }),
  ],
  ["events without the last end of line", [events(data(delta({ content: "There were 7." })), data(STOP).trimEnd())], whole],
  [
    "events whose lines end in a carriage return",
    [
      body([delta({ content: "There were 7." }), STOP].map((each) => `data: ${JSON.stringify(each)}\r\r`).join(""), {
        type: "text/event-stream",
      }),
    ],
    whole,
  ],
  [
    "429 with Retry-After",
    [body("{}", { status: 429, headers: { "retry-after": "40" } })],
    failed("busy", { calls: 1, retryAfterMs: 40_000 }),
  ],
  [
    "429 with a Retry-After of a second, then the answer",
    [body("{}", { status: 429, headers: { "retry-after": "1" } }), ANSWER],
    { ...whole, calls: 2 },
  ],
  ["429 without one", [body("{}", { status: 429 })], failed("busy", { calls: 4, retryAfterMs: 20_000 })],
  [
    "529, overloaded",
    [body(JSON.stringify({ error: { type: "overloaded_error" } }), { status: 529 })],
    failed("busy", { calls: 4 }),
  ],
  [
    "502 with a page",
    [body(HTML, { status: 502, type: "text/html" })],
    failed("unreachable", { calls: 4, retryAfterMs: 60_000 }),
  ],
  [
    "503 with Retry-After",
    [body("", { status: 503, headers: { "retry-after": "90" } })],
    failed("unreachable", { calls: 1, retryAfterMs: 90_000 }),
  ],
  ["500", [body("{}", { status: 500 })], failed("unreachable", { calls: 4 })],
  ["a key that is refused", [body("{}", { status: 401 })], { kind: "error", code: "internal.denied", calls: 1 }],
  ["a page with status 200", [body(HTML, { type: "text/html" })], failed("cut", { calls: 4 })],
  ["an empty body", [body("")], failed("cut", { calls: 4 })],
  [
    "an event that is not JSON",
    [events(data(delta({ content: "There were " })), "data: {oops\n\n")],
    failed("cut", { text: "There were " }),
  ],
  ["an end without a reason", [stream([delta({ content: "Half an ans" })])], failed("cut", { text: "Half an ans", calls: 1 })],
  [
    "an end without a reason and without [DONE]",
    [events(data(delta({ content: "Half an ans" })))],
    failed("cut", { text: "Half an ans", calls: 1 }),
  ],
  [
    "a reason that nobody knows",
    [stream([delta({ content: "Half an ans" }), delta({}, "insufficient_system_resource")])],
    failed("stop", { stopReason: "insufficient_system_resource", text: "Half an ans" }),
  ],
  ["a reason by another name", [stream([delta({ content: "There were 7." }), delta({}, "eos_token")])], whole],
  [
    "a length by another name",
    [stream([delta({ content: "There were " }), delta({}, "model_length")])],
    { kind: "error", code: "limit.tokens", text: "There were " },
  ],
  [
    "an error in the middle",
    [stream([delta({ content: "There were " }), { error: { message: "overloaded", type: "overloaded_error" } }])],
    failed("busy", { text: "There were ", calls: 1 }),
  ],
  [
    "an error in the middle that is only text",
    [stream([delta({ content: "There were " }), { error: "out of memory" }])],
    failed("unreachable", { text: "There were ", calls: 1 }),
  ],
  [
    "a connection that is gone in the middle",
    [stream([delta({ content: "There were " })], { done: false })],
    { kind: "error", code: "unavailable.model" },
  ],
  ["silence instead of an answer", [silent], failed("silent", { calls: 1 })],
  [
    "silence in the middle",
    [(_, response) => response.writeHead(200).write(data(delta({ content: "There were " })) + "\n")],
    failed("silent", { text: "There were ", calls: 1 }),
  ],
  ["half a character", [says("There were \ud83d", " 7.")], { kind: "done", text: "There were \ufffd 7." }],
  ["a character in two pieces", [says("There were \ud83c", "\udfbb 7.")], { kind: "done", text: "There were 🎻 7." }],
  [
    "a tool with an id and a name of any size",
    [
      stream([
        call({ id: "é".repeat(50_000), function: { name: "x".repeat(50_000), arguments: "{}" } }),
        delta({}, "tool_calls"),
      ]),
      ANSWER,
    ],
    { ...whole, calls: 2 },
  ],
  [
    "calls that are numbered afresh in each turn",
    [
      stream([call({ function: call7 }), delta({}, "tool_calls")]),
      stream([call({ function: call7 }), delta({}, "tool_calls")]),
      ANSWER,
    ],
    { ...whole, calls: 3 },
  ],
]

test.each(STREAMS)("%s: the run ends once, and what is stored is what was sent", async (_, scripts, expected) => {
  let calls = 0
  server.answer((request, response) => scripts[Math.min(calls++, scripts.length - 1)]!(request, response))
  const log = await settled(world, USER, expected)
  if (expected.calls !== undefined) expect(calls).toBe(expected.calls)
  const tools = log.flatMap((event) => (event.kind === "tool" && event.state === "running" ? [event.id] : []))
  expect(new Set(tools).size).toBe(tools.length)
})
