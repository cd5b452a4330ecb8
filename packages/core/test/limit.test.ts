import { afterAll, beforeAll, expect, test, vi } from "vitest"
import { startPeople } from "./people.ts"

let people: Awaited<ReturnType<typeof startPeople>>
beforeAll(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined)
  people = await startPeople()
})
afterAll(() => people.stop())

/** The verb as another function would load it: with a memory of its own. */
async function another(): Promise<typeof import("../src/limit/index.ts")> {
  vi.resetModules()
  return import("../src/limit/index.ts")
}

const passes = (promise: Promise<void>) =>
  promise.then(
    () => true,
    ({ code, retryAfterMs }) => (expect([code, retryAfterMs > 0]).toEqual(["limit.rate", true]), false),
  )

const WINDOW = 5_000
/** The first moment of some window. */
const start = Math.ceil(Date.now() / WINDOW) * WINDOW

test("one function lets a connection send 500 frames at once, then 50 a second", async () => {
  const { take } = await another()
  const ref = { userId: "one", connectionId: "c" }
  const at = async (ms: number, frames: number) => {
    let passed = 0
    for (let n = 0; n < frames; n++) if (await passes(take(ref, start + ms))) passed += 1
    return passed
  }
  expect(await at(0, 600)).toBe(500)
  /** The counter has closed the window for it. */
  expect(await at(1_000, 100)).toBe(0)
  expect(await at(WINDOW, 400)).toBe(250)
})

test("eight functions together let little more through than one", async () => {
  const functions = await Promise.all(Array.from({ length: 8 }, another))
  const ref = { userId: "eight", connectionId: "c" }
  let passed = 0
  for (let n = 0; n < 2_000; n++) if (await passes(functions[n % 8]!.take(ref, start + n))) passed += 1
  console.info(`of 2,000 frames in two seconds over eight functions ${passed} passed`)
  expect(passed).toBeGreaterThanOrEqual(500)
  expect(passed).toBeLessThanOrEqual(500 + 8 * 25)
  expect(await passes(functions[0]!.take({ userId: "eight", connectionId: "other" }, start))).toBe(true)
})

test("a person's many connections share one budget", async () => {
  const functions = await Promise.all(Array.from({ length: 4 }, another))
  let passed = 0
  for (let n = 0; n < 4_000; n++)
    if (await passes(functions[n % 4]!.take({ userId: "many", connectionId: `c${n % 12}` }, start + n))) passed += 1
  expect(passed).toBeGreaterThanOrEqual(2_500)
  expect(passed).toBeLessThanOrEqual(2_500 + 4 * 12 * 25)
})
