import { expect, it } from "vitest"
import { busyness } from "./busyness.ts"

/** Whether each of the frames, so many milliseconds apart, found its topic busy. */
const heard = (everyMs: number, frames: number, step?: number) => {
  const isBusy = busyness()
  return Array.from({ length: frames }, (_, n) => isBusy("t", n * everyMs, step && n * step))
}

it("calls a conversation calm and a hail of frames busy", () => {
  expect(heard(500, 100)).not.toContain(true)
  expect(heard(10, 100).indexOf(true)).toBe(4)
})

it("learns from the numbers of a log what other functions sent", () => {
  expect(heard(500, 100, 1)).not.toContain(true)
  expect(heard(40, 10, 4).indexOf(true)).toBe(1)
})

it("is calm again after a pause, even a long gap in the numbers", () => {
  const isBusy = busyness()
  for (let n = 0; n < 50; n++) isBusy("t", n, n)
  expect(isBusy("t", 10_000, 51)).toBe(false)
  expect(isBusy("other", 10_000, 9_999)).toBe(false)
})
