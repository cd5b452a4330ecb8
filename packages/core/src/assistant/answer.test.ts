import { expect, test, vi } from "vitest"
import { converseWith, END, named, type Step, WAIT } from "./scripted.ts"

vi.spyOn(console, "log").mockImplementation(() => undefined)
const DONE: Step = { stop: "end_turn" }
const CALL: Step = { tool: "counts_by_period", input: { period: "total", from: "1950-01-01", to: "1960-01-01" } }
const TOOLS: Step = { stop: "tool_use" }
const code = (error: unknown) => (error as { code?: string } | undefined)?.code

test("an answer with a tool: its rows go to the model, its proof to the reader, the price to both", async () => {
  const { text, events, receipts, requests, asked, error } = await converseWith([
    ["Let me see.", CALL, TOOLS, { usage: [1_000, 100] }],
    ["There were 7.", DONE, { usage: [2_000, 200] }],
  ])
  expect(error).toBeUndefined()
  expect(text).toBe("Let me see.\n\nThere were 7.")
  expect(asked).toEqual([
    { statement: "counts.by_period", params: { period: "total", measure: "concerts", from: "1950-01-01", to: "1960-01-01" } },
  ])
  expect(receipts).toEqual([
    {
      tool: "counts_by_period",
      statementId: "s",
      sql: "SELECT 1",
      params: {},
      rows: [{ period: "total", value: 7 }],
      loadedAt: 1,
    },
  ])
  expect(events.map(({ kind, state }) => [kind, state])).toEqual([
    ["tool", "running"],
    ["tool", "done"],
    ["usage", undefined],
  ])
  expect(events.at(-1)).toEqual({ kind: "usage", inputTokens: 3_000, outputTokens: 300, priceMicroUsd: 147 })
  expect(requests[1]!.messages?.slice(1)).toEqual([
    {
      role: "assistant",
      content: [
        { text: "Let me see." },
        {
          toolUse: {
            toolUseId: "use1",
            name: "counts_by_period",
            input: { period: "total", from: "1950-01-01", to: "1960-01-01" },
          },
        },
      ],
    },
    {
      role: "user",
      content: [
        {
          toolResult: {
            toolUseId: "use1",
            status: "success",
            content: [{ json: { rows: [{ period: "total", value: 7 }], rowCount: 1, truncated: false } }],
          },
        },
      ],
    },
  ])
})

test("the model is told the day, the rules and every tool with its schema", async () => {
  const { requests } = await converseWith([["Hello.", DONE]])
  const [request] = requests
  expect(request!.system?.[0]?.text).toContain("Today is 2026-11-21.")
  const tools = request!.toolConfig!.tools!.map(({ toolSpec }) => toolSpec!)
  expect(tools.map(({ name }) => name).sort()).toEqual([
    "counts_by_period",
    "find_concerts",
    "find_names",
    "performance_history",
    "top_performed",
    "venue_popularity",
  ])
  for (const { inputSchema, description } of tools) {
    expect(inputSchema?.json).toMatchObject({ type: "object", additionalProperties: false })
    expect(description).toBeTruthy()
  }
})

test.each<[string, Step]>([
  ["an unknown tool", { tool: "drop_tables", input: {} }],
  ["a foreign parameter", { tool: "counts_by_period", input: { period: "total", userId: "other" } }],
  ["a limit beyond the tool's", { tool: "find_concerts", input: { limit: 1_000 } }],
  ["a day that does not exist", { tool: "counts_by_period", input: { period: "total", from: "1950-02-31" } }],
  ["an input that is not JSON", { tool: "counts_by_period", json: '{"period": "tot' }],
  ["an input that is no object", { tool: "counts_by_period", json: "[]" }],
])("%s is an error to the model and is never run", async (_, call) => {
  const { asked, events, receipts, requests, text } = await converseWith([
    [call, TOOLS],
    ["I cannot.", DONE],
  ])
  expect(asked).toEqual([])
  expect(receipts).toEqual([])
  expect(events.filter(({ kind }) => kind === "tool").at(-1)).toMatchObject({ state: "error" })
  expect(requests[1]!.messages?.at(-1)?.content?.[0]?.toolResult?.status).toBe("error")
  expect(text).toBe("I cannot.")
})

test("a tool's input that max_tokens cut is not run, not even where it happens to be JSON", async () => {
  for (const json of ['{"period": "tot', '{"period":"total"}']) {
    const { asked, error, text } = await converseWith([
      ["Let me see.", { tool: "counts_by_period", json }, { stop: "max_tokens" }],
    ])
    expect(asked).toEqual([])
    expect(code(error)).toBe("limit.tokens")
    expect(text).toBe("Let me see.")
  }
})

test("a model that always wants another tool is stopped after six rounds", async () => {
  const { asked, error, requests } = await converseWith([[CALL, TOOLS]])
  expect(code(error)).toBe("limit.tools")
  expect([asked.length, requests.length]).toEqual([6, 7])
})

test("of more than eight tools in a turn eight are run, and each of the others has its result too", async () => {
  const calls = Array.from({ length: 11 }, (_, n): Step => ({ ...(CALL as object), id: `c${n}` }) as Step)
  const { asked, requests } = await converseWith([
    [...calls, TOOLS],
    ["Done.", DONE],
  ])
  expect(asked).toHaveLength(8)
  const results = requests[1]!.messages!.at(-1)!.content!.map(({ toolResult }) => [toolResult?.toolUseId, toolResult?.status])
  expect(results).toHaveLength(11)
  expect(results.slice(8)).toEqual([
    ["c8", "error"],
    ["c9", "error"],
    ["c10", "error"],
  ])
})

test("a stream that is cut before a word is asked for again; after a word it is an incomplete answer", async () => {
  const again = await converseWith([[END], ["There were 7.", DONE]])
  expect([again.text, again.error]).toEqual(["There were 7.", undefined])
  const cut = await converseWith([["There were ", END], ["never"]])
  expect([cut.text, code(cut.error), cut.requests.length]).toEqual(["There were ", "unavailable.model", 1])
})

test("throttling is waited for at most three times, as an answer and as an event in the stream", async () => {
  const slow = named("ThrottlingException", 429)
  const passing = await converseWith([slow, [slow], ["There were 7.", DONE]])
  expect([passing.text, passing.error, passing.requests.length]).toEqual(["There were 7.", undefined, 3])
  const started = performance.now()
  const lasting = await converseWith([slow])
  expect([code(lasting.error), lasting.requests.length]).toEqual(["unavailable.model", 4])
  expect(performance.now() - started).toBeLessThan(10_000)
}, 20_000)

test("a request that is refused is not repeated", async () => {
  const { error, requests } = await converseWith([named("ValidationException", 400)])
  expect([code(error), requests.length]).toEqual(["unavailable.model", 1])
})

test("a model that falls silent is given up", async () => {
  const { callModel } = await import("./model.ts")
  const never = async () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }) })
  const call = callModel({
    converse: never,
    input: { modelId: "m" },
    onText: () => undefined,
    signal: AbortSignal.timeout(400),
    gapMs: 50,
  })
  await expect(call).rejects.toBeDefined()
})

test("a stop aborts the stream in the middle of a silence, with what was said before", async () => {
  const controller = new AbortController()
  setTimeout(() => controller.abort("stopped"), 50)
  let closed = false
  const { text, error } = await converseWith([["There were ", WAIT]], {
    signal: controller.signal,
    converse: async (_, signal) => {
      signal.addEventListener("abort", () => (closed = true))
      return (async function* () {
        yield { contentBlockDelta: { contentBlockIndex: 0, delta: { text: "There were " } } } as never
        await new Promise(() => undefined)
      })()
    },
  })
  expect([text, error, closed]).toEqual(["There were ", "stopped", true])
})

test("tokens of an answer that failed are paid for too", async () => {
  const { events } = await converseWith([
    [CALL, TOOLS, { usage: [10, 5] }],
    ["There", END],
  ])
  expect(events.at(-1)).toMatchObject({ kind: "usage", inputTokens: 10, outputTokens: 5 })
})

test("a model that ends without a word, or stops for no known reason, has not answered", async () => {
  expect(code((await converseWith([[DONE]])).error)).toBe("unavailable.model")
  expect(code((await converseWith([["Text", { stop: "malformed_model_output" }]])).error)).toBe("unavailable.model")
  expect(code((await converseWith([["Text", { stop: "content_filtered" }]])).error)).toBe("limit.content")
})

test("rows for the model stay within fifty and sixteen kilobytes, a receipt within a hundred", async () => {
  const rows = Array.from({ length: 1_000 }, (_, n) => ({ name: `row ${n}`, nothing: null }))
  const { requests, receipts } = await converseWith(
    [
      [CALL, TOOLS],
      ["Many.", DONE],
    ],
    {
      query: async () => ({ statementId: "s", sql: "", params: {}, rows, loadedAt: null, truncated: true }),
    },
  )
  const { json } = requests[1]!.messages!.at(-1)!.content![0]!.toolResult!.content![0] as {
    json: { rows: object[]; rowCount: number; truncated: boolean }
  }
  expect([json.rows.length, json.rowCount, json.truncated, json.rows[0]]).toEqual([50, 1_000, true, { name: "row 0" }])
  expect(receipts[0]?.rows).toHaveLength(100)
  const wide = rows.map(() => ({ name: "x".repeat(3_000) }))
  const { requests: second } = await converseWith(
    [
      [CALL, TOOLS],
      ["Many.", DONE],
    ],
    {
      query: async () => ({ statementId: "s", sql: "", params: {}, rows: wide, loadedAt: null, truncated: false }),
    },
  )
  expect(JSON.stringify(second[1]!.messages!.at(-1)).length).toBeLessThan(17_000)
})
