import { afterAll, beforeAll, expect, it } from "vitest"
import type { Product } from "../../packages/start/src/product.ts"
import type { Call } from "../../packages/cloud/src/call.ts"
import { until } from "./product.ts"
import { clientIn } from "./support/client.ts"
import { startHere } from "./support/cloud.ts"
import { controlOf } from "./support/control.ts"
import { personOf, Socket } from "./support/socket.ts"

let local: Product
let control: ReturnType<typeof controlOf>
const ids: string[] = []
beforeAll(async () => {
  local = await startHere()
  control = controlOf(local)
  for (const n of [0, 1, 2]) ids.push((await personOf(local, n)("/me")).body.id)
})
afterAll(() => local?.stop())

let rooms = 0
const newRoom = async (): Promise<string> =>
  (await personOf(local, 0)("/rooms", { name: `Room ${++rooms}`, visibility: "public" })).body.id
/** One after the other: many at once would each start functions of their own. */
async function open(count: number): Promise<Socket[]> {
  const sockets: Socket[] = []
  for (let n = 0; n < count; n++) sockets.push(await Socket.open(local, n % 3))
  return sockets
}
const close = (sockets: Socket[]) => sockets.forEach((socket) => socket.close())
async function join(room: string, sockets: Socket[]): Promise<void> {
  for (const socket of sockets) await socket.ask("room.join", { room })
}
const unitsOf = (calls: Call[], unit: "WRU" | "RRU") =>
  calls.filter(({ service }) => service === "dynamodb").reduce((sum, { units }) => sum + (units[unit] ?? 0), 0)
const byFunction = (calls: Call[], name: string) => calls.filter((call) => call.function?.includes(name))
const texts = (socket: Socket) => socket.of("message").map(({ text }) => text as string)

it("pays two writes for a handshake, none for a heartbeat, and two for joining a small room", async () => {
  const room = await newRoom()
  const [warm] = await open(1)
  await join(room, [warm!])
  let socket!: Socket
  const handshake = await control.callsOf(async () => (socket = await Socket.open(local, 1)))
  const wru = unitsOf([...byFunction(handshake, "SocketAuthorizer"), ...byFunction(handshake, "SocketConnect")], "WRU")
  const beat = byFunction(await control.callsOf(() => socket.ask("ping")), "SocketDefault").filter(
    ({ service }) => service !== "logs",
  )
  const connectionTable = (calls: Call[]) =>
    calls.filter(({ access }) => access.some(({ resource }) => resource.includes("ConnectionTable")))
  const joining = connectionTable(byFunction(await control.callsOf(() => join(room, [socket])), "SocketDefault"))
  const figures = {
    handshakeWru: wru,
    heartbeatWru: unitsOf(beat, "WRU"),
    heartbeatCalls: beat.length,
    joinWru: unitsOf(joining, "WRU"),
  }
  console.log("units of a connection:", JSON.stringify(figures))
  expect(figures).toEqual({ handshakeWru: 2, heartbeatWru: 0, heartbeatCalls: 1, joinWru: 2 })
  close([warm!, socket])
})

it("tells a broadcast's readers after one read of the roster, whatever their number", async () => {
  const figures: Record<number, object> = {}
  for (const size of [5, 20]) {
    const room = await newRoom()
    const sockets = await open(size)
    await join(room, sockets)
    const say = (n: number) => sockets[0]!.ask("room.send", { room, text: `hello ${n}`, clientId: `${room}${n}` })
    await say(1)
    await until("the first is heard", async () => sockets.every((socket) => texts(socket).length === 1))
    // The least of three: a worker that is new to the room reads what others know.
    const costs: { reads: number; rru: number; posts: number }[] = []
    for (const n of [2, 3, 4]) {
      /** All came at once, which makes a busy room of it for a second. */
      await control.advance(5_000)
      const calls = await control.callsOf(async () => {
        await say(n)
        await until("it is heard", async () => sockets.every((socket) => texts(socket).length === n))
      })
      const reads = calls.filter(
        ({ operation, access, function: name = "" }) =>
          /SocketDefault|FanOut/.test(name) &&
          /Get|Query|Scan/.test(operation) &&
          access.some(({ resource }) => resource.includes("ConnectionTable")),
      )
      const posts = calls.filter(({ operation }) => operation === "PostToConnection").length
      costs.push({ reads: reads.length, rru: unitsOf(reads, "RRU"), posts })
    }
    figures[size] = costs.toSorted((one, other) => one.reads - other.reads)[0]!
    close(sockets)
  }
  console.log("a broadcast to so many:", JSON.stringify(figures))
  expect(figures[5]).toEqual({ reads: 1, rru: 1, posts: 6 })
  expect(figures[20]).toMatchObject({ posts: 21 })
}, 120_000)

it("sends the frames of a busy room together: at 100 messages a second a quarter of the messages, each frame once", async () => {
  const room = await newRoom()
  const readers = await open(6)
  const writers = await open(4)
  await join(room, [...readers, ...writers])
  const before = readers.map((socket) => socket.messages)
  const started = performance.now()
  const acks: Promise<{ seq: number }>[] = []
  for (let n = 0; n < 150; n++) {
    acks.push(writers[n % 4]!.ask("room.send", { room, text: `busy ${n}`, clientId: `b${n}` }, 60_000) as never)
    await new Promise((resolve) => setTimeout(resolve, started + (n + 1) * 10 - performance.now()))
  }
  const answers = await Promise.all(acks)
  const took = performance.now() - started
  expect(answers.every(({ seq }) => seq > 0)).toBe(true)
  await until(
    "everybody has heard everything",
    async () => readers.every((socket) => new Set(texts(socket)).size === 150),
    60_000,
  )
  const messages = readers.reduce((sum, socket, n) => sum + socket.messages - before[n]!, 0)
  const perFrame = messages / (150 * readers.length)
  console.log(`socket messages for each frame and reader at 100 messages a second: ${perFrame.toFixed(3)}`)
  for (const reader of readers) expect([...new Set(texts(reader))]).toHaveLength(150)
  close([...readers, ...writers])
  /**
   * A machine that is too busy for 100 messages a second has fewer to put together, and still sends no more than one for each tenth of a second, besides
   * the first one of each of at most sixteen functions, which does not know yet that the room is busy.
   */
  expect(perFrame).toBeLessThanOrEqual(Math.max(0.25, (took / 100 + 16) / 150))
}, 120_000)

it("reaches every reader where a tenth of the posts are throttled and a hundredth fails", async () => {
  const room = await newRoom()
  const readers = await open(12)
  await join(room, readers)
  await control.faults([
    { service: "execute-api", op: "PostToConnection", kind: "throttle", rate: 0.1, seed: 7 },
    { service: "execute-api", op: "PostToConnection", kind: "error", rate: 0.01, seed: 8 },
  ])
  const acks = []
  for (let n = 0; n < 30; n++) acks.push(await readers[0]!.ask("room.send", { room, text: `rough ${n}`, clientId: `r${n}` }))
  await until("everybody has heard everything", async () => readers.every((socket) => new Set(texts(socket)).size === 30), 20_000)
  const hits = (await control.ask("faults")).items.map(({ hits }: { hits: number }) => hits)
  await control.noFaults()
  const heard = readers.reduce((sum, socket) => sum + new Set(texts(socket)).size, 0)
  const twice = readers.reduce((sum, socket) => sum + texts(socket).length, 0) - heard
  console.log(
    `faults hit ${hits.join(" and ")} posts; delivered ${heard} of ${30 * 12}, ${twice} of them twice on the wire, 0 of 30 sends failed`,
  )
  expect(acks.every(({ type }) => type === "ack")).toBe(true)
  expect(hits.reduce((sum: number, n: number) => sum + n, 0)).toBeGreaterThan(10)
  close(readers)
}, 60_000)

it("pays one 410 for each dead connection, and lets none delay the living", async () => {
  const room = await newRoom()
  const readers = await open(20)
  await join(room, readers)
  /** Nobody is told that they are gone. */
  await control.faults([{ service: "dynamodb", match: { function: "SocketDisconnect" }, kind: "error" }])
  const dead = readers.slice(10)
  const living = readers.slice(0, 10)
  const say = async (n: number) => {
    await readers[0]!.ask("room.send", { room, text: `to the living ${n}`, clientId: `d${n}` })
    await until("the living have heard", async () => living.every((socket) => texts(socket).length === n))
  }
  for (const socket of dead) socket.socket.terminate()
  const first = await control.callsOf(() => say(1), 2_000)
  const later = await control.callsOf(async () => {
    for (let n = 2; n <= 6; n++) await say(n)
  })
  const calls = [...first, ...later]
  const gone = calls.filter(({ operation, status }) => operation === "PostToConnection" && status === 410)
  await control.noFaults()
  console.log(`410 for ${dead.length} dead connections: ${gone.length}`)
  expect(gone.length).toBe(dead.length)
  expect(new Set(gone.map(({ access }) => access[0]!.resource)).size).toBe(dead.length)
  close(readers)
}, 60_000)

it("lets an administrator see a person's connections and close them; the person's page comes back, and misses nothing", async () => {
  const room = await newRoom()
  const [admin, max, mia] = [0, 1, 2].map((n) => personOf(local, n))
  const path = `/people/${ids[1]}/connections`
  await until("nothing of earlier is left", async () => (await admin!(path)).body.items.length === 0)
  const client = clientIn(local, 1, room)
  await until("the page is there", async () => client.handle.get().status === "live")
  const other = await Socket.open(local, 1)
  const { items, next } = (await admin!(`${path}?limit=1`)).body
  expect(items).toEqual([
    {
      connectionId: expect.stringMatching(/=$/),
      role: "member",
      connectedAt: expect.any(Number),
      expiresAt: expect.any(Number),
    },
  ])
  const [second] = (await admin!(`${path}?cursor=${next}`)).body.items
  expect(second.connectionId).not.toBe(items[0].connectionId)

  for (const [person, of] of [
    [max!, path],
    [mia!, path],
    [mia!, "/people/nobody/connections"],
  ] as const)
    for (const [at, method] of [
      [of, "GET"],
      [of, "DELETE"],
      [`${of}/x`, "DELETE"],
    ] as const)
      expect(await person(at, undefined, method)).toMatchObject({ status: 403, body: { code: "forbidden.role" } })
  expect(await max!("/notices", { text: "Mine" })).toMatchObject({ status: 403, body: { code: "forbidden.role" } })

  for (const { connectionId } of [items[0], second])
    for (const [person, closed] of [
      [ids[2], 0],
      [ids[1], 1],
      [ids[1], 0],
    ])
      expect(
        await admin!(`/people/${person}/connections/${encodeURIComponent(connectionId)}`, undefined, "DELETE"),
      ).toMatchObject({ status: 200, body: { closed } })
  await until("the socket is closed", async () => other.socket.readyState === other.socket.CLOSED)
  await Promise.all([
    until("the page is back", async () => client.counts.opened > 1 && client.handle.get().status === "live"),
    (async () => {
      const [author] = await open(1)
      await author!.ask("room.join", { room })
      for (let n = 1; n <= 5; n++) await author!.ask("room.send", { room, text: `after ${n}`, clientId: `${n}` })
      author!.close()
    })(),
  ])
  await until("it has everything", async () => client.has(5))
  expect((await admin!(path, undefined, "DELETE")).body).toEqual({ closed: 1 })
  await until("it came back again", async () => client.counts.opened > 2)
  client.close()
  expect((await admin!("/people/nobody/connections", undefined, "DELETE")).body).toEqual({ closed: 0 })
}, 60_000)

it("says a notice to everybody once, within a minute, on every socket and on none that opens later", async () => {
  const sockets = await open(6)
  const admin = personOf(local, 0)
  for (const text of ["The house is open", "Phones off, please"])
    expect(await admin("/notices", { text })).toMatchObject({ status: 202, body: { within: 60_000 } })
  expect(sockets.every((socket) => socket.of("notice").length === 0)).toBe(true)
  local.cloud.clock.advance(60_000)
  for (const socket of sockets)
    expect((await socket.heard("notice", 2)).map(({ code, text, by }) => [code, text, by.id])).toEqual([
      ["service.notice", "The house is open", ids[0]],
      ["service.notice", "Phones off, please", ids[0]],
    ])
  const [late] = await open(1)
  const swept = () =>
    byFunction(local.cloud.calls.since(0, 50_000), "ConnectionSweep").filter(({ operation }) => operation === "Scan")
  const before = swept().length
  local.cloud.clock.advance(60_000)
  await until("another sweep is over", async () => swept().length > before)
  await late!.ask("ping")
  expect([...sockets, late!].map((socket) => socket.of("notice").length)).toEqual([2, 2, 2, 2, 2, 2, 0])
  close([...sockets, late!])
}, 60_000)
