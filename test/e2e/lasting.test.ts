import { ApiGatewayManagementApiClient, DeleteConnectionCommand } from "@aws-sdk/client-apigatewaymanagementapi"
import { afterAll, beforeAll, expect, it } from "vitest"
import { seeded } from "../../packages/client/src/testing/chaos.ts"
import { checkLog, checkReader } from "../../packages/core/test/room/check-log.ts"
import type { Product } from "../../packages/start/src/product.ts"
import { until } from "./product.ts"
import { clientIn, freshToken, type RoomClient } from "./support/client.ts"
import { clientOf, startHere } from "./support/cloud.ts"
import { controlOf } from "./support/control.ts"
import { type Frame, personOf, Socket } from "./support/socket.ts"

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
const HOUR = 3_600_000
/** Numbered messages at once on a bare socket, and of a client, which sends one after the other; BACKLINE_FULL=1 sends more. */
const NUMBERED =
  process.env.BACKLINE_FULL === "1" ? { bare: 200, client: 500, withinMs: 500_000 } : { bare: 24, client: 40, withinMs: 150_000 }

let local: Product
let control: ReturnType<typeof controlOf>
beforeAll(async () => {
  console.log(`SEED=${SEED}`)
  local = await startHere()
  control = controlOf(local)
})
afterAll(() => local?.stop())

let rooms = 0
const newRoom = async (): Promise<string> =>
  (await personOf(local, 0)("/rooms", { name: `Lasting ${++rooms}`, visibility: "public" })).body.id
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
/** Clients of the three people in turn, one after the other: many at once would each start functions of their own. */
async function enter(room: string, people: number[], after?: { epoch: string; seq: number }): Promise<RoomClient[]> {
  const clients: RoomClient[] = []
  for (const person of people) {
    const client = clientIn(local, person, room, after)
    await until("the client is in the room", async () => client.handle.get().status === "live", 30_000, 10)
    clients.push(client)
  }
  return clients
}
const people = (count: number) => Array.from({ length: count }, (_, n) => n % 3)
async function join(room: string, persons: number[]): Promise<Socket[]> {
  const sockets: Socket[] = []
  for (const person of persons) sockets.push(await Socket.open(local, person))
  for (const socket of sockets) await socket.ask("room.join", { room })
  return sockets
}
const all = (clients: RoomClient[], seq: number, withinMs = 60_000) =>
  until(`everybody has ${seq} messages`, async () => clients.every((client) => client.has(seq)), withinMs, 50)

/** The log of a room as it is stored; each text says which client wrote it and as its how many-eth. */
async function stored(room: string) {
  const items: Frame[] = []
  for (let before: number | undefined; ;) {
    const { body } = await personOf(local, 0)(`/rooms/${room}/messages?limit=100${before ? `&before=${before}` : ""}`)
    items.unshift(...body.items)
    if (body.next === undefined) return items.map(entryOf)
    before = body.next
  }
}
const entryOf = ({ seq, clientId, text }: Frame) => {
  const [user = "", n] = String(text).split("/")
  return { seq, user, clientId, n: Number(n) }
}

/** What is wrong with a log that all of `clients` should have: losses, doubles, swaps, a writer's order. */
async function problems(room: string, clients: RoomClient[], expected: number): Promise<string[]> {
  const log = await stored(room)
  const seen = clients.map((client) => client.seen.map(entryOf))
  return [
    ...(log.length === expected ? [] : [`${log.length} messages stored of ${expected}`]),
    ...checkLog(log),
    ...seen.flatMap((each) => [...checkLog(each), ...checkReader(each, log)]),
  ]
}

it("ten clients whose sockets are reset by the network and closed by the service while they write end with the same log: nothing lost, doubled or swapped", async () => {
  const random = seeded(SEED)
  const admin = new ApiGatewayManagementApiClient(clientOf(local))
  const breaks = { reset: 0, closed: 0 }
  const room = await newRoom()
  const clients = await enter(room, people(10))
  const writers = clients.slice(0, 3)
  const EACH = 14
  let isWriting = true
  const breaking = (async () => {
    while (isWriting) {
      const open = (await control.sockets()).filter((socket) => socket.open)
      for (const { connectionId: ConnectionId } of open.filter(() => random() < 0.2)) {
        const isReset = random() < 0.5
        if (isReset) await control.breakSocket(ConnectionId, "reset")
        else await admin.send(new DeleteConnectionCommand({ ConnectionId })).catch(() => undefined)
        breaks[isReset ? "reset" : "closed"] += 1
      }
      await pause(100)
    }
  })()
  for (let n = 1; n <= EACH; n++) {
    for (const [w, { handle }] of writers.entries()) handle.send(`w${w}/${n}`)
    await until("the next socket is broken", async () => breaks.reset + breaks.closed >= n, 30_000, 5)
  }
  isWriting = false
  await breaking
  admin.destroy()
  const expected = EACH * writers.length
  await all(clients, expected)
  expect(await problems(room, clients, expected)).toEqual([])
  const restarts = clients.reduce((sum, { counts }) => sum + counts.resets, 0)
  console.log(
    `${expected} messages of ${writers.length} writers, ${breaks.reset} sockets reset and ${breaks.closed} closed: ${clients.length} equal logs, 0 lost, 0 doubled, 0 swapped, ${restarts} starts over`,
  )
  expect(Math.min(breaks.reset, breaks.closed)).toBeGreaterThan(0)
  expect(restarts).toBe(0)
  for (const client of clients) client.close()
}, 180_000)

it("16 sockets publish 10 each at once: 160 numbers without a gap, and every reader has all of them once", async () => {
  const room = await newRoom()
  const readers = await enter(room, people(3))
  /** All three people are in the room with the first of these. */
  const sockets = await join(room, people(3))
  for (let n = 3; n < 16; n++) sockets.push(await Socket.open(local, n % 3))
  const acks: { seq: number; user: string; clientId: string }[] = []
  await Promise.all(
    sockets.map(async (socket, w) => {
      for (let n = 1; n <= 10;) {
        const clientId = `${w}-${n}`
        const ack = await socket.ask("room.send", { room, text: `w${w}/${n}`, clientId }, 180_000)
        if (ack.type === "error") {
          expect(ack).toMatchObject({ code: "limit.rate" })
          await pause(ack.retryAfterMs * Math.random())
          continue
        }
        acks.push({ seq: ack.seq, user: `w${w}`, clientId })
        n++
      }
    }),
  )
  await all(readers, 160)
  expect(checkLog(await stored(room), acks)).toEqual([])
  expect(await problems(room, readers, 160)).toEqual([])
  const joins = readers.reduce((sum, { counts }) => sum + counts.joins, 0) - readers.length
  console.log(
    `16 x 10 published at once: ${acks.length} acknowledged, ${new Set(acks.map(({ seq }) => seq)).size} numbers, ${joins} readers joined again`,
  )
  for (const each of [...readers, ...sockets]) each.close()
}, 180_000)

it("one client id sent from four sockets at once, of which the first write commits and then fails, is one message with one answer", async () => {
  const room = await newRoom()
  const readers = await enter(room, [1])
  const sockets = await join(room, [0, 0, 0, 0])
  await control.faults([
    { service: "dynamodb", op: "UpdateItem", match: { resource: "RoomTable" }, kind: "commit-then-fail", times: 1 },
  ])
  const one = async (socket: Socket): Promise<Frame> => {
    for (;;) {
      const answer = await socket.ask("room.send", { room, text: "w0/1", clientId: "same" }, 180_000)
      if (answer.type === "ack") return answer
      expect(answer.code).toMatch(/^(limit\.rate|unavailable\.\w+)$/)
      await pause(answer.retryAfterMs ?? 50)
    }
  }
  const answers = await Promise.all(sockets.flatMap((socket) => Array.from({ length: 4 }, () => one(socket))))
  /** Also when the function that wrote it did not know that it had. */
  for (const socket of sockets) await socket.heard("message", 1, 20_000)
  const hits = (await control.ask("faults")).items.reduce((sum: number, { hits }: { hits: number }) => sum + hits, 0)
  await control.noFaults()
  await all(readers, 1)
  console.log(
    `${answers.length} sends of one client id, ${hits} write failed after its commit: ${new Set(answers.map(({ messageId }) => messageId)).size} message`,
  )
  expect(hits).toBe(1)
  for (const answer of answers) expect(answer).toMatchObject({ seq: 1, messageId: answers[0]!.messageId })
  expect(await problems(room, readers, 1)).toEqual([])
  for (const each of [...readers, ...sockets]) each.close()
}, 180_000)

it(
  "messages that one sender numbers keep their order while functions take 0 to 150 ms longer; a gap is answered with what is expected",
  async () => {
    const room = await newRoom()
    await control.faults(
      [150, 80, 30].map((ms, n) => ({
        service: "dynamodb",
        match: { function: "SocketDefault", resource: "RoomTable" },
        kind: "delay",
        ms,
        rate: 0.25,
        seed: (SEED + n) % 2 ** 32,
      })),
    )
    const [raw] = (await join(room, [0])) as [Socket]
    const numbered = (n: number) => raw.ask("room.send", { room, text: `raw/${n}`, clientId: `r${n}`, n }, 180_000)
    const answers = await Promise.all(Array.from({ length: NUMBERED.bare }, (_, index) => numbered(index + 1)))
    const taken = answers.flatMap((answer, index) => (answer.type === "ack" ? [{ n: index + 1, seq: answer.seq }] : []))
    const gaps = answers.filter(({ type }) => type === "error")
    expect(taken.map(({ seq }) => seq)).toEqual(taken.map(({ n }) => n))
    for (const [index, answer] of answers.entries())
      if (answer.type === "error") expect([answer.code, answer.expected <= index + 1]).toEqual(["conflict.order", true])
    const [sender] = (await enter(room, [1])) as [RoomClient]
    for (let n = 1; n <= NUMBERED.client; n++) sender.handle.send(`client/${n}`)
    await all([sender], taken.length + NUMBERED.client, NUMBERED.withinMs)
    await control.noFaults()
    expect(await problems(room, [], taken.length + NUMBERED.client)).toEqual([])
    console.log(
      `${NUMBERED.bare} numbered messages at once on a bare socket: ${taken.length} taken in order, ${gaps.length} gaps answered; ${NUMBERED.client} of a client: all taken, ${sender.counts.refused.get("conflict.order") ?? 0} gaps answered; 0 inversions`,
    )
    for (const each of [raw, sender]) each.close()
  },
  2 * NUMBERED.withinMs,
)

it("a position that cannot be served is answered so, once, and live messages go on from there", async () => {
  const room = await newRoom()
  const [writer] = (await join(room, [0])) as [Socket]
  for (let n = 1; n <= 5; n++) await writer.ask("room.send", { room, text: `w/${n}`, clientId: `${n}` })
  const { epoch } = (await personOf(local, 0)(`/rooms/${room}`)).body
  const readers = [...(await enter(room, [1], { epoch: "01OLD", seq: 3 })), ...(await enter(room, [1], { epoch, seq: 99 }))]
  for (let n = 6; n <= 9; n++) await writer.ask("room.send", { room, text: `w/${n}`, clientId: `${n}` })
  await all(readers, 9)
  for (const { seen, counts } of readers) {
    expect(counts.resets).toBe(1)
    expect(checkReader(seen.map(entryOf), await stored(room))).toEqual([])
  }
  for (const each of [writer, ...readers]) each.close()
}, 180_000)

it("three tabs of somebody come once and go once", async () => {
  const room = await newRoom()
  const [watcher] = (await join(room, [0])) as [Socket]
  const tabs = await join(room, [1, 1, 1])
  await watcher.heard("presence", 1)
  /** Others are told ten seconds later, by the queue's clock. */
  const passes = async () => {
    for (let n = 0; n < 4; n++) {
      await pause(300)
      await control.advance(6_000)
    }
  }
  for (const tab of tabs.slice(0, 2)) tab.close()
  await passes()
  const half = watcher.of("presence").length
  tabs[2]!.close()
  await passes()
  const frames = await watcher.heard("presence", 2)
  const told = (side: "joined" | "left") => frames.flatMap((frame) => frame[side]).length
  console.log(`three tabs opened and closed: ${told("joined")} coming and ${told("left")} going told`)
  expect([half, told("joined"), told("left")]).toEqual([1, 1, 1])
  watcher.close()
}, 180_000)

it("when two hours are over every client is cut, comes back and has every message that was written meanwhile", async () => {
  const room = await newRoom()
  const clients = await enter(room, people(12))
  for (let n = 1; n <= 5; n++) clients[0]!.handle.send(`w0/${n}`)
  await all(clients, 5)
  const before = new Set((await control.sockets()).map(({ connectionId }) => connectionId))
  const opened = clients.map(({ counts }) => counts.opened)
  await control.advance(2 * HOUR)
  for (let n = 6; n <= 12; n++) for (const w of [0, 1, 2]) clients[w]!.handle.send(`w${w}/${n}`)
  await until(
    "everybody was cut and is back",
    async () => clients.every(({ counts, socket }, n) => counts.opened > opened[n]! && socket.state === "open"),
    60_000,
    20,
  )
  await all(clients, 5 + 21)
  await freshToken(local, 0)
  expect(await problems(room, clients, 26)).toEqual([])
  const left = (await control.sockets()).filter(({ connectionId, open }) => open && before.has(connectionId))
  console.log(
    `${clients.length} clients after two hours: ${clients.length - left.length} cut, ${clients.length} back, 0 of 26 messages lost`,
  )
  expect(left).toEqual([])
  for (const client of clients) client.close()
}, 180_000)
