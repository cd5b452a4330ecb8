import { afterAll, beforeAll, expect, it } from "vitest"
import type { Product } from "../../packages/start/src/product.ts"
import { until } from "./product.ts"
import { clientIn } from "./support/client.ts"
import { startHere } from "./support/cloud.ts"
import { controlOf } from "./support/control.ts"
import { HOSTILE } from "./support/hostile.ts"
import { personOf, Socket } from "./support/socket.ts"

const KB = 1024
/** BACKLINE_FULL=1 plays longer, and looks at memory. */
const FULL = process.env.BACKLINE_FULL === "1"

let local: Product
let control: ReturnType<typeof controlOf>
beforeAll(async () => {
  local = await startHere()
  control = controlOf(local)
})
afterAll(() => local?.stop())

let rooms = 0
const newRoom = async (): Promise<string> =>
  (await personOf(local, 0)("/rooms", { name: `Room ${++rooms}`, visibility: "public" })).body.id
/** One after the other: many at once would each start functions of their own. */
async function join(room: string, count: number): Promise<Socket[]> {
  const sockets: Socket[] = []
  for (let n = 0; n < count; n++) sockets.push(await Socket.open(local, n % 3))
  for (const socket of sockets) await socket.ask("room.join", { room })
  return sockets
}
const close = (sockets: Socket[]) => sockets.forEach((socket) => socket.close())
const texts = (socket: Socket) => socket.of("message").map(({ text }) => text as string)
/** Calls since a position of the log, of functions alone. */
const position = () => local.cloud.calls.last(1, () => true)[0]?.n ?? 0
const callsSince = (from: number) => local.cloud.calls.since(from, 100_000).filter((call) => call.function)
/** What functions of this cloud could not deal with. */
const unhandled = () =>
  local.lines
    .find({ since: 0, limit: 5_000 })
    .filter(({ level, text }) => level === "ERROR" && /Unhandled|Runtime\.|internal/i.test(text))

/** Messages that a neighbour has to hear meanwhile. */
const HEARD = FULL ? 200 : 60
/** The first rounds make functions and code that stay; what later ones leave behind would go on growing. */
const ROUNDS = FULL ? 6 : 1
const SETTLED = 2
const MOST_GROWTH_MB = 50
const memoryMb = () => process.memoryUsage.rss() / KB / KB

it(`answers each of ${HOSTILE.length} hostile frames with a code or a close, and a neighbour hears everything meanwhile`, async () => {
  const room = await newRoom()
  const [writer, neighbour] = await join(room, 2)
  const outcomes = new Map<string, number>()
  let heard = 0
  const count = (what: string) => outcomes.set(what, (outcomes.get(what) ?? 0) + 1)
  const talk = (async () => {
    for (let n = 0; n < HEARD; n++, heard++) await writer!.ask("room.send", { room, text: `n${n}`, clientId: `h${n}` })
  })()
  let hostile = await Socket.open(local, 2)
  let settled = 0
  for (const [n, frame] of Array.from({ length: ROUNDS }, () => HOSTILE)
    .flat()
    .entries()) {
    if (n === SETTLED * HOSTILE.length) settled = memoryMb()
    if (hostile.socket.readyState !== 1) hostile = await Socket.open(local, 2)
    const answered = new Promise<string>((resolve) => {
      hostile.socket.once("message", (data: Buffer) => {
        const { type, code, message } = JSON.parse(data.toString())
        resolve(type === "ack" ? "ack" : type === "error" ? code : `gateway: ${message}`)
      })
      hostile.socket.once("close", (code: number) => resolve(`close ${code}`))
    })
    hostile.socket.send(frame)
    count(await answered)
    hostile.socket.removeAllListeners("message").removeAllListeners("close")
  }
  await talk
  await until("the neighbour has heard", async () => new Set(texts(neighbour!)).size === HEARD)
  const growth = ROUNDS > 1 ? memoryMb() - settled : 0
  console.log(
    `${ROUNDS} x ${HOSTILE.length} hostile frames: ${JSON.stringify(Object.fromEntries(outcomes))}; unhandled ${unhandled().length}; a neighbour heard ${heard} of ${HEARD}; memory grew by ${growth.toFixed(0)} MB`,
  )
  expect(unhandled()).toEqual([])
  expect(HOSTILE.length).toBeGreaterThanOrEqual(60)
  expect(growth).toBeLessThan(MOST_GROWTH_MB)
  for (const what of outcomes.keys()) expect(what).toMatch(/^(ack|close 100\d|(input|auth|missing|limit)\.\w+)$/)
  close([writer!, neighbour!, hostile])
}, 120_000)

it("takes messages of up to 128 KB in frames of 32 KB, and closes 1009 above", async () => {
  const closeOf = async (text: string, fragment?: number) => {
    const socket = await Socket.open(local, 0)
    const outcome = new Promise<string | number>((resolve) => {
      socket.socket.once("message", (data: Buffer) => resolve(JSON.parse(data.toString()).type))
      socket.socket.once("close", resolve)
    })
    if (fragment === undefined) socket.socket.send(text)
    else
      for (let i = 0; i < text.length; i += fragment)
        socket.socket.send(text.slice(i, i + fragment), { fin: i + fragment >= text.length })
    const result = await outcome
    socket.close()
    return result
  }
  const ping = (bytes: number) => `{"id":1,"action":"ping","x":"${"y".repeat(bytes - 31)}"}`
  expect(ping(200).length).toBe(200)
  expect(await closeOf(ping(128 * 1024), 16 * 1024)).toBe("ack")
  expect(await closeOf(ping(128 * 1024 + 1), 16 * 1024)).toBe(1009)
  expect(await closeOf(ping(32 * 1024 + 1))).toBe(1009)
})

it("answers messages and history above 128 KB in pages below it, and a client has all of them", async () => {
  const room = await newRoom()
  const [writer, late] = await join(room, 2)
  const from = position()
  const COUNT = 40
  /** Control characters take six bytes each in JSON. */
  const text = (n: number) => `${n} ${n % 8 ? "x".repeat(8_000) : "\u0001".repeat(5_000)}`
  for (let n = 1; n <= COUNT; n++)
    expect(await writer!.ask("room.send", { room, text: text(n), clientId: `${n}` })).toMatchObject({ seq: n })
  let largest = 0
  late!.socket.on("message", (data: Buffer) => (largest = Math.max(largest, data.length)))
  const seqs: number[] = []
  for (let before: number | undefined = COUNT + 1; before !== undefined;) {
    const page = await late!.ask("room.history", { room, before })
    expect(page.type).toBe("ack")
    seqs.unshift(...page.messages.map(({ seq }: { seq: number }) => seq))
    before = page.next
  }
  expect(seqs).toEqual(Array.from({ length: COUNT }, (_, n) => n + 1))
  const { epoch } = (await personOf(local, 0)(`/rooms/${room}`)).body
  const client = clientIn(local, 1, room, { epoch, seq: 0 })
  await until("the client has everything", async () => client.has(COUNT), 30_000, 20)
  expect(client.seen.map((message) => message.text)).toEqual(Array.from({ length: COUNT }, (_, n) => text(n + 1)))
  const refused = callsSince(from).filter(({ operation, status }) => operation === "PostToConnection" && status === 413)
  console.log(
    `${COUNT} messages of 8 KB read back in socket messages of at most ${(largest / KB).toFixed(0)} KB; posts refused as too large ${refused.length}`,
  )
  expect(largest).toBeLessThanOrEqual(128 * KB)
  expect(refused).toEqual([])
  client.close()
  close([writer!, late!])
}, 120_000)

it("cuts off a flood with limit.rate and a time to wait, and others hear each other all the while", async () => {
  const room = await newRoom()
  const [flooder, writer, reader] = await join(room, 3)
  const FRAMES = 900
  const answers = Promise.all(
    Array.from({ length: FRAMES }, (_, n) =>
      n % 3 ? flooder!.ask("ping", {}, 90_000) : flooder!.ask("room.typing", { room, on: true }, 90_000),
    ),
  )
  for (let n = 0; n < 20; n++)
    expect(await writer!.ask("room.send", { room, text: `calm ${n}`, clientId: `calm${n}` }, 60_000)).toMatchObject({
      type: "ack",
    })
  await until("the reader has heard the writer", async () => new Set(texts(reader!)).size === 20, 30_000)
  const refused = (await answers).filter(({ type }) => type === "error")
  console.log(
    `of ${FRAMES} frames at once ${refused.length} were refused, ${FRAMES - refused.length} taken, 0 failed; others heard 20 of 20`,
  )
  expect(refused.length).toBeGreaterThan(0)
  for (const { code, retryAfterMs } of refused) expect([code, retryAfterMs > 0]).toEqual(["limit.rate", true])
  expect(unhandled()).toEqual([])
  expect(flooder!.frames.filter(({ type }) => type === undefined)).toEqual([])
  await new Promise((resolve) => setTimeout(resolve, Math.max(...refused.map(({ retryAfterMs }) => retryAfterMs))))
  expect(await flooder!.ask("ping")).toMatchObject({ type: "ack" })
  close([flooder!, writer!, reader!])
}, 180_000)

it("bounds what waits for a reader who stopped reading, lets it go, and loses nobody else anything", async () => {
  const room = await newRoom()
  const [writer, reader] = await join(room, 2)
  const known = new Set((await control.sockets()).map(({ connectionId }) => connectionId))
  const [stuck] = await join(room, 1)
  const id = (await control.sockets()).find(({ connectionId }) => !known.has(connectionId))!.connectionId
  const transport = (stuck!.socket as unknown as { _socket: { pause(): void; destroy(): void } })._socket
  transport.pause()
  /** Everything of this size goes through the same buffer, so it fills in a moment. */
  const post = () =>
    local.cloud.call({
      service: "execute-api",
      method: "POST",
      path: `/@connections/${encodeURIComponent(id)}`,
      body: "x".repeat(120 * KB),
    } as never)
  let most = 0
  for (let n = 0; n < 200 && (await post()).status === 200; n++)
    most = Math.max(most, ...(await control.ask("sockets")).items.map(({ buffered }: { buffered: number }) => buffered))
  const from = position()
  for (let n = 1; n <= 12; n++) await writer!.ask("room.send", { room, text: `line ${n}`, clientId: `s${n}` })
  await until("the reader has heard everything", async () => new Set(texts(reader!)).size === 12)
  await until("the stuck socket is gone", async () => (await control.sockets()).every(({ connectionId }) => connectionId !== id))
  const gone = callsSince(from).filter(({ operation, status }) => operation === "PostToConnection" && status === 410)
  console.log(
    `a reader who stopped reading: at most ${(most / KB / KB).toFixed(2)} MB waited for it, then it was closed; ${gone.length} posts met it gone; others heard 12 of 12`,
  )
  expect(most).toBeGreaterThan(3 * KB * KB)
  expect(most).toBeLessThanOrEqual(4 * KB * KB)
  /** Each function at work may meet it once before its place is taken away. */
  expect(gone.length).toBeLessThanOrEqual(3)
  transport.destroy()
  close([writer!, reader!])
}, 120_000)

it("loses nothing in a room whose table is throttled, tries no call more than five times, and leaves other rooms alone", async () => {
  const [hot, calm] = [await newRoom(), await newRoom()]
  const writer = clientIn(local, 0, hot)
  const reader = clientIn(local, 1, hot)
  const [other] = await join(calm, 1)
  await until("both are in the room", async () => [writer, reader].every(({ handle }) => handle.get().status === "live"))
  const from = position()
  await control.faults([{ service: "dynamodb", op: "UpdateItem", match: { body: hot }, kind: "throttle", rate: 0.4, seed: 11 }])
  for (let n = 1; n <= 15; n++) writer.handle.send(`hot ${n}`)
  const acks = []
  for (let n = 1; n <= 10; n++) acks.push(await other!.ask("room.send", { room: calm, text: `calm ${n}`, clientId: `${n}` }))
  await until("the hot room has everything", async () => [writer, reader].every((each) => each.has(15)), 90_000)
  const [{ hits }] = (await control.ask("faults")).items
  await control.noFaults()
  const attempts = callsSince(from)
    .filter(({ service }) => service === "dynamodb")
    .map(({ attempt }) => attempt)
  console.log(
    `a throttled room: ${hits} writes refused, 15 of 15 messages in order, at most ${Math.max(...attempts)} attempts a call; another room ${acks.filter(({ type }) => type === "ack").length} of 10 at once`,
  )
  expect(reader.seen.map(({ text }) => text)).toEqual(Array.from({ length: 15 }, (_, n) => `hot ${n + 1}`))
  expect(Math.max(...attempts)).toBeLessThanOrEqual(5)
  expect(acks.every(({ type }) => type === "ack")).toBe(true)
  expect(hits).toBeGreaterThan(5)
  for (const each of [writer, reader, other!]) each.close()
}, 180_000)

it("scanned no table in all of this, but for the sweep", () => {
  const scans = callsSince(0).filter(({ operation }) => operation === "Scan")
  console.log(`scans in this run: ${scans.length}, all of them the sweep's`)
  expect(scans.filter((call) => !call.function!.includes("ConnectionSweep"))).toEqual([])
})
