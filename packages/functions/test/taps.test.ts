import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb"
import * as Account from "@backline/core/account"
import { type Role, withActor } from "@backline/core/actor"
import { dynamo } from "@backline/core/aws"
import { GetCommand, UpdateCommand } from "@backline/core/dynamo"
import * as Room from "@backline/core/room"
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest"
import { startPeople } from "../../core/test/people.ts"
import * as connect from "../src/ws/connect.ts"
import * as actions from "../src/ws/default.ts"
import * as disconnect from "../src/ws/disconnect.ts"

let people: Awaited<ReturnType<typeof startPeople>>
let room: string
const logged: Record<string, any>[] = []

beforeAll(async () => {
  vi.spyOn(console, "log").mockImplementation((line: string) => void logged.push(JSON.parse(line)))
  people = await startPeople()
  process.env.ROOM_TABLE = "room"
  await new DynamoDBClient({}).send(
    new CreateTableCommand({
      TableName: "room",
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      AttributeDefinitions: ["pk", "sk"].map((AttributeName) => ({ AttributeName, AttributeType: "S" as const })),
    }),
  )
  for (const name of ["ada", "max", "mia"]) await Account.ensure(name, async () => ({ name: `${name} by name` }) as never)
  const made = await withActor({ type: "user", userId: "mia", role: "member" }, () =>
    Room.create({ name: "Stage", visibility: "public" }),
  )
  room = made.id
})
afterAll(() => people.stop())

/** Each test has ten minutes of its own, in which everything of the last one is over. */
let time = Date.now()
beforeAll(() => void vi.spyOn(Date, "now").mockImplementation(() => time))
beforeEach(() => {
  time += 2 * 3_600_000
  between = 1_000
  people.posted.length = people.asked.length = logged.length = 0
  people.statuses.clear()
})
const pass = (ms: number) => (time += ms)

const ROLE: Record<string, Role> = { ada: "admin", eva: "admin", max: "member", mia: "editor" }
const contextOf = (user: string, socket: string) => ({
  connectionId: socket,
  requestId: "r",
  requestTimeEpoch: time,
  authorizer: { userId: user, role: ROLE[user] ?? "member", expiresAt: String(time + 3_600_000) },
})
type Handlers = { actions: typeof actions; connect: typeof connect; disconnect: typeof disconnect }
const here: Handlers = { actions, connect, disconnect }
/** The handlers as another function environment would have them: with memories of their own. */
async function another(): Promise<Handlers> {
  vi.resetModules()
  const [one, two, three] = await Promise.all([
    import("../src/ws/default.ts"),
    import("../src/ws/connect.ts"),
    import("../src/ws/disconnect.ts"),
  ])
  return { actions: one, connect: two, disconnect: three }
}

let ids = 0
let between = 1_000
/** Sends one frame and gives its answer. Frames that come at once would make a busy room, and wait for one another. */
async function ask(user: string, action: string, more: object = {}, on = here, socket = `${user}-1`): Promise<any> {
  const id = `f${++ids}`
  time += between
  const event = { requestContext: contextOf(user, socket), body: JSON.stringify({ action, id, ...more }) }
  await on.actions.handler(event as never)
  return framesTo(socket).find((each) => each.id === id)
}
const open = (user: string, socket = `${user}-1`, on = here) =>
  on.connect.handler({ requestContext: contextOf(user, socket) } as never)
const close = (user: string, socket = `${user}-1`, on = here) =>
  on.disconnect.handler({ requestContext: contextOf(user, socket) } as never)

const framesTo = (socket: string): any[] =>
  people.posted.filter((each) => each.connectionId === socket).map(({ body }) => JSON.parse(body))
const tapsOf = (socket: string, tap?: string) =>
  framesTo(socket).filter(({ type, tap: id }) => type === "tap" && (tap === undefined || id === tap))
const linesOf = (socket: string, tap?: string): any[] => tapsOf(socket, tap).flatMap(({ events }) => events)
const brief = (lines: any[]) => lines.map(({ direction, what, user, outcome }) => [direction, what, user?.id, outcome].join(" "))

test("a tap of a room sees who comes, says, fails and goes, and what leaves, and nothing of what was written", async () => {
  await open("ada")
  const { tap, expiresAt } = await ask("ada", "tap.start", { room })
  expect([tap, expiresAt - time]).toEqual([expect.stringMatching(/^tap_/), 600_000])
  await open("mia")
  await open("max")
  await ask("mia", "room.join", { room })
  await ask("max", "room.join", { room })
  const said = await ask("max", "room.send", { room, text: "the secret word", clientId: "a-client-id" })
  await ask("max", "room.send", { room, text: "", clientId: "b" })
  await ask("max", "the secret action", { room })
  await ask("max", "room.send", { room: "rom_x", text: "elsewhere", clientId: "c" })
  await ask("max", "room.leave", { room })
  await close("mia")
  const lines = linesOf("ada-1")
  expect(brief(lines)).toEqual([
    "in room.join mia ack",
    "out presence  posted",
    "in room.join max ack",
    "out presence  posted",
    "in room.send max ack",
    "out message  posted",
    "in room.send max input.invalid",
    "in unknown action max input.action",
    "in room.leave max ack",
    "out presence  posted",
    "in $disconnect mia closed",
  ])
  const send = lines.find(({ seq, direction }) => seq === said.seq && direction === "in")
  expect(send).toEqual({
    at: expect.any(Number),
    direction: "in",
    what: "room.send",
    user: { id: "max", name: "max by name" },
    connectionId: "max-1",
    room,
    outcome: "ack",
    seq: said.seq,
    bytes: expect.any(Number),
    ms: expect.any(Number),
  })
  expect(lines.find(({ what }) => what === "message")).toMatchObject({ room, seq: said.seq, to: 2, gone: 0, failed: 0 })
  expect(tapsOf("ada-1").at(-1).caught).toBe(lines.length)
  for (const text of ["secret", "elsewhere", "client"]) expect(JSON.stringify(lines)).not.toContain(text)
  await close("ada")
})

test("a tap of a person sees all that their connections do, in rooms or not, and nobody else's", async () => {
  await open("ada")
  const { tap } = await ask("ada", "tap.start", { user: "max" })
  await open("max", "max-9")
  await ask("max", "ping", {}, here, "max-9")
  await ask("mia", "ping")
  await ask("mia", "room.join", { room })
  await ask("max", "room.join", { room }, here, "max-9")
  await ask("max", "auth.refresh", { token: "a-token-that-nobody-may-see" }, here, "max-9")
  await close("max", "max-9")
  expect(brief(linesOf("ada-1", tap))).toEqual([
    "in $connect max open",
    "in ping max ack",
    "in room.join max ack",
    "out presence  posted",
    "in auth.refresh max auth.token",
    "in $disconnect max closed",
  ])
  expect(JSON.stringify(people.posted)).not.toContain("nobody-may-see")
  await close("ada")
  await close("mia")
})

test("two taps each get their own, also of one administrator, and one that is stopped gets nothing more", async () => {
  const ofRoom = (await ask("ada", "tap.start", { room })).tap
  const ofMax = (await ask("ada", "tap.start", { user: "max" })).tap
  const evas = (await ask("eva", "tap.start", { user: "mia" })).tap
  await ask("max", "ping")
  await ask("mia", "room.typing", { room, on: true })
  expect(brief(linesOf("ada-1", ofRoom))).toEqual(["in room.typing mia ack", "out typing  posted"])
  expect(brief(linesOf("ada-1", ofMax))).toEqual(["in ping max ack"])
  expect(brief(linesOf("eva-1", evas))).toEqual(["in room.typing mia ack", "out typing  posted"])
  await ask("ada", "tap.stop", { tap: ofMax })
  // Not hers to stop.
  await ask("ada", "tap.stop", { tap: evas })
  await ask("max", "ping")
  await ask("mia", "ping")
  expect(linesOf("ada-1", ofMax)).toHaveLength(1)
  expect(linesOf("eva-1", evas)).toHaveLength(3)
  for (const message of ["tap was started", "tap was stopped"])
    expect(logged.filter((each) => each.message === message).map(({ by, room: of, user }) => [by, of, user])).toEqual(
      message === "tap was stopped"
        ? [["ada", undefined, undefined]]
        : [
            ["ada", room, undefined],
            ["ada", undefined, "max"],
            ["eva", undefined, "mia"],
          ],
    )
})

test("only administrators tap, only rooms that there are, and one thing at a time", async () => {
  for (const user of ["max", "mia"])
    for (const [action, more] of [
      ["tap.start", { room }],
      ["tap.start", { room: "rom_nowhere" }],
      ["tap.start", { user: "ada" }],
      ["tap.stop", { tap: "tap_x" }],
    ] as const)
      expect(await ask(user, action, more)).toMatchObject({ type: "error", code: "forbidden.role" })
  expect(await ask("ada", "tap.start", { room: `rom_${"0".repeat(26)}` })).toMatchObject({ code: "missing.room" })
  for (const more of [{}, { room, user: "max" }, { room: 7 }, { user: "" }])
    expect(await ask("ada", "tap.start", more)).toMatchObject({ code: "input.invalid" })
  expect(logged.filter(({ message }) => /tap/.test(message))).toEqual([])
})

test("there are five at once; the same again prolongs one; of six that begin together one is refused", async () => {
  const begin = (user: string) => ask("ada", "tap.start", { user })
  const answers = []
  for (const user of ["a", "b", "c", "d"]) answers.push(await begin(user))
  pass(60_000)
  const both = await Promise.all([another(), another()])
  const last = await Promise.all(both.map((on, n) => ask("ada", "tap.start", { user: `last ${n}` }, on)))
  expect(last.map(({ code }) => code).filter(Boolean)).toEqual(["limit.taps"])
  expect(await begin("a")).toMatchObject({ tap: answers[0].tap, expiresAt: time + 600_000 })
  expect(await begin("e")).toMatchObject({ code: "limit.taps" })
  await ask("ada", "tap.stop", { tap: answers[1].tap })
  expect(await begin("e")).toMatchObject({ type: "ack" })
})

test("a tap ends with its lease, with its connection, and with a socket that is gone", async () => {
  await ask("ada", "tap.start", { user: "max" })
  pass(9.9 * 60_000)
  await ask("max", "ping")
  expect(linesOf("ada-1")).toHaveLength(1)
  pass(12_000)
  await ask("max", "ping")
  expect(linesOf("ada-1")).toHaveLength(1)

  const list = async (): Promise<string[]> => {
    const { Item } = await dynamo().send(new GetCommand({ TableName: "connection", Key: { pk: "taps", sk: "live" } }))
    return Item!.taps.map(({ connectionId }: { connectionId: string }) => connectionId)
  }
  await ask("ada", "tap.start", { user: "max" })
  await ask("eva", "tap.start", { user: "max" })
  pass(15_000)
  await close("ada", "ada-1", await another())
  expect(await list()).toEqual(["eva-1"])
  people.statuses.set("eva-1", 410)
  // Where it is not known that the first is gone, its line is posted in vain.
  await ask("max", "ping")
  expect(await list()).toEqual([])
  people.asked.length = 0
  await ask("max", "ping")
  expect(people.asked).toEqual(["POST max-1"])
})

test("what other functions handle is caught within ten seconds", async () => {
  const other = await another()
  await ask("max", "ping", {}, other)
  await ask("ada", "tap.start", { user: "max" })
  pass(7_000)
  await ask("max", "ping", {}, other)
  const early = linesOf("ada-1").length
  pass(1_000)
  await ask("max", "ping", {}, other)
  expect([early, linesOf("ada-1").length]).toEqual([0, 1])
})

test("of a flood, over however many functions, fifty lines a second come, and how many there were", async () => {
  await ask("ada", "tap.start", { user: "max" })
  pass(30_000)
  const functions = await Promise.all([another(), another(), another()])
  between = 0
  for (let n = 0; n < 240; n++) await ask("max", "ping", {}, functions[n % 3])
  expect(linesOf("ada-1").length).toBe(50)
  pass(1_000)
  for (const on of functions) await ask("max", "ping", {}, on)
  expect(linesOf("ada-1").length).toBe(53)
  expect(tapsOf("ada-1").at(-1).caught).toBe(243)
})

test("while nobody taps, frames cost a read every ten seconds and no write; a tap whose table or socket fails fails no frame", async () => {
  pass(60_000)
  between = 0
  const sent = vi.spyOn(dynamo(), "send")
  for (let n = 0; n < 24; n++) await ask("max", "ping")
  pass(10_000)
  for (let n = 0; n < 24; n++) await ask("max", "ping")
  const spent = sent.mock.calls.map(([command]) => (command as { operation: string }).operation)
  console.info(`48 frames in 10 s while nobody taps: ${spent.length} calls of the table`)
  // The two rate limits note every 25th frame.
  expect(spent.filter((each) => each === "GetItem")).toHaveLength(2)
  expect(spent.filter((each) => each !== "GetItem").length).toBeLessThanOrEqual(1)
  sent.mockRestore()

  between = 1_000
  await ask("ada", "tap.start", { user: "max" })
  people.statuses.set("ada-1", 500)
  expect(await ask("max", "ping")).toMatchObject({ type: "ack" })
  people.asked.length = 0
  expect(await ask("max", "ping")).toMatchObject({ type: "ack" })
  // It is left alone for a while.
  expect(people.asked).toEqual(["POST max-1"])
  pass(6_000)
  people.statuses.clear()
  const { send } = dynamo()
  const broken = vi.spyOn(dynamo(), "send").mockImplementation((async (command: object, more: object) => {
    if (command instanceof UpdateCommand || command instanceof GetCommand) throw new Error("no table")
    return send.call(dynamo(), command as never, more)
  }) as never)
  expect(await ask("max", "ping")).toMatchObject({ type: "ack" })
  pass(20_000)
  expect(await ask("max", "ping")).toMatchObject({ type: "ack" })
  broken.mockRestore()
  expect(linesOf("ada-1")).toEqual([])
  await ask("max", "ping")
  expect(linesOf("ada-1")).toHaveLength(1)
  expect(tapsOf("ada-1").at(-1).caught).toBe(5)
})
