import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { ApiError } from "../error.ts"
import type { ServerFrame, SocketState } from "../socket/index.ts"
import type { RunEvent, RunLog, RunState } from "../wire.ts"
import { followRun } from "./follow.ts"
import type { RunView } from "./view.ts"

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const full: RunEvent[] = [
  { offset: 1, kind: "text", text: "Carnegie " },
  {
    offset: 2,
    kind: "receipt",
    id: "t1",
    receipt: { tool: "find_concerts", statementId: "s", sql: "", params: {}, rows: [{ n: 1 }], loadedAt: null },
  },
  { offset: 3, kind: "text", text: "Hall" },
  { offset: 4, kind: "done", messageId: "msg_1" },
]

function world(stored: RunEvent[], state: RunState = "running", fail?: ApiError) {
  const frames = new Set<(frame: ServerFrame) => void>()
  const states = new Set<(state: SocketState) => void>()
  const views: RunView[] = []
  const reads: number[] = []
  const requests: unknown[] = []
  const log = { events: stored, state, fail }
  const stop = followRun({
    runId: "run_1",
    client: {
      runs: {
        stop: async () => undefined,
        events: async (_run: string, after: number): Promise<RunLog> => {
          reads.push(after)
          if (log.fail) throw log.fail
          return {
            runId: "run_1",
            conversationId: "cnv_1",
            state: log.state,
            events: log.events.filter((event) => event.offset > after),
          }
        },
      },
    },
    socket: {
      state: "open",
      onFrame: (listener) => (frames.add(listener), () => frames.delete(listener)),
      onState: (listener) => (states.add(listener), () => states.delete(listener)),
      request: async (action, body) => (requests.push({ action, ...body }), {} as never),
    },
    onChange: (view) => views.push(view),
  })
  const frame = (event: RunEvent) => {
    for (const listener of frames) listener({ type: "chat.event", run: "run_1", conversation: "cnv_1", ...event })
  }
  return { views, reads, requests, frame, stop, log, frames, states, last: () => views.at(-1) }
}

test("a reload in the middle of an answer reads what was said and goes on with live frames", async () => {
  const run = world(full.slice(0, 2))
  await vi.advanceTimersByTimeAsync(0)
  expect(run.last()?.text).toBe("Carnegie ")
  for (const event of full.slice(1)) run.frame(event)
  expect(run.last()).toMatchObject({ state: "done", text: "Carnegie Hall", messageId: "msg_1", offset: 4 })
  expect(run.frames.size).toBe(0)
  expect(run.requests).toEqual([{ action: "chat.resume", run: "run_1", after: 0 }])
})

test("a lost frame is read from the log, and so is a lost last frame", async () => {
  const run = world([])
  await vi.advanceTimersByTimeAsync(0)
  run.log.events = full.slice(0, 3)
  run.frame(full[0]!)
  run.frame(full[2]!)
  expect(run.last()?.text).toBe("Carnegie ")
  await vi.advanceTimersByTimeAsync(200)
  expect(run.last()?.text).toBe("Carnegie Hall")
  run.log.events = full
  run.log.state = "done"
  await vi.advanceTimersByTimeAsync(10_000)
  expect(run.last()?.state).toBe("done")
})

test("a receipt without rows is completed even after the answer has ended", async () => {
  const run = world([])
  await vi.advanceTimersByTimeAsync(0)
  run.log.events = full
  run.frame(full[0]!)
  run.frame({
    offset: 2,
    kind: "receipt",
    id: "t1",
    rowsOmitted: true,
    receipt: { tool: "find_concerts", statementId: "s", sql: "", params: {}, loadedAt: null },
  })
  run.frame(full[2]!)
  run.frame(full[3]!)
  expect(run.last()?.receipts[0]?.receipt.rows).toBeUndefined()
  await vi.advanceTimersByTimeAsync(500)
  expect(run.last()?.receipts[0]?.receipt.rows).toEqual([{ n: 1 }])
  expect(run.frames.size).toBe(0)
})

test("a network that is down is tried again; a run that is not there ends with its error", async () => {
  const run = world(full, "done", new ApiError("unavailable.network", "down"))
  await vi.advanceTimersByTimeAsync(0)
  expect(run.views).toEqual([])
  run.log.fail = undefined
  await vi.advanceTimersByTimeAsync(10_000)
  expect(run.last()?.state).toBe("done")

  const missing = world([], "running", new ApiError("missing.run", "This run does not exist.", { status: 404 }))
  await vi.advanceTimersByTimeAsync(10_000)
  expect(missing.last()).toMatchObject({ state: "error", error: { code: "missing.run" } })
})

test("stopping to follow leaves no listener and no timer", async () => {
  const run = world(full.slice(0, 1))
  await vi.advanceTimersByTimeAsync(0)
  run.stop()
  expect(run.frames.size + run.states.size + vi.getTimerCount()).toBe(0)
})
