import { setTimeout as sleep } from "node:timers/promises"
import { expect, test } from "vitest"
import { Lane } from "./lane.ts"

test("what changes together is worked on once, and idle waits for exactly that", async () => {
  const runs: string[][] = []
  const lane = new Lane(async (changed) => void runs.push(changed.toSorted()))
  await lane.idle()
  lane.add("a")
  lane.add("b", "a")
  expect(lane.busy).toBe(true)
  await lane.idle()
  expect(runs).toEqual([["a", "b"]])
  expect(lane.busy).toBe(false)
})

test("what changes during a run is worked on afterwards, never at the same time, and idle waits for it too", async () => {
  const runs: string[][] = []
  let running = 0
  let most = 0
  const lane = new Lane(async (changed) => {
    most = Math.max(most, ++running)
    runs.push(changed)
    if (runs.length === 1) lane.add("late")
    await sleep(5)
    running--
  })
  lane.add("early")
  await lane.idle()
  expect(runs).toEqual([["early"], ["late"]])
  expect(most).toBe(1)
})

test("a stopped lane keeps nobody waiting and does nothing more", async () => {
  const lane = new Lane(() => Promise.reject(new Error("never")))
  lane.add("a")
  const idle = lane.idle()
  lane.stop()
  await idle
})
