import * as Connection from "@backline/core/connection"
import { afterAll, beforeAll, expect, test, vi } from "vitest"
import { eventFrame } from "../../../cloud/src/services/bedrock/frames.ts"
import { startChat } from "../chat-world.ts"
import { done, figures, type Step, startBedrock, stop, text, tool } from "./bedrock-server.ts"
import { type Ends, PATIENCE_MS, settled } from "./settled.ts"

/**
 * What a model's stream may do, seen in public reports or allowed by
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html: each run ends exactly once, and all readers have the same.
 */
const USER = "user-streams"
let world: Awaited<ReturnType<typeof startChat>>
let model: Awaited<ReturnType<typeof startBedrock>>
beforeAll(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined)
  world = await startChat()
  model = await startBedrock()
  Object.assign(process.env, { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: model.url, MODEL_PATIENCE_MS: String(PATIENCE_MS) })
  await Connection.create({ connectionId: "tab", userId: USER, role: "member", expiresAt: Date.now() + 3_600_000 })
})
afterAll(async () => {
  model.stop()
  await world.stop()
})

const ANSWER: Step[] = ["There were ", "7.", ...done]
const whole: Ends = { kind: "done", text: "There were 7." }
const failed = (reason: string, more: Partial<Ends> = {}): Ends => ({ kind: "error", code: "unavailable.model", reason, ...more })
const DENIED: Ends = { kind: "error", code: "internal.denied" }
const broken = (reason: string, more: Partial<Ends> = {}): Ends => failed(reason, { text: "There were ", calls: 1, ...more })
const refusal = (status: number, name: string, headers?: Record<string, string>): Step[] => [{ status, name, headers }]
const THROTTLED = refusal(429, "ThrottlingException")
const half = eventFrame("contentBlockDelta", { contentBlockIndex: 0, delta: { text: "7." } }).subarray(0, 40)
const wrong = Uint8Array.from(eventFrame("contentBlockDelta", { contentBlockIndex: 0, delta: { text: "7." } }))
wrong[wrong.length - 1]! ^= 1
const input = (key: string, value = '"x"'): string => `{"text":"Harpa",${JSON.stringify(key)}:${value}}`
const deep = `{"text":${'{"a":'.repeat(1_000)}1${"}".repeat(1_000)}}`
const asks = (...calls: Step[][]): Step[][] => [[...calls.flat(), stop("tool_use"), figures], ANSWER]

const STREAMS: [string, readonly (readonly Step[])[], Ends][] = [
  ["a plain answer", [ANSWER], whole],
  [
    "bytes that come one at a time",
    [
      [
        ...[...eventFrame("contentBlockDelta", { contentBlockIndex: 0, delta: { text: "7." } })].map((byte) =>
          Uint8Array.of(byte),
        ),
        ...done,
      ],
    ],
    { kind: "done", text: "7." },
  ],
  ["throttling twice before the answer", [THROTTLED, THROTTLED, ANSWER], { ...whole, calls: 3 }],
  ["throttling without an end", [THROTTLED], failed("busy", { calls: 4, retryAfterMs: 20_000 })],
  [
    "throttling with a time to come back",
    [refusal(429, "ThrottlingException", { "retry-after": "30" })],
    failed("busy", { calls: 1, retryAfterMs: 30_000 }),
  ],
  [
    "a service that is down",
    [refusal(503, "ServiceUnavailableException")],
    failed("unreachable", { calls: 4, retryAfterMs: 60_000 }),
  ],
  [
    "a page of a proxy instead of an answer",
    [[{ status: 502, headers: { "content-type": "text/html" }, body: "<html>Bad gateway</html>" }]],
    failed("unreachable", { calls: 4 }),
  ],
  ["a role that may not ask", [refusal(403, "AccessDeniedException")], { ...DENIED, calls: 1 }],
  ["a request that is refused", [refusal(400, "ValidationException")], failed("refused", { calls: 1 })],
  ["throttling as an event before a word", [[{ fails: "ThrottlingException" }], ANSWER], { ...whole, calls: 2 }],
  ["throttling as an event in the middle", [["There were ", { fails: "ThrottlingException" }]], broken("busy")],
  ["a failure of the model in the middle", [["There were ", { fails: "ModelStreamErrorException" }]], broken("cut")],
  ["a failure of the service in the middle", [["There were ", { fails: "InternalServerException" }]], broken("unreachable")],
  ["a service that goes in the middle", [["There were ", { fails: "ServiceUnavailableException" }]], broken("unreachable")],
  ["a refusal in the middle", [["There were ", { fails: "ValidationException" }]], broken("refused")],
  ["nothing at all, again and again", [["END"]], failed("cut", { calls: 4, text: "" })],
  ["an end in the middle", [["There were ", "END"]], broken("cut")],
  [
    "an end in the middle of a frame",
    [["There were ", half, "END"]],
    { kind: "error", code: "unavailable.model", text: "There were " },
  ],
  [
    "a frame with a wrong checksum",
    [["There were ", wrong, "END"]],
    { kind: "error", code: "unavailable.model", text: "There were " },
  ],
  ["a reset before a word", [["RESET"], ANSWER], { ...whole, calls: 2 }],
  ["a reset in the middle", [["There were ", { pause: 50 }, "RESET"]], broken("cut")],
  ["a connection that is gone before a word", [["HANG UP"], ANSWER], { ...whole, calls: 2 }],
  ["a connection that is gone in the middle", [["There were ", { pause: 50 }, "HANG UP"]], broken("cut")],
  ["silence instead of an answer", [["SILENCE"]], failed("silent", { calls: 1, text: "" })],
  ["silence after the start", [[{ pause: 0 }, "SILENCE"]], failed("silent", { calls: 1, text: "" })],
  ["silence in the middle", [["There were ", "SILENCE"]], broken("silent")],
  ["words without a letter, for ever", [[text(""), "AGAIN AND AGAIN"]], failed("silent", { calls: 1, text: "" })],
  ["silence after the stop", [["There were 7.", stop("end_turn"), "SILENCE"]], whole],
  [
    "a length that is reached",
    [["There were ", stop("max_tokens"), figures]],
    { kind: "error", code: "limit.tokens", text: "There were " },
  ],
  [
    "a length that is reached inside of a tool's input",
    [["There were ", ...tool('{"text":"Har').slice(0, 2), stop("max_tokens"), figures]],
    { kind: "error", code: "limit.tokens", text: "There were ", calls: 1 },
  ],
  ["a filter", [["There were ", stop("content_filtered")]], { kind: "error", code: "limit.content" }],
  [
    "a reason that nobody knows",
    [["There were ", stop("malformed_model_output"), figures]],
    broken("stop", { stopReason: "malformed_model_output" }),
  ],
  ["a stop without a reason", [["There were ", stop()]], broken("stop", { stopReason: "none" })],
  [
    "a reason of any size, half a character in it",
    [["There were ", stop(`\ud83d${"x".repeat(100_000)}`)]],
    broken("stop", { stopReason: `\ufffd${"x".repeat(62)}…` }),
  ],
  ["two stops", [["There were 7.", stop("end_turn"), stop("max_tokens"), figures]], whole],
  ["words after the stop", [["There were 7.", stop("end_turn"), " Or 8.", figures]], whole],
  ["no figures", [["There were 7.", stop("end_turn")]], whole],
  ["figures before the stop", [["There were 7.", figures, stop("end_turn")]], whole],
  ["events of a kind that nobody knows", [["There were ", { event: "heartbeat", body: { p: "x" } }, "7.", ...done]], whole],
  ["an end without a word", [done], failed("cut", { text: "" })],
  ["nothing but blanks", [["  \n ", ...done]], failed("cut")],
  ["half a character", [["There were \ud83d", " 7.", ...done]], { kind: "done", text: "There were \ufffd 7." }],
  ["half a character at the end", [["There were 7.\ud83d", ...done]], { kind: "done", text: "There were 7.\ufffd" }],
  ["the second half first", [["\udc00There were 7.", ...done]], { kind: "done", text: "\ufffdThere were 7." }],
  [
    "a character in two pieces",
    [["There were \ud83c", { pause: 120 }, "\udfbb 7.", ...done]],
    { kind: "done", text: "There were 🎻 7." },
  ],
  [
    "characters of control, NUL among them",
    [[`${"\u0001".repeat(6_000)}\0.`, ...done]],
    { kind: "done", text: `${"\u0001".repeat(6_000)}\ufffd.` },
  ],
  ["a word of a megabyte", [["x".repeat(1024 * 1024), ...done]], { kind: "error", code: "limit.length", text: /^x{98304}$/ }],
  ["words without an end", [["🎻 und kein Ende. ".repeat(50), "AGAIN AND AGAIN"]], { kind: "error", code: "limit.length" }],
  [
    "twenty thousand letters, each a word",
    [[...Array.from({ length: 20_000 }, () => "y"), ...done]],
    { kind: "done", text: "y".repeat(20_000) },
  ],
  ["a tool that does not exist", asks(tool("{}", { name: "drop_tables" })), { ...whole, calls: 2 }],
  ["a tool with a name of two hundred kilobytes", asks(tool("{}", { name: "\ud83d".repeat(200_000) })), { ...whole, calls: 2 }],
  ["a tool without id", asks(tool("{}", { id: "none" }), tool("{}", { id: "", index: 2 })), { ...whole, calls: 2 }],
  ["ids of any size and any letter", asks(tool("{}", { id: `\0 ${"é".repeat(10_000)}` })), { ...whole, calls: 2 }],
  [
    "the same id in one turn and in the next",
    [[...tool("{}"), ...tool("{}", { index: 2 }), stop("tool_use")], [...tool("{}"), stop("tool_use")], ANSWER],
    { ...whole, calls: 3 },
  ],
  ["a tool's input that is cut", asks(tool('{"text":"Har')), { ...whole, calls: 2 }],
  ["a tool's input of thirty kilobytes", asks(tool(input("more", JSON.stringify("x".repeat(30_000))))), { ...whole, calls: 2 }],
  [
    "a tool's input of megabytes",
    asks(Array.from({ length: 6 }, () => tool(input("more", JSON.stringify("x".repeat(500_000))))).flat()),
    { kind: "error", code: "limit.length" },
  ],
  ["a tool's input a thousand levels deep", asks(tool(deep.slice(0, 100) + deep.slice(100))), { ...whole, calls: 2 }],
  [
    "a tool's input of a list of a thousand lists",
    asks(tool(`{"text":${"[".repeat(1_000)}${"]".repeat(1_000)}}`)),
    { ...whole, calls: 2 },
  ],
  ...["__proto__", "constructor", "", "\ud83d", "\0", "k".repeat(3_000)].map((key): (typeof STREAMS)[0] => [
    `a tool's input with a member called ${JSON.stringify(key.slice(0, 20))}`,
    asks(tool(input(key))),
    { ...whole, calls: 2 },
  ]),
  ...["1e400", "1e30", "1e-300", "9007199254740993", "-0", '"\\ud83d"', '"\\u0000"'].map((value): (typeof STREAMS)[0] => [
    `a tool's input with the value ${value}`,
    asks(tool(input("limit", value))),
    { ...whole, calls: 2 },
  ]),
  ["a tool that is asked with half a character", asks(tool('{"text":"Harpa \\ud83d"}')), { ...whole, calls: 2 }],
  ["a tool's input that never began", asks([tool("{}")[1]!]), failed("cut", { calls: 1 })],
  ["tools without an end", [[...tool("{}"), stop("tool_use")]], { kind: "error", code: "limit.tools", calls: 7 }],
  [
    "forty tools at once",
    asks(...Array.from({ length: 40 }, (_, n) => tool(input("more"), { id: `use${n}`, index: n }))),
    { ...whole, calls: 2 },
  ],
  [
    "text after a tool, in its block",
    asks(tool("{}"), [text("And then?", 1)]),
    { kind: "done", text: "And then?\n\nThere were 7." },
  ],
  ["tools that nobody asked to run", [["There were 7.", ...tool("{}"), ...done]], { ...whole, calls: 1 }],
]

test("there are more than fifty of them", () => expect(STREAMS.length).toBeGreaterThan(54))

test.each(STREAMS)("%s: the run ends once, and what is stored is what was sent", async (_, scripts, expected) => {
  model.plays(scripts)
  await settled(world, USER, expected)
  if (expected.calls !== undefined) expect(model.calls).toBe(expected.calls)
})
