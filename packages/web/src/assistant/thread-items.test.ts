import type { Message, RunView } from "@backline/client"
import { expect, test } from "vitest"
import { announcement } from "./announcement.ts"
import type { Send } from "./outbox.ts"
import { openRuns, runningOf, threadItems } from "./thread-items.ts"

const question: Message = { id: "msg_1", role: "user", text: "Who?", runId: "run_1", state: "done", createdAt: 1 }
const answer: Message = { id: "msg_2", role: "assistant", text: "She.", runId: "run_1", state: "done", createdAt: 2 }
const send: Send = { clientId: "c1", thread: "cnv_1", text: "Who?", state: "sent", run: "run_1", message: "msg_1", createdAt: 1 }
const view = (changes: Partial<RunView>): RunView => ({
  runId: "run_1",
  state: "running",
  offset: 1,
  text: "Sh",
  tools: [],
  receipts: [],
  ...changes,
})
const runs = (changes: Partial<RunView> = {}) => new Map([["run_1", view(changes)]])
const shape = (items: ReturnType<typeof threadItems>) =>
  items.map((item) => (item.kind === "question" ? item.text : item.answer.text))

test("a question and its answer stand once, whether known from here, from the server, or from both", () => {
  expect(shape(threadItems([], [{ ...send, state: "sending", run: undefined, message: undefined }], new Map()))).toEqual(["Who?"])
  expect(shape(threadItems([], [send], runs()))).toEqual(["Who?", "Sh"])
  expect(shape(threadItems([question], [send], runs()))).toEqual(["Who?", "Sh"])
  expect(shape(threadItems([question, answer], [send], runs({ state: "done", text: "She." })))).toEqual(["Who?", "She."])
  expect(shape(threadItems([question, answer], [], new Map()))).toEqual(["Who?", "She."])
})

test("an answer keeps its key from its first word to the stored message", () => {
  const keys = [threadItems([], [send], runs()), threadItems([question, answer], [send], new Map())].map((items) => items[1]?.key)
  expect(new Set(keys).size).toBe(1)
})

test("an answer that broke off is incomplete before and after it is stored", () => {
  const error = { code: "unavailable.model", message: "It broke off." }
  const half = { state: "error", text: "Sh", error, incomplete: true } as const
  const shown = [threadItems([question], [], runs(half)), threadItems([question, { ...answer, ...half }], [], new Map())]
  expect(shown.map((items) => items[1])).toMatchObject([{ answer: half }, { answer: half }])
})

test("after a reload the run of a question without its answer is followed, and no other", () => {
  const other: Message = { ...question, id: "msg_3", runId: "run_2" }
  expect(openRuns([question, answer, other])).toEqual(["run_2"])
  expect(runningOf(threadItems([question, answer, other], [], new Map()))).toBe("run_2")
  expect(runningOf(threadItems([question, answer], [], new Map()))).toBeUndefined()
})

test("what is announced changes at stages and not with every word", () => {
  const said = (changes: Partial<RunView>) => announcement(threadItems([question], [], runs(changes)))
  expect(said({ text: "", tools: [] })).toBe("The assistant has started")
  expect(said({ tools: [{ id: "t", name: "find_concerts", state: "running" }] })).toBe("Looking for concerts")
  const done = [{ id: "t", name: "find_concerts", state: "done" as const }]
  expect(said({ tools: done, text: "a" })).toBe(said({ tools: done, text: "a whole sentence more" }))
  expect(said({ state: "stopped" })).toBe("The answer was stopped")
  expect(said({ state: "error", error: { code: "x", message: "Ask again." } })).toBe("The answer failed. Ask again.")
  const half = { state: "error", incomplete: true, error: { code: "x", message: "It broke off." } } as const
  expect(said(half)).toBe("The answer is incomplete. It broke off.")
})
