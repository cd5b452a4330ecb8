import { setTimeout as sleep } from "node:timers/promises"
import { WebSocket } from "ws"
import { createClient, createRooms, createSocket, type RoomHandle } from "../../../packages/client/src/index.ts"
import { type Entry, checkReader } from "../../../packages/core/test/room/check-log.ts"
import type { Product } from "../../../test/e2e/product.ts"
import { until } from "../../../test/e2e/product.ts"
import { controlOf } from "../control.ts"
import { people, type Person } from "../people.ts"
import { entryOf } from "../room-client.ts"
import { Sheet } from "../sheet.ts"
import { history } from "../verdict.ts"

const SIZES = { small: { sockets: 100, tabs: 4 }, full: { sockets: 500, tabs: 5 } }
const TWO_HOURS_MS = 2 * 3_600_000
const SLICE_MS = 100
const MESSAGES = 20

interface Tab {
  room: RoomHandle
  /** What it told, in that order. */
  told: Entry[]
  /** When it began to dial again, and when it was open. */
  dialled?: number
  back?: number
  stop(): void
}

/** A tab as any program has it, with the product's own client; a token that has expired is renewed as a session would. */
function tab(product: Product, person: Person, id: string, token: (person: Person) => Promise<string>): Tab {
  const told: Entry[] = []
  const made: Partial<Tab> = { told }
  const getTicket = async () => {
    if (made.dialled === 0) made.dialled = performance.now()
    await token(person)
    return (await person.call("/realtime/ticket", {})).body
  }
  const client = createClient({ httpUrl: product.http, getToken: () => token(person) })
  const socket = createSocket({ getTicket, connect: (url) => new WebSocket(url) as never })
  socket.onState((state) => {
    if (state === "waiting") made.dialled = 0
    if (state === "open" && made.dialled) made.back ??= performance.now()
  })
  const room = createRooms({ client, socket }).room(id)
  room.onEvent((event) => {
    if (event.type === "message") told.push(entryOf(event.message))
  })
  socket.start()
  room.enter()
  return Object.assign(made, { room, stop: () => (room.close(), socket.close()) }) as Tab
}

/** API Gateway cuts every socket at two hours: how those come back who did not leave before. */
export async function twoHours(product: Product, { full }: { full: boolean }): Promise<Sheet> {
  const sheet = new Sheet()
  const { sockets, tabs: each } = full ? SIZES.full : SIZES.small
  const all = await people(product, sockets / each)
  const { body: made } = await all[0]!.call("/rooms", { name: "Overnight", visibility: "public" })
  const tabs: Tab[] = []
  let isLate = false
  const renewed = new Map<Person, Promise<string>>()
  /** Of a session, which knows that its token has ended before it uses it. */
  const token = (person: Person) => {
    if (!isLate) return person.token()
    const fresh = renewed.get(person) ?? person.renew()
    renewed.set(person, fresh)
    return fresh
  }
  for (const person of all) {
    tabs.push(...Array.from({ length: each }, () => tab(product, person, made.id, token)))
    const isLive = async () => tabs.every(({ room }) => room.get().status === "live")
    await until("the tabs are in the room", isLive, 60_000, 20)
  }
  isLate = true
  await controlOf(product).advance(TWO_HOURS_MS)
  const cutAt = performance.now()
  for (let n = 1; n <= MESSAGES; n++) {
    tabs[n % tabs.length]!.room.send(`line ${n}`, `line-${n % tabs.length}-${n}`)
    await sleep(100)
  }
  await until("every tab is back", async () => tabs.every(({ back }) => back), 60_000, 20).catch(() => undefined)
  const isTold = async () => tabs.every(({ told }) => told.length >= MESSAGES)
  await until("every tab has every message", isTold, 30_000, 50).catch(() => undefined)
  await token(all[0]!)
  const log = await history(all[0]!, made.id)
  const wrong = tabs.filter(({ told }) => checkReader(told, log).length > 0).length
  const slices = new Map<number, number>()
  for (const { dialled } of tabs) {
    const slice = Math.floor(((dialled || Infinity) - cutAt) / SLICE_MS)
    slices.set(slice, (slices.get(slice) ?? 0) + 1)
  }
  const missing = tabs.filter(({ back }) => back === undefined).length
  sheet.add({
    twoHoursCut: [
      tabs.filter(({ dialled }) => dialled !== undefined).length,
      `of ${sockets} sockets at two hours`,
      { min: sockets },
    ],
    twoHoursShare: [
      Math.max(...slices.values()) / tabs.length,
      `greatest share that dialled again within one tenth of a second`,
      { max: 0.2 },
    ],
    twoHoursBackSeconds: [
      missing > 0 ? Infinity : (Math.max(...tabs.map(({ back }) => back!)) - cutAt) / 1_000,
      "from the cut until the last one is open again",
      { max: 5 },
    ],
    twoHoursWrongLogs: [wrong, `tabs that did not tell all of ${MESSAGES} messages meanwhile, once and in order`, { max: 0 }],
  })
  for (const each of tabs) each.stop()
  return sheet
}
