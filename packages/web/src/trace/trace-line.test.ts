import { expect, test } from "vitest"
import { fits, formatBytes, jsonLines, reachOf, toneOf } from "./trace-line.ts"

const sent = { n: 1, at: 5, direction: "in", what: "room.send", user: { id: "u1" }, outcome: "ack", seq: 12 } as const
const refused = { ...sent, n: 2, what: "room.edit", outcome: "missing.message" }
const posted = { n: 3, at: 6, direction: "out", what: "message", outcome: "posted", to: 3, gone: 1, failed: 0 } as const
const all = { text: "", direction: "", outcome: "" }

test("a line is found by every word that its row shows, by its direction, and by having gone wrong", () => {
  const found = (filter: object) =>
    [sent, refused, posted].filter((line) => fits(line, { ...all, ...filter }, "Ada")).map(({ n }) => n)
  expect(found({})).toEqual([1, 2, 3])
  expect(found({ text: "ADA room." })).toEqual([1, 2])
  expect(found({ text: "12 send" })).toEqual([1])
  expect(found({ text: "nothing" })).toEqual([])
  expect(found({ direction: "out" })).toEqual([3])
  expect(found({ outcome: "bad" })).toEqual([2])
})

test("what failed to reach somebody is bad, and what is gone is said", () => {
  expect([sent, refused, posted, { ...posted, failed: 2 }].map(toneOf)).toEqual(["good", "bad", "quiet", "bad"])
  expect([reachOf(sent), reachOf(posted), reachOf({ ...posted, failed: 2 })]).toEqual([
    undefined,
    "3 got it, 1 gone",
    "3 got it, 1 gone, 2 not reached",
  ])
})

test("lines are copied as JSON, one in each, without what only this page knows", () => {
  const [first, second] = jsonLines([sent, posted])
    .split("\n")
    .map((line) => JSON.parse(line))
  expect(first).toEqual({ at: 5, direction: "in", what: "room.send", user: { id: "u1" }, outcome: "ack", seq: 12 })
  expect(second).toMatchObject({ what: "message", to: 3 })
  expect([formatBytes(120), formatBytes(1_280)]).toEqual(["120 B", "1.3 KB"])
})
