import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest"
import * as Room from "../../src/room/index.ts"
import { checkLog } from "./check-log.ts"
import { as, deliver, logOf, roomOf, startRooms } from "./world.ts"

let world: Awaited<ReturnType<typeof startRooms>>
beforeAll(async () => {
  world = await startRooms()
})
afterEach(() => world.faults.remove())
afterAll(() => world.stop())

const entries = (log: Room.Message[]) => log.map(({ seq, user, clientId }) => ({ seq, user: user.id, clientId }))
const update = { service: "dynamodb", op: "UpdateItem" }

/** The product as another process has it: its own memory of rooms. */
async function anotherProcess() {
  vi.resetModules()
  const { deliver: send } = await import("./world.ts")
  return { send }
}

/** 80 makes it the 5,120 messages of the catalogue; fewer show the same in a few seconds. */
const SENDS = Number(process.env.ROOM_SENDS ?? 10)

test(`64 workers in 8 processes send ${SENDS} messages each to one room: no seq is missing, none doubled, each sender's in order`, async () => {
  const people = Array.from({ length: 64 }, (_, n) => `p${n}`)
  const room = await roomOf("owner", ...people)
  const processes = await Promise.all(Array.from({ length: 8 }, anotherProcess))
  const acks: { seq: number; user: string; clientId: string }[] = []
  const started = performance.now()
  const { raw } = await world.spent(() =>
    Promise.all(
      people.map(async (user, worker) => {
        for (let n = 1; n <= SENDS; n++) {
          const { message } = await processes[worker % 8]!.send(user, { room, text: `${n}`, clientId: `c${n}` })
          acks.push({ seq: message.seq, user, clientId: `c${n}` })
        }
      }),
    ),
  )
  const seconds = (performance.now() - started) / 1000
  const log = await logOf("owner", room)
  expect(log).toHaveLength(64 * SENDS)
  expect(
    checkLog(
      entries(log).map((each) => ({ ...each, n: Number(each.clientId.slice(1)) })),
      acks,
    ),
  ).toEqual([])
  console.log(
    `64 x ${SENDS}: ${log.length} messages in ${seconds.toFixed(1)} s, ${(raw.length / log.length).toFixed(2)} calls a message, ${raw.filter(({ error }) => error === "ConditionalCheckFailedException").length} refused writes`,
  )
}, 300_000)

test("a repeat is the same message with the same answer, with another text a conflict, and so after 60 others", async () => {
  const room = await roomOf("ada", "max")
  const first = await as("max", () => Room.send({ room, text: "Doors?", clientId: "c" }))
  for (const others of [0, 1, 7, 8, 60]) {
    for (let n = 0; n < others; n++) await deliver("ada", { room, text: "·", clientId: `${others}-${n}` })
    const again = await as("max", () => Room.send({ room, text: "Doors?", clientId: "c" }))
    expect(again).toEqual({ message: first.message, isNew: false })
    await expect(as("max", () => Room.send({ room, text: "Doors!", clientId: "c" }))).rejects.toMatchObject({
      code: "conflict.idempotency",
    })
  }
  const other = await as("ada", () => Room.send({ room, text: "Doors?", clientId: "c" }))
  expect(other.isNew).toBe(true)
  expect(checkLog(entries(await logOf("ada", room)))).toEqual([])
})

test.each(["reset", "error"] as const)(
  "one client id sent 40 times at once from 8 processes, whose first writes commit and then fail (%s), is one message",
  async (ending) => {
    const room = await roomOf("ada", "max")
    await deliver("ada", { room, text: "first", clientId: "0" })
    const processes = await Promise.all(Array.from({ length: 8 }, anotherProcess))
    world.faults.add([{ ...update, kind: "commit-then-fail", rate: 1, times: 3, seed: 1, status: 500, share: 0.5, ending }])
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) => processes[n % 8]!.send("max", { room, text: "once", clientId: "same" })),
    )
    expect(new Set(answers.map(({ message }) => `${message.seq} ${message.messageId}`)).size).toBe(1)
    /** One of them is told that it is new, so that it tells the others. */
    expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1)
    expect(entries(await logOf("ada", room))).toEqual([
      { seq: 1, user: "ada", clientId: "0" },
      { seq: 2, user: "max", clientId: "same" },
    ])
  },
)

test("whatever call fails, before or after it took effect, the log has no gap and each message once", async () => {
  const room = await roomOf("ada", "max", "mia")
  const kinds = ["error", "commit-then-fail", "reset"] as const
  for (const op of ["BatchGetItem", "UpdateItem", "PutItem", "BatchWriteItem"])
    for (const kind of kinds)
      world.faults.add([{ service: "dynamodb", op, kind, rate: 0.06, seed: op.length, status: 500, share: 0.5 }])
  world.faults.add([{ service: "dynamodb", op: "BatchWriteItem", kind: "partial", rate: 0.3, seed: 4, status: 500, share: 0.5 }])
  const acks: { seq: number; user: string; clientId: string }[] = []
  await Promise.all(
    ["ada", "max", "mia"].map(async (user) => {
      for (let n = 1; n <= 40; n++) {
        const { message } = await deliver(user, { room, text: `${n}`, clientId: `c${n}` })
        acks.push({ seq: message.seq, user, clientId: `c${n}` })
        if (n % 5 === 0) await deliver(user, { room, text: `${n - 3}`, clientId: `c${n - 3}` })
      }
    }),
  )
  world.faults.remove()
  const log = entries(await logOf("ada", room))
  expect(log).toHaveLength(120)
  expect(
    checkLog(
      log.map((each) => ({ ...each, n: Number(each.clientId.slice(1)) })),
      acks,
    ),
  ).toEqual([])
}, 60_000)

test("a throttled room answers limit.rate after at most 5 attempts a call, and loses nothing", async () => {
  const room = await roomOf("ada")
  await as("ada", () => Room.send({ room, text: "1", clientId: "1" }))
  world.faults.add([{ ...update, kind: "throttle", rate: 1, seed: 1, status: 500, share: 0.5 }])
  const { raw } = await world.spent(() =>
    expect(as("ada", () => Room.send({ room, text: "2", clientId: "2" }))).rejects.toMatchObject({
      code: "limit.rate",
      retryAfterMs: expect.any(Number),
    }),
  )
  expect(raw.filter(({ operation }) => operation === "UpdateItem").length).toBeLessThanOrEqual(5)
  world.faults.remove()
  expect((await as("ada", () => Room.send({ room, text: "2", clientId: "2" }))).message.seq).toBe(2)
})

test("numbered messages of a connection never change places: 200 sent at once end in their order, a gap says which is expected", async () => {
  const room = await roomOf("ada", "max")
  const gaps: number[] = []
  const one = async (n: number) => {
    for (;;) {
      try {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 30))
        return await deliver("max", { room, text: `${n}`, clientId: `c${n}`, n, connectionId: "socket" })
      } catch (error) {
        const { code, fields } = error as { code: string; fields: { expected: number } }
        if (code !== "conflict.order") throw error
        gaps.push(fields.expected)
        await new Promise((resolve) => setTimeout(resolve, 20 * Math.max(1, n - fields.expected)))
      }
    }
  }
  const ns = Array.from({ length: 200 }, (_, index) => index + 1)
  for (let start = 0; start < ns.length; start += 20) await Promise.all(ns.slice(start, start + 20).map(one))
  const log = entries(await logOf("ada", room))
  expect(log.map(({ clientId }) => clientId)).toEqual(ns.map((n) => `c${n}`))
  console.log(`200 numbered messages, 20 at once: 0 inversions, ${gaps.length} gaps answered`)
  await expect(
    as("max", () => Room.send({ room, text: "again", clientId: "x", n: 200, connectionId: "socket" })),
  ).rejects.toMatchObject({ code: "conflict.order", fields: { expected: 201 } })
  await expect(
    as("max", () => Room.send({ room, text: "first", clientId: "y", n: 1, connectionId: "socket" })),
  ).rejects.toMatchObject({ code: "conflict.order", fields: { expected: 201 } })
  await expect(
    as("max", () => Room.send({ room, text: "other", clientId: "z", n: 2, connectionId: "new" })),
  ).rejects.toMatchObject({ code: "conflict.order", fields: { expected: 1 } })
}, 60_000)

test("what was stored over a lost connection counts as sent over the next one", async () => {
  const room = await roomOf("ada", "max")
  const send = (n: number, connectionId: string) => deliver("max", { room, text: `${n}`, clientId: `c${n}`, n, connectionId })
  for (let n = 1; n <= 10; n++) await send(n, "old")
  for (let n = 1; n <= 10; n++) expect(await send(n, "new")).toMatchObject({ isNew: false, message: { seq: n } })
  expect(await send(11, "new")).toMatchObject({ isNew: true, message: { seq: 11 } })
})
