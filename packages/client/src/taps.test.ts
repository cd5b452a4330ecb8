import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { ApiError } from "./error.ts"
import type { ServerFrame, SocketState } from "./socket/index.ts"
import { watchTap } from "./taps.ts"

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A socket whose answers a test decides. */
function world() {
  const frames = new Set<(frame: ServerFrame) => void>()
  const states = new Set<(state: SocketState) => void>()
  const asked: string[] = []
  let answer: () => Promise<unknown> = async () => ({ tap: `tap_${asked.length}`, expiresAt: 0 })
  const socket = {
    state: "open" as SocketState,
    request: ((action: string, body: object) => {
      asked.push(`${action} ${JSON.stringify(body)}`)
      return answer()
    }) as never,
    onFrame: (each: (frame: ServerFrame) => void) => (frames.add(each), () => frames.delete(each)),
    onState: (each: (state: SocketState) => void) => (states.add(each), () => states.delete(each)),
  }
  return {
    socket,
    asked,
    says: (next: () => Promise<unknown>) => (answer = next),
    refuses: (code: string) => (answer = () => Promise.reject(new ApiError(code, "No."))),
    become: (state: SocketState) => states.forEach((each) => each(state)),
    hear: (tap: string, caught: number, ...seqs: number[]) =>
      frames.forEach((each) => each({ type: "tap", tap, caught, events: seqs.map((seq) => ({ what: "ping", seq })) })),
  }
}
const settled = () => vi.advanceTimersByTimeAsync(0)

test("lines come in order and numbered, of this tap alone, and what was left out is counted", async () => {
  const { socket, hear, asked } = world()
  const tap = watchTap(socket, { room: "rom_1" }, { keep: 3 })
  expect(tap.get().status).toBe("starting")
  await settled()
  expect([tap.get().status, asked]).toEqual(["live", ['tap.start {"room":"rom_1"}']])
  hear("tap_1", 2, 1, 2)
  hear("tap_other", 9, 7)
  hear("tap_1", 40, 3, 4)
  expect(tap.get().lines.map(({ n, seq }) => [n, seq])).toEqual([
    [2, 2],
    [3, 3],
    [4, 4],
  ])
  expect(tap.get().leftOut).toBe(36)
  tap.clear()
  expect(tap.get()).toMatchObject({ lines: [], leftOut: 0 })
  hear("tap_1", 41, 5)
  expect(tap.get()).toMatchObject({ lines: [{ n: 5 }], leftOut: 0 })
  tap.close()
  await settled()
  expect([asked.at(-1), vi.getTimerCount()]).toEqual(['tap.stop {"tap":"tap_1"}', 0])
})

test("the lease is renewed while it is open, and each new connection has a tap of its own", async () => {
  const { socket, asked, become, hear, says } = world()
  says(async () => ({ tap: "tap_a", expiresAt: 0 }))
  const tap = watchTap(socket, { user: "max" })
  for (let minute = 0; minute < 12; minute++) await vi.advanceTimersByTimeAsync(60_000)
  expect(asked).toHaveLength(4)
  hear("tap_a", 1, 1)
  become("waiting")
  expect(tap.get().status).toBe("waiting")
  says(async () => ({ tap: "tap_b", expiresAt: 0 }))
  become("open")
  await settled()
  hear("tap_b", 1, 2)
  expect(tap.get()).toMatchObject({ status: "live", leftOut: 0, lines: [{ seq: 1 }, { seq: 2 }] })
  tap.close()
})

test("what passes is tried again by itself, what does not says why and waits for a person", async () => {
  const { socket, refuses, says, asked } = world()
  refuses("unavailable.connection")
  const tap = watchTap(socket, { room: "rom_1" })
  await settled()
  expect(tap.get().status).toBe("waiting")
  refuses("limit.taps")
  await vi.advanceTimersByTimeAsync(5_000)
  expect(tap.get()).toMatchObject({ status: "refused", error: { code: "limit.taps" } })
  await vi.advanceTimersByTimeAsync(60_000)
  expect(asked).toHaveLength(2)
  says(async () => ({ tap: "tap_1", expiresAt: 0 }))
  tap.retry()
  await settled()
  expect(tap.get()).toMatchObject({ status: "live", error: undefined })
  tap.close()
})
