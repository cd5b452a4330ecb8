import { afterEach, expect, test, vi } from "vitest"
import { Pool } from "./pool.ts"
import type { Sandbox } from "./sandbox.ts"

afterEach(() => void vi.useRealTimers())

let started: string[] = []
let killed: string[] = []

/** A sandbox that is ready at once, or after so many milliseconds. */
function sandboxOf(key: string, startMs = 0): Sandbox {
  started.push(key)
  const made = {
    key,
    ready: startMs === 0 ? Promise.resolve() : new Promise<void>((resolve) => setTimeout(resolve, startMs)),
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

function poolOf(max: number, startMs = 0) {
  vi.useFakeTimers()
  started = []
  killed = []
  const pool = new Pool({ max, idleMs: 60_000, idlePerKey: 2, startsAtOnce: 2 })
  return { pool, acquire: (key: string, origin?: string) => pool.acquire(key, () => sandboxOf(key, startMs), origin) }
}

const full = async () => {
  const { pool, acquire } = poolOf(2)
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

test("an invocation does not wait for the backlog of another origin", async () => {
  const { pool, acquire } = poolOf(1)
  const sandbox = await acquire("a")
  const order: string[] = []
  for (const origin of ["flood", "flood", "flood", "flood", "other", "third", "other"])
    void acquire("a", origin).then(() => order.push(origin))
  for (let n = 0; n < 7; n++) {
    release(pool, sandbox)
    await vi.advanceTimersByTimeAsync(0)
  }
  expect(order).toEqual(["flood", "other", "third", "flood", "other", "flood", "flood"])
  expect(pool.state().waiting).toBe(0)
  pool.stop()
})

test("a function gets one more worker only when somebody waited as long as its last start took, and so few at once", async () => {
  const { pool, acquire } = poolOf(16, 400)
  const first = acquire("a")
  await vi.advanceTimersByTimeAsync(400)
  await first
  for (let n = 0; n < 10; n++) void acquire("a")
  await vi.advanceTimersByTimeAsync(390)
  expect(started).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(30)
  expect(pool.state()).toMatchObject({ workers: 3, starting: 2 })
  await vi.advanceTimersByTimeAsync(390)
  expect(pool.state()).toMatchObject({ workers: 5, starting: 2 })
  pool.kill(() => true)
})

test("of two busy functions the one with two workers more gives a place to the other, and then both keep what they have", async () => {
  const { pool, acquire } = poolOf(4)
  const busy: Sandbox[] = []
  const want = (key: string) => void acquire(key).then((sandbox) => busy.push(sandbox))
  for (let n = 0; n < 8; n++) want("a")
  await vi.advanceTimersByTimeAsync(50)
  expect(started).toEqual(["a", "a", "a", "a"])
  for (let turn = 0; turn < 20; turn++) {
    for (const key of ["a", "b", "b"]) want(key)
    await vi.advanceTimersByTimeAsync(20)
    for (const sandbox of busy.splice(0)) release(pool, sandbox)
  }
  expect([started.slice(4), killed]).toEqual([
    ["b", "b"],
    ["a", "a"],
  ])
  pool.kill(() => true)
})
