import { AsyncLocalStorage } from "node:async_hooks"
import { UpdateCommand } from "../src/dynamo/index.ts"
import * as fc from "fast-check"
import { afterAll, beforeAll, expect, test, vi } from "vitest"
import { withActor } from "../src/actor.ts"
import { dynamo } from "../src/aws.ts"
import * as Connection from "../src/connection/index.ts"
import * as Roster from "../src/roster/index.ts"
import { entriesOf } from "../src/roster/read.ts"
import { startPeople } from "./people.ts"

let people: Awaited<ReturnType<typeof startPeople>>
/** Whose turn it is: every call of DynamoDB waits for it. */
const turns = new AsyncLocalStorage<fc.Scheduler>()

beforeAll(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined)
  people = await startPeople()
  const client = dynamo() as { send(command: object): Promise<unknown> }
  const real = client.send.bind(client)
  client.send = async (command) => {
    await turns.getStore()?.schedule(Promise.resolve())
    return real(command)
  }
})
afterAll(() => people.stop())

const expiresAt = Date.now() + 3_600_000
const open = (userId: string, connectionId: string) => Connection.create({ userId, connectionId, role: "member", expiresAt })
const idsOf = async (topic: string) => (await entriesOf(topic)).map(({ connectionId }) => connectionId).toSorted()

/** A roster that has grown before: new entries go below its head. */
const grow = (topic: string, level: number) =>
  dynamo().send(
    new UpdateCommand({
      TableName: "connection",
      Key: { pk: `topic#${topic}`, sk: "roster#00000001" },
      UpdateExpression: "SET #level = :level, #depth = :level, #version = :one",
      ExpressionAttributeNames: { "#level": "level", "#depth": "depth", "#version": "version" },
      ExpressionAttributeValues: { ":level": level, ":one": 1 },
    }),
  )

let scenes = 0
const scene = fc.record({
  level: fc.constantFrom(0, 0, 2),
  sockets: fc.array(
    fc.record({
      person: fc.integer({ min: 0, max: 1 }),
      ends: fc.integer({ min: 0, max: 2 }),
      joins: fc.integer({ min: 1, max: 2 }),
    }),
    {
      minLength: 1,
      maxLength: 4,
    },
  ),
})

/** Plays one topic: handshakes, joins, lost and doubled and early ends, all at once; gives what is wrong afterwards. */
async function play({ level, sockets }: typeof scene extends fc.Arbitrary<infer T> ? T : never): Promise<string[]> {
  const name = `rom_${scenes++}`
  if (level > 0) await grow(name, level)
  const told = new Map<string, number>()
  const tell = (userId: string, by: number) => told.set(userId, (told.get(userId) ?? 0) + by)
  const refs = sockets.map((socket, n) => ({ ...socket, userId: `${name}_p${socket.person}`, connectionId: `${name}_s${n}` }))
  await Promise.all(
    refs.flatMap(({ userId, connectionId, ends, joins }) => [
      (async () => {
        if (!(await open(userId, connectionId))) return
        for (let i = 0; i < joins; i++) if ((await Roster.join({ topic: name, userId, connectionId })).joined) tell(userId, 1)
      })(),
      ...Array.from({ length: ends }, () => Connection.remove({ userId, connectionId })),
    ]),
  )
  /** The others are told a while later. */
  const departures = people.sent.filter(({ body }) => body.topic === name)
  for (const { body } of departures) if (await Roster.depart(body)) tell(body.userId, -1)
  const alive = refs.filter(({ ends }) => ends === 0)
  const problems: string[] = []
  const found = await idsOf(name)
  if (
    found.join() !==
    alive
      .map(({ connectionId }) => connectionId)
      .toSorted()
      .join()
  )
    problems.push(`listeners: ${found.join()}`)
  for (const userId of new Set(refs.map((each) => each.userId))) {
    const isHere = alive.some((each) => each.userId === userId)
    if ((told.get(userId) ?? 0) !== (isHere ? 1 : 0))
      problems.push(`${userId}: told ${told.get(userId)}, is ${isHere ? "here" : "away"}`)
  }
  return problems
}

const INTERLEAVINGS = Number(process.env.INTERLEAVINGS ?? 200)
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))

test(`${INTERLEAVINGS} interleavings of early, late and doubled ends leave no ghost, lose nobody, and tell each coming and going once`, async () => {
  const property = fc.asyncProperty(fc.scheduler(), fc.array(scene, { minLength: 4, maxLength: 4 }), async (turn, some) => {
    people.sent.length = 0
    const played = turns.run(turn, () => Promise.all(some.map(play)))
    expect((await turn.waitFor(played)).flat()).toEqual([])
  })
  await fc.assert(property, { numRuns: INTERLEAVINGS / 4, endOnFailure: true, seed: SEED })
  console.info(`${scenes} interleavings (SEED=${SEED}): 0 ghosts, 0 lost, 0 told wrongly`)
}, 300_000)

test("of three tabs the first joins and the last leaves", async () => {
  const tabs = ["a", "b", "c"].map((id) => ({ userId: "tia", connectionId: `tab-${id}` }))
  for (const { userId, connectionId } of tabs) await open(userId, connectionId)
  const joined = await Promise.all(tabs.map((tab) => Roster.join({ topic: "tabs", ...tab })))
  expect(joined.filter((each) => each.joined)).toHaveLength(1)
  const leave = ({ connectionId }: (typeof tabs)[0]) =>
    withActor({ type: "user", userId: "tia", role: "member" }, () => Roster.leave({ topic: "tabs", connectionId }))
  expect(await Promise.all(tabs.slice(0, 2).map(leave))).toEqual([{ left: false }, { left: false }])
  expect([await leave(tabs[2]!), await leave(tabs[2]!)]).toEqual([{ left: true }, { left: false }])
})

test("a crowd is spread over buckets of a kilobyte; everybody is in once, and finds the way out", async () => {
  const crowd = Array.from({ length: 110 }, (_, n) => ({ userId: `person-${n}`, connectionId: `crowd-${n}` }))
  const join = (ref: (typeof crowd)[0]) => Roster.join({ topic: "crowd", ...ref })
  const versions: number[] = []
  for (let i = 0; i < crowd.length; i += 30)
    for (const { joined, version } of await Promise.all(crowd.slice(i, i + 30).map(join))) {
      expect(joined).toBe(true)
      versions.push(version)
    }
  expect(new Set(versions).size).toBe(crowd.length)
  expect((await join(crowd[0]!)).joined).toBe(false)
  expect(await idsOf("crowd")).toEqual(crowd.map(({ connectionId }) => connectionId).toSorted())
  expect(await Roster.present({ topic: "crowd" })).toHaveLength(110)
  expect((await Roster.head("crowd")).depth).toBeGreaterThan(1)
  expect(await Roster.evict({ topic: "crowd", userId: "person-7" })).toEqual(["crowd-7"])
  const left = await Promise.all(
    crowd.slice(8, 40).map((ref) => withActor({ type: "system" }, () => Roster.leave({ topic: "crowd", ...ref }))),
  )
  expect(left.every((each) => each.left)).toBe(true)
  const stayed = [...crowd.slice(0, 7), ...crowd.slice(40)].map(({ connectionId }) => connectionId)
  expect(await idsOf("crowd")).toEqual(stayed.toSorted())
}, 60_000)

test("a roster grows with people, not with the tabs of one: a hundred tabs are in two buckets, and a frame needs one shard", async () => {
  const topic = "rom_tabs"
  const ids = Array.from({ length: 100 }, (_, n) => `tab_${String(n).padStart(3, "0")}`)
  for (const connectionId of ids) {
    await open("restless", connectionId)
    await Roster.join({ topic, userId: "restless", connectionId })
  }
  expect(await Roster.head(topic)).toMatchObject({ depth: 1, shards: 1 })
  expect(await idsOf(topic)).toEqual(ids)
  const left = []
  for (const connectionId of ids) left.push((await Roster.leave({ topic, userId: "restless", connectionId })).left)
  expect([left.indexOf(true), await idsOf(topic)]).toEqual([99, []])
})
