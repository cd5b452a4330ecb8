import { afterEach, expect, test, vi } from "vitest"
import { Pool } from "./pool.ts"
import type { Sandbox } from "./sandbox.ts"

afterEach(() => void vi.useRealTimers())

let started: string[] = []
let killed: string[] = []

/** A sandbox that is ready at once. */
function sandboxOf(key: string): Sandbox {
  started.push(key)
  const made = {
    key,
    ready: Promise.resolve(),
    readyAt: performance.now(),
    idleSince: performance.now(),
    gone: false,
    onGone: () => {},
    kill() {
      killed.push(key)
      made.gone = true
      made.onGone()
    },
  }
  return made as unknown as Sandbox
}

const full = async () => {
  vi.useFakeTimers()
  started = []
  killed = []
  const pool = new Pool({ max: 2, idleMs: 60_000, idlePerKey: 2 })
  const acquire = (key: string) => pool.acquire(key, () => sandboxOf(key))
  const [a, b] = await Promise.all([acquire("a"), acquire("b")])
  return { pool, acquire, a, b }
}
const release = (pool: Pool, sandbox: Sandbox) => {
  Object.assign(sandbox, { idleSince: performance.now() })
  pool.release(sandbox)
}

test("functions that take turns keep their workers, however many invocations wait for each", async () => {
  const { pool, acquire, a, b } = await full()
  let [busy, idle] = [a, b]
  for (let turn = 0; turn < 20; turn++) {
    release(pool, idle)
    const waiting = acquire(busy.key)
    await vi.advanceTimersByTimeAsync(300)
    const next = await acquire(idle.key)
    release(pool, busy)
    ;[busy, idle] = [next, await waiting]
  }
  expect([started, killed]).toEqual([["a", "b"], []])
  pool.stop()
})

test("a function without a worker gets the place of one that is idle; one that has a worker waits", async () => {
  const { pool, acquire, b } = await full()
  release(pool, b)
  await acquire("c")
  expect(killed).toEqual(["b"])
  const waiting = acquire("a")
  await vi.advanceTimersByTimeAsync(1_900)
  expect(started).toEqual(["a", "b", "c"])
  pool.stop()
  await expect(waiting).rejects.toThrow("stopping")
})

test("an invocation that waited two seconds for its function's busy worker takes the place of another's", async () => {
  const { pool, acquire, b } = await full()
  const waiting = acquire("a")
  await vi.advanceTimersByTimeAsync(1_900)
  release(pool, b)
  await vi.advanceTimersByTimeAsync(50)
  expect(started).toEqual(["a", "b"])
  await vi.advanceTimersByTimeAsync(2_100)
  await waiting
  expect([started, killed]).toEqual([["a", "b", "a"], ["b"]])
  pool.stop()
})
