import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { Inbox } from "./inbox.ts"

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

let isBusy = false
function inboxOf({ atOnce = 2, backlog = 100, ofBacklog = 1, most = 4 } = {}) {
  const started: number[] = []
  const ends = new Map<number, () => void>()
  const said: string[] = []
  const inbox = new Inbox<number>({
    run: (item) => new Promise((resolve) => (started.push(item), ends.set(item, resolve))),
    atOnce,
    backlog,
    ofBacklog,
    most,
    patienceMs: 1_000,
    isBusy: () => isBusy,
    pause: () => void said.push("pause"),
    resume: () => void said.push("resume"),
  })
  const add = (count: number) => Array.from({ length: count }, (_, n) => inbox.add(n))
  const end = async (item: number) => {
    ends.get(item)!()
    await vi.advanceTimersByTimeAsync(0)
  }
  return { inbox, started, said, add, end }
}

test("of a flood it runs one at a time, until what waits is no more than a backlog", async () => {
  const { started, add, end } = inboxOf({ atOnce: 3, backlog: 2, most: 100 })
  add(5)
  expect(started).toEqual([0, 1, 2])
  add(3)
  for (const item of [0, 1]) await end(item)
  expect(started).toHaveLength(3)
  await end(2)
  expect(started).toHaveLength(4)
  await end(3)
  expect(started).toHaveLength(5)
  await end(4)
  expect(started).toHaveLength(8)
})

test("runs two at once, the next in order when one of them ends", async () => {
  const { started, add, end } = inboxOf()
  add(4)
  expect(started).toEqual([0, 1])
  await end(1)
  expect(started).toEqual([0, 1, 2])
  await end(0)
  expect(started).toEqual([0, 1, 2, 3])
})

test("those that wait for something while the machine has nothing to do do not hold up the next, and are not counted twice when they end", async () => {
  const { started, add, end } = inboxOf()
  add(6)
  isBusy = true
  await vi.advanceTimersByTimeAsync(1_999)
  isBusy = false
  expect(started).toEqual([0, 1])
  await vi.advanceTimersByTimeAsync(1)
  expect(started).toEqual([0, 1, 2, 3])
  await end(0)
  await end(1)
  expect(started).toEqual([0, 1, 2, 3])
  await end(2)
  expect(started).toEqual([0, 1, 2, 3, 4])
})

test("asks for a pause once with four waiting, and for more when two of them are gone", async () => {
  const { inbox, said, add, end } = inboxOf()
  add(5)
  expect(said).toEqual([])
  add(2)
  expect([inbox.waiting, said]).toEqual([5, ["pause"]])
  for (const item of [0, 1, 2]) {
    expect(said).toEqual(["pause"])
    await end(item)
  }
  expect([inbox.waiting, said]).toEqual([2, ["pause", "resume"]])
})
