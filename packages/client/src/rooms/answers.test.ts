import { expect, test } from "vitest"
import type { RunEvent, RunLog } from "../wire.ts"
import { createAnswers } from "./answers.ts"

const receipt = { kind: "receipt", offset: 2, id: "r1", receipt: { rows: [[7]] } } as unknown as RunEvent
const EVENTS: RunEvent[] = [
  { kind: "text", offset: 1, text: "There are " } as RunEvent,
  receipt,
  { kind: "text", offset: 3, text: "7." } as RunEvent,
  { kind: "done", offset: 4, messageId: "m1" } as RunEvent,
]

/** A service whose pages hold two events. */
function service() {
  const asked: number[] = []
  return {
    asked,
    read: async (runId: string, after: number): Promise<RunLog> => {
      asked.push(after)
      const events = EVENTS.filter(({ offset }) => offset > after).slice(0, 2)
      return { runId, conversationId: "c", state: "done", events, ...(after + 2 < 4 && { next: after + 2 }) }
    },
  }
}

test("an answer that was written before anybody listened is fetched whole, once, with its receipts", async () => {
  const { read, asked } = service()
  let changes = 0
  const answers = createAnswers(() => changes++, read)
  await Promise.all([answers.load("run_1"), answers.load("run_1")])
  await answers.load("run_1")
  expect(asked).toEqual([0, 2])
  expect(answers.of("run_1")).toMatchObject({ state: "done", text: "There are 7.", receipts: [{ id: "r1" }] })
  expect([answers.open, changes]).toEqual([[], 1])
})

test("an answer that was heard while it was written is not fetched", async () => {
  const { read, asked } = service()
  const answers = createAnswers(() => undefined, read)
  for (const event of EVENTS) answers.hear({ ...event, type: "chat.event", run: "run_1", conversation: "c" })
  answers.settle("run_1")
  await answers.load("run_1")
  expect(asked).toEqual([])
})

test("an answer that could not be fetched is asked for again", async () => {
  const { read } = service()
  let fails = true
  const answers = createAnswers(
    () => undefined,
    async (run, after) => {
      if (fails) throw new Error("no network")
      return read(run, after)
    },
  )
  await expect(answers.load("run_1")).rejects.toThrow("no network")
  fails = false
  await answers.load("run_1")
  expect(answers.of("run_1")?.receipts).toHaveLength(1)
})
