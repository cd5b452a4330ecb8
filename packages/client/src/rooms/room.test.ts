import fc from "fast-check"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { ApiError } from "../error.ts"
import { createSocket } from "../socket/index.ts"
import { type Chaos, seeded } from "../testing/chaos.ts"
import { createFakeRoom, type FakeRoom } from "../testing/fake-room.ts"
import type { RoomMessage } from "../wire.ts"
import { createRooms } from "./index.ts"

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const CALM: Chaos = { random: seeded(1), drop: 0, double: 0, delayMs: 0, limit: 0, cut: 0, repeatsCount: false }

function member(service: FakeRoom, user: string, random = seeded(7), store?: Storage) {
  const socket = createSocket({
    getTicket: async () => ({ ticket: "t", url: "ws://here", expiresAt: 0 }),
    connect: () => service.connect(user),
    random,
  })
  const rooms = createRooms({
    socket,
    random,
    store,
    client: {
      me: async () => ({ userId: user, name: user, number: 1 }),
      rooms: {
        messages: async (_: string, { before = 1e9, limit = 25 }: { before?: number; limit?: number }) => ({
          items: service.history(before, limit),
        }),
      } as never,
    },
  })
  const room = rooms.room("rom_1")
  /** What a program that only listens has: messages since the last reset. */
  let told: RoomMessage[] = []
  const resets: string[] = []
  room.onEvent((event) => {
    if (event.type === "message") told.push(event.message)
    if (event.type === "reset") {
      resets.push(event.epoch)
      told = []
    }
  })
  socket.start()
  room.enter()
  return { room, rooms, socket, resets, told: () => told, texts: () => told.map(({ text }) => text) }
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

test("messages are told in order and once, to the sender too", async () => {
  const service = createFakeRoom(CALM)
  const [ann, bob] = [member(service, "ann"), member(service, "bob")]
  await pass(2_000)
  for (let i = 1; i <= 20; i++) (i % 2 ? ann : bob).room.send(`m${i}`)
  await pass(1_000)
  expect(service.log).toHaveLength(20)
  for (const each of [ann, bob]) {
    expect(each.told().map(({ messageId }) => messageId)).toEqual(service.log.map(({ messageId }) => messageId))
    expect(each.room.get().unsent).toEqual([])
  }
})

test("what is written without a connection waits, keeps its order and goes out once", async () => {
  const service = createFakeRoom(CALM)
  const ann = member(service, "ann")
  await pass(2_000)
  service.cutAll()
  await pass(1)
  for (let i = 1; i <= 40; i++) ann.room.send(`m${i}`)
  expect(ann.room.get()).toMatchObject({ status: "behind" })
  expect(ann.room.get().unsent.map(({ state }) => state)).toEqual(Array(40).fill("waiting"))
  await pass(5_000)
  expect(service.log.map(({ text }) => text)).toEqual(Array.from({ length: 40 }, (_, i) => `m${i + 1}`))
  expect(ann.room.get()).toMatchObject({ status: "live", unsent: [] })
})

test("a reload keeps what was not sent, with its clientId", async () => {
  const kept = new Map<string, string>()
  const store = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  } as Storage
  const service = createFakeRoom(CALM)
  const before = member(service, "ann", seeded(1), store)
  const clientId = before.room.send("hello")
  before.socket.close()
  const after = member(service, "ann", seeded(2), store)
  await pass(3_000)
  expect(service.log).toMatchObject([{ clientId, text: "hello" }])
  expect(after.texts()).toEqual(["hello"])
  expect(kept.size).toBe(0)
})

test("a message without an answer goes out again after thirty seconds as the same message", async () => {
  const chaos = { ...CALM }
  const service = createFakeRoom(chaos)
  const ann = member(service, "ann")
  await pass(2_000)
  chaos.drop = 1
  ann.room.send("one")
  ann.room.send("two")
  await pass(1_000)
  chaos.drop = 0
  await pass(20_000)
  expect(service.log).toEqual([])
  await pass(12_000)
  expect(service.log.map(({ text }) => text)).toEqual(["one", "two"])
  expect(ann.texts()).toEqual(["one", "two"])
})

test("a refused message says why, stays, and does not hold up the next", async () => {
  const service = createFakeRoom(CALM)
  const ann = member(service, "ann")
  await pass(2_000)
  const request = ann.socket.request.bind(ann.socket) as (...args: unknown[]) => Promise<unknown>
  ann.socket.request = (async (action: string, body: { text?: string }, sending: object) => {
    if (action === "room.send" && body.text === "bad") throw new ApiError("input.text", "no")
    return request(action, body, sending)
  }) as never
  const bad = ann.room.send("bad")
  ann.room.send("good")
  await pass(1_000)
  expect(ann.room.get().unsent).toMatchObject([{ clientId: bad, state: "refused" }])
  expect(service.log.map(({ text }) => text)).toEqual(["good"])
  ann.room.discard(bad)
  expect(ann.room.get().unsent).toEqual([])
})

test("a lost last frame is noticed without another one", async () => {
  const service = createFakeRoom(CALM)
  const ann = member(service, "ann")
  await pass(2_000)
  service.write("unheard", false)
  await pass(90_000)
  expect(ann.texts()).toEqual(["unheard"])
})

test("a position that cannot be served starts the room over and says so", async () => {
  const service = createFakeRoom(CALM)
  const ann = member(service, "ann")
  await pass(2_000)
  for (let i = 1; i <= 3; i++) service.write(`m${i}`)
  await pass(100)
  service.cutAll()
  for (let i = 4; i <= 250; i++) service.write(`m${i}`)
  service.forget(200)
  await pass(5_000)
  expect(ann.resets).toEqual(["e1"])
  expect(ann.told().map(({ seq }) => seq)).toEqual(Array.from({ length: 100 }, (_, i) => i + 151))
  service.newEpoch()
  service.write("after")
  await pass(5_000)
  expect(ann.resets).toEqual(["e1", "e2"])
  expect(ann.texts().at(-1)).toBe("after")
})

test("a long absence is caught up page by page without a reset", async () => {
  const service = createFakeRoom(CALM)
  const ann = member(service, "ann")
  await pass(2_000)
  service.write("first")
  await pass(100)
  service.cutAll()
  for (let i = 0; i < 450; i++) service.write(`m${i}`)
  await pass(10_000)
  expect(ann.resets).toEqual([])
  expect(ann.told().map(({ seq }) => seq)).toEqual(Array.from({ length: 451 }, (_, i) => i + 1))
})

test("any part of a long history is read by itself, and again only after a break", async () => {
  const service = createFakeRoom(CALM)
  for (let i = 1; i <= 5_000; i++) service.write(`m${i}`)
  const read = vi.spyOn(service, "history")
  const ann = member(service, "ann")
  await pass(2_000)
  await ann.room.load({ from: 2_350, to: 2_450 })
  await ann.room.load({ from: 2_350, to: 2_450 })
  expect(read.mock.calls).toEqual([
    [2_401, 100],
    [2_501, 100],
  ])
  expect([2_301, 2_500].map((seq) => ann.room.at(seq)?.text)).toEqual(["m2301", "m2500"])
  expect(ann.room.at(2_300)).toBeUndefined()
  expect(ann.told()).toHaveLength(100)
  service.cutAll()
  await pass(3_000)
  await ann.room.load({ from: 2_350, to: 2_360 })
  expect(read).toHaveBeenCalledTimes(3)
})

test("what a reload interrupted goes out without its room being looked at, which is then left again", async () => {
  const kept = new Map([["backline.unsent", JSON.stringify({ rom_1: [{ clientId: "c1", text: "hello", at: 1 }] })]])
  const store = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  } as Storage
  const service = createFakeRoom(CALM)
  const ann = member(service, "ann", seeded(1), store)
  ann.room.leave()
  ann.rooms.resume()
  await pass(3_000)
  expect(service.log).toMatchObject([{ clientId: "c1", text: "hello" }])
  expect(kept.size).toBe(0)
  ann.socket.close()
  await pass(10_000)
  expect(vi.getTimerCount()).toBe(0)
})

test("leaving keeps the room while a message waits, and forgets timers otherwise", async () => {
  const service = createFakeRoom(CALM)
  const ann = member(service, "ann")
  await pass(2_000)
  ann.room.send("bye")
  ann.room.leave()
  await pass(1_000)
  expect(service.log.map(({ text }) => text)).toEqual(["bye"])
  ann.rooms.clear()
  ann.socket.close()
  await pass(10_000)
  expect(vi.getTimerCount()).toBe(0)
})

test("an answer of the assistant is told while it is written, and gives way to its message", async () => {
  const service = createFakeRoom(CALM)
  const ann = member(service, "ann")
  await pass(2_000)
  const event = (offset: number, more: object) =>
    service.tell({ type: "chat.event", run: "run_1", conversation: "cnv_1", offset, ...more })
  event(1, { kind: "text", text: "Two " })
  event(3, { kind: "text", text: "shows." })
  event(2, { kind: "text", text: "sold-out " })
  await pass(10)
  expect(ann.room.get().answers).toMatchObject([{ runId: "run_1", state: "running", text: "Two sold-out shows." }])
  service.write("Two sold-out shows.", true, "run_1")
  await pass(10)
  expect(ann.room.get().answers).toEqual([])
  expect(ann.texts()).toEqual(["Two sold-out shows."])
  expect(ann.room.answer("run_1")).toMatchObject({ state: "done" })
})

test("the stream of messages ends with its signal", async () => {
  const service = createFakeRoom(CALM)
  const ann = member(service, "ann")
  const end = new AbortController()
  const seen: string[] = []
  const reading = (async () => {
    for await (const { text } of ann.room.messages(end.signal)) seen.push(text)
  })()
  await pass(2_000)
  service.write("a")
  service.write("b")
  await pass(100)
  end.abort()
  await reading
  expect(seen).toEqual(["a", "b"])
})

const Steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant("send" as const),
        who: fc.nat({ max: 2 }),
        times: fc.integer({ min: 1, max: 8 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("cut" as const) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 2_000 }) }) },
  ),
  { minLength: 5, maxLength: 30 },
)

test("whatever is dropped, doubled, late, limited or cut: all end with the service's log, nothing lost, doubled or reordered", async () => {
  let sent = 0
  let runs = 0
  await fc.assert(
    fc.asyncProperty(Steps, fc.nat(), fc.boolean(), async (steps, seed, repeatsCount) => {
      vi.clearAllTimers()
      const chaos: Chaos = { random: seeded(seed), drop: 0.1, double: 0.2, delayMs: 400, limit: 0.05, cut: 0.03, repeatsCount }
      const service = createFakeRoom(chaos)
      const people = ["ann", "bob", "cat"].map((user, i) => member(service, user, seeded(seed + i)))
      const written: string[][] = [[], [], []]
      for (const step of steps) {
        if (step.kind === "cut") service.cutAll()
        else if (step.kind === "wait") await pass(step.ms)
        else
          for (let i = 0; i < step.times; i++) {
            const text = `${step.who}/${written[step.who]!.length}`
            written[step.who]!.push(text)
            people[step.who]!.room.send(text)
          }
      }
      await pass(5_000)
      Object.assign(chaos, { drop: 0, double: 0, delayMs: 20, limit: 0, cut: 0 })
      await pass(120_000)
      const truth = service.log.map(({ text }) => text)
      for (const [who, texts] of written.entries()) expect(truth.filter((text) => text.startsWith(`${who}/`))).toEqual(texts)
      for (const { texts, room, socket } of people) {
        expect(texts()).toEqual(truth)
        expect(room.get()).toMatchObject({ status: "live", unsent: [], head: truth.length, position: truth.length })
        socket.close()
        room.close()
      }
      sent += truth.length
      runs++
    }),
    { numRuns: 60, endOnFailure: true },
  )
  console.log(`${runs} runs, ${sent} messages, 3 readers each: lost 0, doubled 0, reordered 0`)
})
