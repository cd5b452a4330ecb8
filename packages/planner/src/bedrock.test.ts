import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  type ConverseStreamOutput,
  type Message,
} from "@aws-sdk/client-bedrock-runtime"
import { afterAll, beforeAll, expect, test } from "vitest"
import { createTestCloud } from "../../cloud/src/endpoint/test-cloud.ts"
import { AwsError } from "../../cloud/src/service.ts"
import { bedrock } from "../../cloud/src/services/bedrock/index.ts"
import { planner } from "./index.ts"
import type { Model, Piece } from "../../cloud/src/services/bedrock/request.ts"

const NOVA = "amazon.nova-micro-v1:0"
const MODEL = `arn:aws:bedrock:us-east-1::foundation-model/${NOVA}`
const PROFILE = `arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.${NOVA}`

/** Answers with what the test put here, else as the planner. */
let script: ((signal: AbortSignal) => AsyncIterable<Piece>) | undefined
const model: Model = {
  name: "scripted",
  answer: (request, signal) => script?.(signal) ?? planner({ pauseMs: 0 }).answer(request, signal),
}

let running: Awaited<ReturnType<typeof createTestCloud>>
beforeAll(async () => {
  running = await createTestCloud({
    services: [bedrock({ model })],
    functions: {
      streamer: [{ Effect: "Allow", Action: "bedrock:InvokeModelWithResponseStream", Resource: MODEL }],
      profile: [{ Effect: "Allow", Action: "bedrock:InvokeModelWithResponseStream", Resource: PROFILE }],
      both: [{ Effect: "Allow", Action: "bedrock:InvokeModelWithResponseStream", Resource: [PROFILE, MODEL] }],
    },
  })
})
afterAll(() => running.stop())

const client = (name?: string) => new BedrockRuntimeClient({ ...running.as(name), maxAttempts: 1 })
const user = (text: string): Message => ({ role: "user", content: [{ text }] })
const question = [user("How many concerts were there in 1950?")]
const tools = { tools: [{ toolSpec: { name: "counts_by_period", inputSchema: { json: { type: "object" } } } }] }

async function events(input: { modelId?: string; messages?: Message[]; toolConfig?: any } = {}, name?: string) {
  const { stream } = await client(name).send(
    new ConverseStreamCommand({ modelId: NOVA, messages: question, toolConfig: tools, ...input }),
  )
  const seen: ConverseStreamOutput[] = []
  for await (const event of stream!) seen.push(event)
  return seen
}

test("a stream has the frames of ConverseStream in their order, usage and metrics last", async () => {
  script = undefined
  const seen = await events()
  expect(seen.map((event) => Object.keys(event)[0])).toEqual([
    "messageStart",
    "contentBlockStart",
    "contentBlockDelta",
    "contentBlockStop",
    "messageStop",
    "metadata",
  ])
  expect(seen[1]?.contentBlockStart?.start?.toolUse).toMatchObject({ name: "counts_by_period" })
  expect(JSON.parse(seen[2]?.contentBlockDelta?.delta?.toolUse?.input ?? "")).toEqual({
    period: "total",
    measure: "concerts",
    from: "1950-01-01",
    to: "1951-01-01",
  })
  expect(seen[4]?.messageStop?.stopReason).toBe("tool_use")
  const { usage, metrics, trace } = seen[5]!.metadata!
  expect(usage?.totalTokens).toBe((usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0))
  expect(usage?.inputTokens).toBeGreaterThan(0)
  expect(metrics?.latencyMs).toBeGreaterThanOrEqual(0)
  expect(trace?.promptRouter?.invokedModelId).toBe("scripted")
})

test("text comes in pieces of one block", async () => {
  script = undefined
  const seen = await events({ messages: [user("hello")], toolConfig: undefined })
  const deltas = seen.flatMap(({ contentBlockDelta }) => contentBlockDelta ?? [])
  expect(deltas.length).toBeGreaterThan(10)
  expect(new Set(deltas.map(({ contentBlockIndex }) => contentBlockIndex))).toEqual(new Set([0]))
  expect(deltas.map(({ delta }) => delta?.text).join("")).toContain("offline planner, not a language model")
})

test("Converse gives the same as one answer", async () => {
  script = undefined
  const { output, stopReason, usage } = await client().send(
    new ConverseCommand({ modelId: NOVA, messages: question, toolConfig: tools }),
  )
  expect(output?.message?.content?.[0]?.toolUse?.input).toEqual({
    period: "total",
    measure: "concerts",
    from: "1950-01-01",
    to: "1951-01-01",
  })
  expect(stopReason).toBe("tool_use")
  expect(usage?.outputTokens).toBeGreaterThan(0)
})

test("tokens are in the log of calls", async () => {
  script = undefined
  await events()
  const call = running.calls.since(0).at(-1)
  expect(call).toMatchObject({ service: "bedrock", operation: "ConverseStream", status: 200 })
  expect(call?.units.inputTokens).toBeGreaterThan(0)
})

test("a role needs the action of streams on the model, and on the profile as well where one is called", async () => {
  script = undefined
  expect((await events({}, "streamer")).length).toBeGreaterThan(0)
  await expect(client("streamer").send(new ConverseCommand({ modelId: NOVA, messages: question }))).rejects.toMatchObject({
    name: "AccessDeniedException",
  })
  await expect(events({ modelId: `us.${NOVA}` }, "streamer")).rejects.toMatchObject({ name: "AccessDeniedException" })
  await expect(events({ modelId: `us.${NOVA}` }, "profile")).rejects.toMatchObject({ name: "AccessDeniedException" })
  expect((await events({ modelId: `us.${NOVA}` }, "both")).length).toBeGreaterThan(0)
})

const use = (id: string): Message => ({
  role: "assistant",
  content: [{ toolUse: { toolUseId: id, name: "counts_by_period", input: {} } }],
})
const result = (...ids: string[]): Message => ({
  role: "user",
  content: ids.map((toolUseId) => ({ toolResult: { toolUseId, content: [{ text: "x" }] } })),
})

test.each<[string, Message[], any, RegExp]>([
  ["no message", [], tools, /greater than or equal to 1/],
  ["blank text", [user("  ")], tools, /The text field in the ContentBlock object at messages\.0\.content\.0 is blank/],
  ["an assistant first", [{ role: "assistant", content: [{ text: "a" }] }, user("b")], tools, /must start with a user message/],
  ["two users in a row", [user("a"), user("b")], tools, /must alternate/],
  ["no content", [{ role: "user", content: [] }], tools, /The content field in the Message object at messages\.0 is empty/],
  [
    "a tool use without its result",
    [user("a"), use("1"), user("b")],
    tools,
    /Expected toolResult blocks at messages\.2\.content for the following Ids: 1/,
  ],
  [
    "a result without its use",
    [user("a"), { role: "assistant", content: [{ text: "b" }] }, result("1")],
    tools,
    /exceeds the number of toolUse blocks of previous turn/,
  ],
  ["tool blocks without toolConfig", [user("a"), use("1"), result("1")], undefined, /The toolConfig field must be defined/],
  ["an empty list of tools", [user("a")], { tools: [] }, /toolConfig\.tools/],
])("%s is refused in Bedrock's words", async (_, messages, toolConfig, text) => {
  await expect(events({ messages, toolConfig })).rejects.toMatchObject({
    name: "ValidationException",
    message: expect.stringMatching(text),
    $metadata: { httpStatusCode: 400 },
  })
})

test("a model id that is none is refused", async () => {
  await expect(events({ modelId: "gpt" })).rejects.toMatchObject({
    name: "ValidationException",
    message: "The provided model identifier is invalid.",
  })
})

test("an error before the first piece is the response's, one after it is an event of the stream", async () => {
  script = async function* () {
    throw new AwsError("ThrottlingException", "Too many requests.", 429)
  }
  await expect(events()).rejects.toMatchObject({ name: "ThrottlingException", $metadata: { httpStatusCode: 429 } })
  script = async function* () {
    yield { type: "text", text: "There were" }
    throw new AwsError("ThrottlingException", "Too many requests.", 429)
  }
  const seen: ConverseStreamOutput[] = []
  const { stream } = await client().send(new ConverseStreamCommand({ modelId: NOVA, messages: question }))
  await expect(
    (async () => {
      for await (const event of stream!) seen.push(event)
    })(),
  ).rejects.toMatchObject({ name: "ThrottlingException", message: "Too many requests." })
  expect(seen.some(({ contentBlockDelta }) => contentBlockDelta)).toBe(true)
})

test("a client that goes away ends the model's work", async () => {
  let ended = false
  script = async function* (signal) {
    try {
      for (let n = 0; n < 1_000; n++) {
        yield { type: "text", text: "word " }
        await new Promise((resolve) => setTimeout(resolve, 5))
        if (signal.aborted) return
      }
    } finally {
      ended = true
    }
  }
  const controller = new AbortController()
  const { stream } = await client().send(new ConverseStreamCommand({ modelId: NOVA, messages: question }), {
    abortSignal: controller.signal,
  })
  await stream![Symbol.asyncIterator]().next()
  controller.abort()
  await expect.poll(() => ended, { timeout: 2_000 }).toBe(true)
})
