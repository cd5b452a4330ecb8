import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs"
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest"
import { dynamo } from "../../src/aws.ts"
import { withClock } from "../../src/clock.ts"
import * as Connection from "../../src/connection/index.ts"
import * as FanOut from "../../src/fan-out/index.ts"
import * as Room from "../../src/room/index.ts"
import * as Roster from "../../src/roster/index.ts"
import { startDocuments } from "../document/world.ts"
import { as, roomOf } from "./world.ts"

let world: Awaited<ReturnType<typeof startDocuments>>
beforeAll(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined)
  world = await startDocuments()
})
beforeEach(() => void (world.posted.length = 0))
afterAll(() => world.stop())

const HOUR = 3_600_000
let count = 0
/** A socket of a person that listens to a room. */
async function listen(room: string, userId: string): Promise<string> {
  const connectionId = `${userId}-${++count}`
  await Connection.create({ connectionId, userId, role: "member", expiresAt: Date.now() + HOUR })
  await as(userId, () => Room.join({ room, connectionId }))
  return connectionId
}
const call = (room: string, userId: string, connectionId: string, on = true) =>
  as(userId, () => Room.call({ room, connectionId, on }))
/** What somebody who comes now is told. */
const told = async (room: string, userId: string) => {
  const { call: people } = await as(userId, () => Room.join({ room, connectionId: `${userId}-${++count}` }))
  return people.map(({ id }) => id)
}
/** What waits to be told of people who were lost. */
async function departures(): Promise<Connection.Departure[]> {
  const QueueUrl = process.env.DEPARTURE_QUEUE_URL
  const queue = new SQSClient({})
  const found: Connection.Departure[] = []
  for (;;) {
    const { Messages = [] } = await queue.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
    if (Messages.length === 0) return found
    for (const { Body, ReceiptHandle } of Messages) {
      found.push(JSON.parse(Body!))
      await queue.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
    }
  }
}
const frames = () => world.posted.map(({ connectionId, frame }) => ({ to: connectionId, ...frame }))

test("who is in a room's call is told to who comes later, each person once, until the last device has left", async () => {
  const room = await roomOf("ada", "max")
  const [phone, laptop] = [await listen(room, "max"), await listen(room, "max")]
  expect(await told(room, "ada")).toEqual([])
  for (const each of [phone, phone, laptop])
    expect(await call(room, "max", each)).toMatchObject({ isIn: true, user: { id: "max" } })
  expect(await told(room, "ada")).toEqual(["max"])
  expect(await call(room, "max", phone, false)).toMatchObject({ isIn: true })
  expect(await told(room, "ada")).toEqual(["max"])
  for (let i = 0; i < 2; i++) expect(await call(room, "max", laptop, false)).toMatchObject({ isIn: false })
  expect(await told(room, "ada")).toEqual([])
})

test("nobody outside the room says or hears anything of its call, and leaves no trace", async () => {
  const room = await roomOf("ada")
  for (const where of [room, `${room}/call`, `rom_${"0".repeat(26)}`])
    for (const on of [true, false]) await expect(call(where, "eve", "e1", on)).rejects.toMatchObject({ code: "missing.room" })
  expect(await Roster.present({ topic: `${room}/call` })).toEqual([])
})

test("a lost connection ends its place in the call: told to the room a while later, once, and never where another device stays", async () => {
  const room = await roomOf("ada", "max")
  const ada = await listen(room, "ada")
  const [phone, laptop] = [await listen(room, "max"), await listen(room, "max")]
  for (const each of [phone, laptop]) await call(room, "max", each)
  await Connection.remove({ connectionId: phone, userId: "max" })
  expect(await departures()).toEqual([])
  for (let i = 0; i < 2; i++) await Connection.remove({ connectionId: laptop, userId: "max" })
  const left = await departures()
  expect(left.map(({ topic }) => topic).sort()).toEqual([room, `${room}/call`])
  expect(await told(room, "mia")).toEqual([])
  world.posted.length = 0
  await Room.noteLost(left)
  for (let i = 0; i < 2; i++) await FanOut.departed(left)
  expect(frames().filter(({ to, type }) => to === ada && type === "call")).toEqual([
    { to: ada, type: "call", room, joined: [], left: [{ id: "max" }] },
  ])
})

test("who is back in the call before anybody was told never left it", async () => {
  const room = await roomOf("ada", "max")
  await listen(room, "ada")
  const first = await listen(room, "max")
  await call(room, "max", first)
  await Connection.remove({ connectionId: first, userId: "max" })
  await call(room, "max", await listen(room, "max"))
  world.posted.length = 0
  await FanOut.departed(await departures())
  expect(frames()).toEqual([])
  expect(await told(room, "ada")).toEqual(["max"])
})

test("a half run is mended by the next: whatever step died, who asks again is in the call, or out of it", async () => {
  const room = await roomOf("ada", "max")
  const connectionId = await listen(room, "max")
  const client = dynamo() as { send(command: object): Promise<unknown> }
  const real = client.send.bind(client)
  let steps = 0
  for (const on of [true, false])
    for (let dies = 1; ; dies++) {
      await call(room, "max", connectionId, !on)
      let left = dies
      client.send = (command) => (--left === 0 ? Promise.reject(new Error("died")) : real(command))
      const died = await call(room, "max", connectionId, on).then(
        () => false,
        () => true,
      )
      client.send = real
      expect(await call(room, "max", connectionId, on)).toMatchObject({ isIn: on })
      expect(await told(room, "ada")).toEqual(on ? ["max"] : [])
      if (!died) break
      steps++
    }
  expect(steps).toBeGreaterThanOrEqual(6)
  console.info(`${steps} steps of coming and going, each died once`)
})

test("who is removed from the room is out of its call, and the room hears it", async () => {
  const room = await roomOf("ada", "max")
  const [ada, max] = [await listen(room, "ada"), await listen(room, "max")]
  await call(room, "max", max)
  await as("ada", () => Room.remove({ room, userId: "max" }))
  expect(frames().filter(({ to, type }) => to === ada && type === "call")).toMatchObject([{ left: [{ id: "max" }] }])
  expect(await told(room, "ada")).toEqual([])
  await expect(call(room, "max", max)).rejects.toMatchObject({ code: "missing.room" })
})

test("the sweep ends the calls of sockets that died without a word", async () => {
  const room = await roomOf("ada", "max")
  const connectionId = await listen(room, "max")
  await call(room, "max", connectionId)
  await withClock({ now: () => Date.now() + 3 * HOUR }, () => Connection.sweep())
  expect(await told(room, "ada")).toEqual([])
})

test("a room without a call pays nothing for calls; one with a call one read of its roster and one of the people", async () => {
  const room = await roomOf("ada", "max")
  const connectionId = await listen(room, "max")
  const cost = async () => {
    const since = world.now()
    await as("ada", () => Room.join({ room, connectionId: `ada-${++count}` }))
    const calls = [...world.calls(since, "dynamodb")]
    return {
      calls: calls.map(({ operation }) => operation).sort(),
      rru: calls.reduce((sum, { units }) => sum + (units.RRU ?? 0), 0),
    }
  }
  const before = await cost()
  await call(room, "max", connectionId)
  const during = await cost()
  expect(during.calls).toEqual([...before.calls, "GetItem", "BatchGetItem"].sort())
  expect(during.rru - before.rru).toBe(2)
  await call(room, "max", connectionId, false)
  await withClock({ now: () => Date.now() + 3 * HOUR }, async () => expect((await cost()).calls).toEqual(before.calls))
  console.info(`a join: ${before.calls.length} calls, ${before.rru} RRU; with a call 2 calls and 2 RRU more`)
})
