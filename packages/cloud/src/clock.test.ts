import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { Clock } from "./clock.ts"

beforeEach(() => vi.useFakeTimers({ now: 1_000 }))
afterEach(() => vi.useRealTimers())

test("an alarm rings once, at its time or when the clock is moved past it, in the order of the times", () => {
  const clock = new Clock()
  const rang: string[] = []
  clock.alarm(61_000, () => rang.push("minute"))
  clock.alarm(3_601_000, () => rang.push("hour"))
  clock.alarm(2_000, () => rang.push("second"))
  vi.advanceTimersByTime(1_000)
  expect(rang).toEqual(["second"])
  clock.advance(3_600_000)
  expect(rang).toEqual(["second", "minute", "hour"])
  expect(clock.now()).toBe(1_000 + 1_000 + 3_600_000)
  vi.advanceTimersByTime(10_000_000)
  expect(rang).toHaveLength(3)
})

test("an alarm that was called off, and every alarm of a stopped clock, stays silent", () => {
  const clock = new Clock()
  const rang: number[] = []
  clock.alarm(2_000, () => rang.push(1))()
  clock.alarm(2_000, () => rang.push(2))
  clock.stop()
  clock.advance(5_000)
  expect(rang).toEqual([])
})

test("an alarm in the past rings at once; one beyond Node's longest timer still rings at its time", () => {
  const clock = new Clock()
  const rang: string[] = []
  clock.alarm(1, () => rang.push("past"))
  const inTwoMonths = 1_000 + 60 * 86_400_000
  clock.alarm(inTwoMonths, () => rang.push("far"))
  expect(rang).toEqual(["past"])
  vi.advanceTimersByTime(60 * 86_400_000 - 1)
  expect(rang).toEqual(["past"])
  vi.advanceTimersByTime(1)
  expect(rang).toEqual(["past", "far"])
})

test("a clock does not go back", () => {
  expect(() => new Clock().advance(-1)).toThrow("from 0")
})
