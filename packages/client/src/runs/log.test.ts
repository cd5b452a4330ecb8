import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { RunEvent } from "../wire.ts"
import { createRunLog } from "./log.ts"
import { applyEvent, emptyView } from "./view.ts"

const text = (offset: number, value = `${offset} `): RunEvent => ({ offset, kind: "text", text: value })
const receipt = (offset: number, rowsOmitted: boolean): RunEvent => ({
  offset,
  kind: "receipt",
  id: `t${offset}`,
  rowsOmitted: rowsOmitted || undefined,
  receipt: {
    tool: "find_concerts",
    statementId: "s",
    sql: "select 1",
    params: {},
    loadedAt: 1,
    ...(rowsOmitted ? {} : { rows: [{ n: offset }] }),
  },
})

describe("the log of a run", () => {
  test("gives events once and in order, whatever frames are dropped, repeated or reordered, once the log was read", () => {
    const histories = fc
      .array(fc.oneof({ weight: 4, arbitrary: fc.constant("text") }, fc.constant("receipt")), { minLength: 1, maxLength: 40 })
      .chain((kinds) => {
        const truth = kinds.map((kind, index) => (kind === "text" ? text(index + 1) : receipt(index + 1, false)))
        const frames = truth.map((event) => (event.kind === "receipt" ? receipt(event.offset, true) : event))
        return fc.record({
          truth: fc.constant(truth),
          // Any selection with repeats, in any order, cut into batches anywhere.
          frames: fc.array(fc.constantFrom(...frames), { maxLength: 80 }),
          batch: fc.integer({ min: 1, max: 7 }),
        })
      })
    fc.assert(
      fc.property(histories, ({ truth, frames, batch }) => {
        const log = createRunLog()
        let view = emptyView("run_1")
        const seen: number[] = []
        const take = (events: RunEvent[]) => {
          for (const event of log.accept(events)) {
            if (event.offset > view.offset) seen.push(event.offset)
            view = applyEvent(view, event)
          }
        }
        for (let at = 0; at < frames.length; at += batch) take(frames.slice(at, at + batch))
        take(truth.slice(Math.min(log.offset, (log.firstBare ?? truth.length + 1) - 1)))

        expect(seen).toEqual(truth.map((event) => event.offset))
        expect(view).toEqual(truth.reduce(applyEvent, emptyView("run_1")))
        expect(log.gap).toBe(false)
        expect(log.firstBare).toBeUndefined()
      }),
    )
  })

  test("holds back what lies behind a gap and says that there is one", () => {
    const log = createRunLog()
    expect(log.accept([text(1), text(3)]).map((event) => event.offset)).toEqual([1])
    expect(log.gap).toBe(true)
    expect(log.accept([text(2)]).map((event) => event.offset)).toEqual([2, 3])
    expect(log.gap).toBe(false)
  })

  test("asks again for a receipt that travelled without its rows, and only for that", () => {
    const log = createRunLog()
    log.accept([text(1), receipt(2, true), text(3)])
    expect(log.firstBare).toBe(2)
    expect(log.accept([receipt(2, false), text(3)])).toEqual([receipt(2, false)])
    expect(log.firstBare).toBeUndefined()
  })
})

describe("the view of a run", () => {
  test("starts its text over after an interruption", () => {
    const events: RunEvent[] = [
      text(1, "half an ans"),
      { offset: 2, kind: "text", text: "Again: ", reset: true },
      text(3, "whole."),
    ]
    expect(events.reduce(applyEvent, emptyView("r")).text).toBe("Again: whole.")
  })

  test("keeps one row per tool call and ends those that were running when the run stops", () => {
    const events: RunEvent[] = [
      { offset: 1, kind: "tool", id: "a", name: "find_names", state: "running", input: { text: "x" } },
      { offset: 2, kind: "tool", id: "a", name: "find_names", state: "done", ms: 12 },
      { offset: 3, kind: "tool", id: "b", name: "find_concerts", state: "running" },
      { offset: 4, kind: "stopped" },
    ]
    const view = events.reduce(applyEvent, emptyView("r"))
    expect(view.state).toBe("stopped")
    expect(view.tools).toEqual([{ id: "a", name: "find_names", state: "done", ms: 12, input: { text: "x" } }])
  })
})
