import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { ApiError } from "../error.ts"
import { createSocket, type WebSocketLike } from "./index.ts"

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

class FakeSocket implements WebSocketLike {
  readyState = 0
  onopen: ((event: never) => void) | null = null
  onmessage: ((event: never) => void) | null = null
  onclose: ((event: never) => void) | null = null
  onerror: ((event: never) => void) | null = null
  readonly sent: Record<string, unknown>[] = []
  /** Answers pings by itself. */
  alive = false
  constructor(readonly url: string) {}
  send(text: string) {
    const frame = JSON.parse(text) as Record<string, unknown>
    this.sent.push(frame)
    if (this.alive && frame.action === "ping") queueMicrotask(() => this.say({ type: "ack", id: frame.id }))
  }
  close() {
    this.readyState = 3
  }
  accept() {
    this.readyState = 1
    this.onopen?.({} as never)
  }
  say(frame: object) {
    this.onmessage?.({ data: JSON.stringify(frame) } as never)
  }
  cut() {
    this.readyState = 3
    this.onclose?.({} as never)
  }
}

function world(more: { getToken?: (options?: { fresh?: boolean }) => Promise<string> } = {}) {
  const sockets: FakeSocket[] = []
  let tickets = 0
  const socket = createSocket({
    ...more,
    getTicket: async () => ({ ticket: `t${++tickets}`, url: "ws://here", expiresAt: 0 }),
    connect: (url) => (sockets.push(new FakeSocket(url)), sockets.at(-1)!),
    random: () => 0.5,
  })
  const states: string[] = []
  socket.onState((state) => states.push(state))
  const opened = async () => {
    for (let second = 0; second < 30 && sockets.at(-1)?.readyState !== 0; second++) await vi.advanceTimersByTimeAsync(1_000)
    const last = sockets.at(-1)!
    if (last.readyState === 0) last.accept()
    return last
  }
  return { socket, sockets, states, opened, tickets: () => tickets }
}

const tokenUntil = (expiresAt: number) => `h.${btoa(JSON.stringify({ exp: expiresAt / 1000 })).replaceAll("=", "")}.s`

test("each connection uses a ticket of its own", async () => {
  const { socket, sockets, opened } = world()
  socket.start()
  ;(await opened()).cut()
  await opened()
  expect(sockets.map((each) => each.url)).toEqual(["ws://here?ticket=t1", "ws://here?ticket=t2"])
})

test("a request resolves with its ack, and with an error frame fails with code, message and wait", async () => {
  const { socket, opened } = world()
  socket.start()
  const wire = await opened()
  const good = socket.request("chat.stop", { run: "run_1" })
  const bad = socket.request("chat.send", { text: "x", clientId: "c" }).catch((error: unknown) => error)
  wire.say({ type: "error", id: wire.sent[1]!.id, code: "limit.chat", message: "Slow down.", retryAfterMs: 900 })
  wire.say({ type: "ack", id: wire.sent[0]!.id, ok: 1 })
  expect(await good).toMatchObject({ ok: 1 })
  expect(await bad).toMatchObject({ code: "limit.chat", message: "Slow down.", retryAfterMs: 900 })
})

test("no ack in 30 s sends the same frame again, and after three times fails", async () => {
  const { socket, opened } = world()
  socket.start()
  const wire = await opened()
  const failed = socket.request("chat.send", { text: "x", clientId: "c1" }).catch((error: unknown) => error)
  const sends = () => wire.sent.filter((frame) => frame.action === "chat.send")
  await vi.advanceTimersByTimeAsync(29_000)
  expect(sends()).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(sends()).toHaveLength(2)
  expect(sends()[1]).toEqual(sends()[0])
  await vi.advanceTimersByTimeAsync(61_000)
  expect(sends()).toHaveLength(3)
  expect(await failed).toMatchObject({ code: "unavailable.no_answer" })
})

test("requests made while the connection is down go out in order with the next one, with the same clientId", async () => {
  const { socket, opened } = world()
  socket.start()
  const first = await opened()
  const answers = [socket.request("chat.send", { text: "x", clientId: "a" })]
  first.cut()
  answers.push(
    socket.request("chat.send", { text: "x", clientId: "b" }),
    socket.request("chat.send", { text: "x", clientId: "c" }),
  )
  const second = await opened()
  expect(second.sent.map((frame) => frame.clientId)).toEqual(["a", "b", "c"])
  for (const frame of second.sent) second.say({ type: "ack", id: frame.id })
  await Promise.all(answers)
})

test("an aborted request fails at once and is not sent later", async () => {
  const { socket, opened } = world()
  socket.start()
  const abort = new AbortController()
  const failed = socket
    .request("chat.resume", { run: "run_1", after: 0 }, { signal: abort.signal })
    .catch((error: unknown) => error)
  abort.abort()
  expect(await failed).toMatchObject({ code: "cancelled" })
  expect((await opened()).sent).toEqual([])
})

test("a connection is replaced before two hours without ever being closed to its user", async () => {
  const { socket, sockets, states, opened } = world()
  socket.start()
  const first = await opened()
  first.alive = true
  for (let tick = 0; tick < 116 * 6; tick++) {
    await vi.advanceTimersByTimeAsync(10_000)
    if (sockets[1]?.readyState !== 0) continue
    expect(first.readyState).toBe(1)
    sockets[1].alive = true
    sockets[1].accept()
  }
  expect(sockets).toHaveLength(2)
  expect(first.readyState).toBe(3)
  expect(new Set(states)).toEqual(new Set(["connecting", "open"]))
})

test("a connection that no longer answers pings is dropped and replaced", async () => {
  const { socket, sockets, opened } = world()
  socket.start()
  await opened()
  await vi.advanceTimersByTimeAsync(5 * 60_000)
  expect(sockets.length).toBeGreaterThan(1)
  expect(sockets[0]!.readyState).toBe(3)
})

test("fifty flaps leave one connection and, after close, no timer", async () => {
  const { socket, sockets, opened } = world()
  socket.start()
  for (let flap = 0; flap < 50; flap++) (await opened()).cut()
  await opened()
  expect(sockets.filter((each) => each.readyState <= 1)).toHaveLength(1)
  socket.close()
  expect(sockets.filter((each) => each.readyState <= 1)).toHaveLength(0)
  expect(vi.getTimerCount()).toBe(0)
})

test("a message may carry one frame or a list of them, and what is neither disturbs nobody", async () => {
  const { socket, opened } = world()
  const seen: unknown[] = []
  socket.onFrame((frame) => seen.push(frame.type))
  socket.start()
  const wire = await opened()
  const answered = socket.request("ping", {})
  wire.say([{ type: "message" }, { type: "ack", id: wire.sent[0]!.id }, 7, null, { type: "typing" }])
  wire.say({ type: "read" })
  for (const odd of ["", "[", "null", "7", '"x"', "{}"]) wire.onmessage?.({ data: odd } as never)
  await answered
  expect(seen).toEqual(["message", "typing", "read"])
})

test("a request for one connection fails with it and is not sent on the next", async () => {
  const { socket, opened } = world()
  socket.start()
  const failed = () =>
    socket.request("room.send", { room: "rom_1", text: "x", clientId: "c" }, { once: true }).catch((error: unknown) => error)
  expect(await failed()).toMatchObject({ code: "unavailable.connection" })
  const wire = await opened()
  const lost = failed()
  wire.cut()
  expect(await lost).toMatchObject({ code: "unavailable.connection" })
  expect((await opened()).sent).toEqual([])
})

test("frames that are still on their way on the old connection count while it is replaced", async () => {
  const { socket, sockets, opened } = world()
  const seen: unknown[] = []
  socket.onFrame((frame) => seen.push(frame.n))
  socket.start()
  const first = await opened()
  first.alive = true
  while (sockets.length < 2) await vi.advanceTimersByTimeAsync(10_000)
  sockets[1]!.accept()
  first.say({ type: "message", n: 1 })
  sockets[1]!.say({ type: "message", n: 2 })
  expect(seen).toEqual([1, 2])
  await vi.advanceTimersByTimeAsync(5_000)
  expect(first.readyState).toBe(3)
})

test("the next token is presented on the connection before the one in use ends", async () => {
  const start = Date.now()
  const asked: unknown[] = []
  const { socket, opened } = world({
    getToken: async (options) => {
      asked.push(options?.fresh ?? false)
      return tokenUntil(options?.fresh ? Date.now() + 3_600_000 : start + 3_600_000)
    },
  })
  socket.start()
  const wire = await opened()
  wire.alive = true
  await vi.advanceTimersByTimeAsync(3_600_000 - (Date.now() - start) - 110_000)
  const frames = () => wire.sent.filter((frame) => frame.action === "auth.refresh")
  expect(frames()).toHaveLength(1)
  expect(asked).toEqual([false, true])
  wire.say({ type: "ack", id: frames()[0]!.id, expiresAt: Date.now() + 3_600_000 })
  await vi.advanceTimersByTimeAsync(10 * 60_000)
  expect(frames()).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(48.1 * 60_000)
  expect(frames()).toHaveLength(2)
  socket.close()
  expect(vi.getTimerCount()).toBe(0)
})

test("a clock that is five minutes wrong, either way, presents every token before it ends and none more than once", async () => {
  for (const minutes of [-5, -1, 0, 1, 5]) {
    const service = () => Date.now() + minutes * 60_000
    let end = 0
    const fresh = () => {
      end = service() + 3_600_000
      return `h.${btoa(JSON.stringify({ iat: Math.floor(service() / 1000), exp: end / 1000 })).replaceAll("=", "")}.s`
    }
    const first = fresh()
    const { socket, opened } = world({ getToken: async (options) => (options?.fresh ? fresh() : first) })
    socket.start()
    const wire = await opened()
    wire.alive = true
    let answered = 0
    const early: number[] = []
    let ends = end
    for (let second = 0; second < 6_600; second++) {
      await vi.advanceTimersByTimeAsync(1_000)
      const frames = wire.sent.filter((frame) => frame.action === "auth.refresh")
      if (frames.length === answered) continue
      early.push((ends - service()) / 1000)
      wire.say({ type: "ack", id: frames[answered++]!.id, expiresAt: (ends = end) })
    }
    socket.close()
    expect(early.length).toBe(1)
    for (const seconds of early) expect(seconds).toBeGreaterThan(80)
    for (const seconds of early) expect(seconds).toBeLessThan(160 + Math.max(0, -minutes) * 60)
  }
})

test("a connection whose new token is refused is replaced with a new ticket", async () => {
  const { socket, sockets, opened } = world({ getToken: async () => tokenUntil(Date.now() + 60_000) })
  socket.start()
  const wire = await opened()
  await vi.advanceTimersByTimeAsync(31_000)
  wire.say({ type: "error", id: wire.sent.at(-1)!.id, code: "auth.token", message: "Sign in again." })
  await vi.advanceTimersByTimeAsync(0)
  expect(wire.readyState).toBe(3)
  await opened()
  expect(sockets).toHaveLength(2)
})

test("a request above 32 KB fails by itself instead of closing one connection after the other", async () => {
  const { socket, opened } = world()
  socket.start()
  const wire = await opened()
  const send = (text: string) => socket.request("room.send", { room: "rom_1", text, clientId: "c" })
  for (const text of ["x".repeat(33_000), "\u0001".repeat(6_000), "é".repeat(17_000)])
    await expect(send(text)).rejects.toMatchObject({ code: "limit.size" })
  expect(wire.sent).toEqual([])
  const fits = send("é".repeat(16_000))
  wire.say({ type: "ack", id: wire.sent[0]!.id })
  await fits
})

test("an attempt that hangs is given up for another", async () => {
  const { socket, sockets } = world()
  socket.start()
  await vi.advanceTimersByTimeAsync(30_000)
  expect(sockets.length).toBeGreaterThan(1)
  expect(sockets.filter((each) => each.readyState <= 1)).toHaveLength(1)
})

test("where it is told how long to wait before it comes back, it waits so long, says so with a code, and then comes in by itself", async () => {
  const sockets: FakeSocket[] = []
  let refusals = 2
  let asked = 0
  const socket = createSocket({
    getTicket: async () => {
      asked++
      if (refusals-- > 0) throw new ApiError("limit.rate", "Wait.", { status: 429, retryAfterMs: 40_000 })
      return { ticket: "t", url: "ws://here", expiresAt: 0 }
    },
    connect: (url) => (sockets.push(new FakeSocket(url)), sockets.at(-1)!),
    random: () => 0.5,
  })
  socket.start()
  await vi.advanceTimersByTimeAsync(39_000)
  expect([asked, socket.state, socket.lastError?.code]).toEqual([1, "waiting", "limit.rate"])
  await vi.advanceTimersByTimeAsync(42_000)
  sockets.at(-1)!.accept()
  expect([asked, socket.state, socket.lastError]).toEqual([3, "open", undefined])
  socket.close()
})
