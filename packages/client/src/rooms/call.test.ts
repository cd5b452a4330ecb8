import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { createSocket } from "../socket/index.ts"
import { type Chaos, seeded } from "../testing/chaos.ts"
import { createFakeRoom, type FakeRoom } from "../testing/fake-room.ts"
import { createCall } from "./call.ts"
import { createRooms } from "./index.ts"

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const CALM: Chaos = { random: seeded(1), drop: 0, double: 0, delayMs: 0, limit: 0, cut: 0, repeatsCount: false }
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

function member(service: FakeRoom, user: string) {
  const random = seeded(7)
  const getTicket = async () => ({ ticket: "t", url: "ws://here", expiresAt: 0 })
  const socket = createSocket({ getTicket, connect: () => service.connect(user), random })
  const client = {
    me: async () => ({ userId: user, name: user, number: 1 }),
    rooms: { messages: async () => ({ items: [] }) } as never,
  }
  const room = createRooms({ socket, random, client }).room("rom_1")
  socket.start()
  return { room, inCall: () => room.get().call.map(({ id }) => id) }
}

test("who enters and leaves a call is seen by all in the room, and by who comes later", async () => {
  const service = createFakeRoom(CALM)
  const [ann, bob] = [member(service, "ann"), member(service, "bob")]
  for (const { room } of [ann, bob]) room.enter()
  await pass(1_000)
  ann.room.call.enter()
  ann.room.call.enter()
  await pass(100)
  const cat = member(service, "cat")
  cat.room.enter()
  await pass(1_000)
  for (const each of [ann, bob, cat]) expect(each.inCall()).toEqual(["ann"])
  bob.room.call.enter()
  await pass(100)
  ann.room.call.leave()
  await pass(100)
  for (const each of [ann, bob, cat]) expect(each.inCall()).toEqual(["bob"])
})

test("a call lasts over lost connections and closed pages of its room, until it is left", async () => {
  const service = createFakeRoom(CALM)
  const ann = member(service, "ann")
  ann.room.enter()
  await pass(1_000)
  ann.room.call.enter()
  ann.room.leave()
  await pass(10_000)
  service.cutAll()
  expect(service.inCall()).toEqual([])
  await pass(30_000)
  expect(service.inCall()).toEqual(["ann"])
  ann.room.call.leave()
  await pass(100)
  service.cutAll()
  await pass(30_000)
  expect(service.inCall()).toEqual([])
})

test("a word that is refused for now is said again, and not after the call was left", async () => {
  const said: boolean[] = []
  const call = createCall({ changed: () => undefined, say: async (on) => (said.push(on), Promise.reject(new Error("not now"))) })
  call.enter()
  await pass(7_000)
  expect(said).toEqual([true, true, true])
  call.leave()
  await pass(60_000)
  expect(said).toEqual([true, true, true, false])
})

test("of frames that come twice or name strangers each person is in the call once or not at all", () => {
  const [ann, bob] = ["ann", "bob"].map((id, number) => ({ id, name: id, number }))
  const call = createCall({ changed: () => undefined, say: async () => undefined })
  call.here([ann!])
  for (let i = 0; i < 2; i++) call.heard({ joined: [bob!], left: [{ id: "stranger" }] })
  expect(call.people).toEqual([ann, bob])
  for (let i = 0; i < 2; i++) call.heard({ joined: [], left: [ann!] })
  expect(call.people).toEqual([bob])
})
