import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest"
import { dynamo } from "../src/aws.ts"
import { ScanCommand } from "../src/dynamo/index.ts"
import * as Connection from "../src/connection/index.ts"
import * as Document from "../src/document/index.ts"
import * as FanOut from "../src/fan-out/index.ts"
import * as Room from "../src/room/index.ts"
import { callOf } from "../src/roster/call.ts"
import * as Roster from "../src/roster/index.ts"
import { as, asSystem, startDocuments } from "./document/world.ts"

let world: Awaited<ReturnType<typeof startDocuments>>
beforeAll(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined)
  world = await startDocuments()
})
beforeEach(() => void (world.posted.length = 0))
afterAll(() => world.stop())

const HOUR = 3_600_000
let count = 0
async function open(userId: string): Promise<string> {
  const connectionId = `${userId}-${++count}`
  await Connection.create({ connectionId, userId, role: "member", expiresAt: Date.now() + HOUR })
  return connectionId
}

/** Max, over two sockets, in a room of Ada's with its call and document, and in a document that names him; Ada listens too. */
async function scene() {
  const room = await as("ada", async () => (await Room.create({ name: "Stage", visibility: "private", members: ["max"] })).id)
  const create = (more: object) => as("ada", async () => (await Document.create({ title: "Plan", ...more })).id)
  const [own, rooms, both] = [
    await create({ members: ["max"] }),
    await create({ room }),
    await create({ room, members: ["max"] }),
  ]
  const topics = [room, callOf(room), own, rooms, both]
  for (const [userId, sockets] of [
    ["max", 2],
    ["ada", 1],
  ] as const)
    for (let n = 0; n < sockets; n++) {
      const connectionId = await open(userId)
      await as(userId, async () => {
        await Room.join({ room, connectionId })
        await Room.call({ room, connectionId, on: true })
        for (const doc of [own, rooms, both]) await Document.join({ doc, connectionId })
      })
    }
  return { room, own, rooms, both, topics }
}

const isOn = async (topic: string, userId = "max") => (await Roster.present({ topic })).some((each) => each.userId === userId)
const on = async (topics: readonly string[]) => {
  const found: string[] = []
  for (const topic of topics) if (await isOn(topic)) found.push(topic)
  return found
}
const removeFromRoom = (room: string) => as("ada", () => Room.remove({ room, userId: "max" }))
const removeFromDocument = (doc: string) =>
  as("ada", async () => Document.change({ id: doc, version: (await Document.get({ id: doc })).version, members: [] }))
const sweep = () => asSystem(() => Connection.sweep())

test("who is removed from a room hears neither it nor its call nor its documents from then on, and keeps what names them", async () => {
  const { room, own, rooms, both, topics } = await scene()
  expect(await on(topics)).toEqual(topics)
  await removeFromRoom(room)
  expect(await on(topics)).toEqual([own, both])
  const told = world.posted.filter(({ connectionId }) => connectionId.startsWith("max")).map(({ frame }) => frame.code)
  expect(told.filter((code) => code === "room.removed")).toHaveLength(2)
  expect(told.filter((code) => code === "doc.removed")).toHaveLength(2)
  world.posted.length = 0
  for (const topic of topics) await FanOut.publish({ topic, frame: { type: "probe", topic } })
  const heard = world.posted.filter(({ connectionId }) => connectionId.startsWith("max")).map(({ frame }) => frame.topic)
  expect([...new Set(heard)].toSorted()).toEqual([own, both].toSorted())
  for (const topic of topics) expect([topic, await isOn(topic, "ada")]).toEqual([topic, true])
  expect(rooms).not.toBe(own)
})

test("who is removed from a document's members hears it no more, unless its room lets them", async () => {
  const { own, both, topics } = await scene()
  await removeFromDocument(own)
  await removeFromDocument(both)
  expect(await on(topics)).toEqual(topics.filter((topic) => topic !== own))
})

/** Lets `run` die at its n-th call to the table of connections; false where it never got so far. */
async function dying(n: number, run: () => Promise<unknown>): Promise<boolean> {
  const real = dynamo().send.bind(dynamo()) as (command: unknown) => Promise<unknown>
  let calls = 0
  const broken = vi.spyOn(dynamo() as { send(command: unknown): Promise<unknown> }, "send").mockImplementation((command) => {
    if (JSON.stringify((command as { input: object }).input).includes('"connections"') && ++calls >= n) throw new Error("died")
    return real(command)
  })
  try {
    await run().catch((error: Error) => expect(error.message).toBe("died"))
  } finally {
    broken.mockRestore()
  }
  return calls >= n
}

test.each([
  ["a room", removeFromRoom, "room"],
  ["a document", removeFromDocument, "own"],
] as const)(
  "wherever a removal from %s dies after the right went, the next sweep ends what followed from it, and takes nothing else",
  async (_, remove, what) => {
    let deaths = 0
    let missed = 0
    /** Early deaths leave most behind: 1, 2, 3, 5, 8, 13 … */
    for (let n = 1, next = 2; ; [n, next] = [next, n + next]) {
      const made = await scene()
      const left = what === "room" ? [made.own, made.both] : made.topics.filter((topic) => topic !== made.own)
      const died = await dying(n, () => remove(made[what]))
      if (!died) break
      deaths += 1
      missed += (await on(made.topics)).length - left.length
      await sweep()
      expect([n, await on(made.topics)]).toEqual([n, left])
      expect(await sweep()).toMatchObject({ strangers: 0, unwelcome: 0 })
      for (const topic of made.topics) expect([topic, await isOn(topic, "ada")]).toEqual([topic, true])
    }
    console.info(`${deaths} deaths of a removal from ${what}: ${missed} places were left behind, 0 after the sweep`)
    expect(missed).toBeGreaterThan(0)
  },
  120_000,
)

test("who comes in while being removed is not left on any roster, in whatever order things happen", async () => {
  const pause = (ms = 5) => new Promise((resolve) => setTimeout(resolve, Math.random() * ms))
  let came = 0
  for (let n = 0; n < 12; n++) {
    const { room, rooms, topics, own, both } = await scene()
    const connectionId = await open("max")
    const join = async (run: () => Promise<unknown>) => {
      await pause()
      came += await as("max", run).then(
        () => 1,
        () => 0,
      )
    }
    await Promise.all([
      join(() => Room.join({ room, connectionId })),
      join(() => Room.call({ room, connectionId, on: true })),
      join(() => Document.join({ doc: rooms, connectionId })),
      pause(60).then(() => removeFromRoom(room)),
    ])
    expect(await on(topics)).toEqual([own, both])
  }
  console.info(`36 entries beside 12 removals: ${came} came in first, 0 were left on a roster`)
}, 60_000)

test("the sweep asks about each place once, a hundred in a call, and again only about strangers", async () => {
  await scene()
  await sweep()
  const since = world.now()
  expect(await sweep()).toMatchObject({ strangers: 0 })
  const asked = world.calls(since).filter(({ operation }) => operation === "BatchGetItem")
  const { Items = [] } = await dynamo().send(new ScanCommand({ TableName: "connections" }))
  const places = Items.flatMap(({ pk, entries }) =>
    [...((entries as Set<string>) ?? [])].map((entry) => `${pk} ${entry.split(" ")[1]}`),
  )
  const rru = asked.reduce((sum, { units }) => sum + (units.RRU ?? 0), 0)
  const distinct = new Set(places).size
  console.info(`${distinct} places on rosters: ${asked.length} calls, ${rru} RRU a sweep`)
  expect(asked.length).toBeLessThanOrEqual(Math.ceil(distinct / 100) * 2)
  expect(rru).toBeLessThanOrEqual(distinct)
})
