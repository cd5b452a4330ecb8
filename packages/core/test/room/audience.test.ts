import { afterAll, beforeAll, expect, test, vi } from "vitest"
import { withActor } from "../../src/actor.ts"
import { withClock } from "../../src/clock.ts"
import * as Connection from "../../src/connection/index.ts"
import * as Room from "../../src/room/index.ts"
import { as, roomOf, startRooms } from "./world.ts"

let world: Awaited<ReturnType<typeof startRooms>>
beforeAll(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined)
  world = await startRooms()
})
afterAll(() => world.stop())

const asAdmin = <R>(run: () => R): R => withActor({ type: "user", userId: "root", role: "admin" }, run)
const codeOf = (run: () => Promise<unknown>) =>
  run().then(
    () => "allowed",
    ({ code }) => code as string,
  )
async function enter(room: string, userId: string, connectionId: string): Promise<void> {
  await Connection.create({ connectionId, userId, role: "member", expiresAt: Date.now() + 3_600_000 })
  await as(userId, () => Room.join({ room, connectionId }))
}
const seen = async (room: string, userId: string) =>
  (await as("ada", () => Room.members({ room }))).items.find(({ id }) => id === userId)

test("the owner and administrators see who listens and may announce; members are refused, and strangers find no room", async () => {
  const room = await roomOf("ada", "max")
  const tries: Record<string, () => Promise<unknown>> = {
    listeners: () => Room.listeners({ room }),
    announce: () => Room.announce({ room, text: "Five minutes" }),
  }
  for (const attempt of Object.values(tries)) {
    expect(await codeOf(() => as("ada", attempt))).toBe("allowed")
    expect(await codeOf(() => asAdmin(attempt))).toBe("allowed")
    expect(await codeOf(() => as("max", attempt))).toBe("forbidden.room")
    expect(await codeOf(() => as("mia", attempt))).toBe("missing.room")
  }
  const nowhere = `rom_${"0".repeat(26)}`
  expect(await codeOf(() => asAdmin(() => Room.listeners({ room: nowhere })))).toBe("missing.room")
  expect(await codeOf(() => asAdmin(() => Room.announce({ room: nowhere, text: "hello" })))).toBe("missing.room")
})

test("listeners come page by page, each once with how many connections, whatever the shape of the roster", async () => {
  const room = await roomOf("ada", "max")
  await enter(room, "ada", "a1")
  for (const n of [1, 2]) await enter(room, "max", `m${n}`)
  for (let n = 10; n < 40; n++) await enter(room, `person-${n}`, `p${n}`)
  const found: { id: string; connections: number }[] = []
  let cursor: string | undefined
  do {
    const page = await as("ada", () => Room.listeners({ room, cursor, limit: 7 }))
    expect(page.items.length).toBeLessThanOrEqual(7)
    found.push(...page.items)
    cursor = page.next
  } while (cursor)
  expect(found.map(({ id }) => id)).toEqual(["ada", "max", ...Array.from({ length: 30 }, (_, n) => `person-${n + 10}`)])
  expect(found.slice(0, 3)).toMatchObject([{ connections: 1 }, { connections: 2, name: "Guest" }, { connections: 1 }])
})

test("when somebody was last in a room is noted as they leave it, at their last connection, and never moves back", async () => {
  const room = await roomOf("ada", "max")
  const at = Date.now() + 60_000
  for (const n of [1, 2]) await enter(room, "max", `s${n}`)
  const leave = (connectionId: string) => withClock({ now: () => at }, () => as("max", () => Room.leave({ room, connectionId })))
  expect(await leave("s1")).toMatchObject({ left: false })
  expect(await seen(room, "max")).not.toHaveProperty("seenAt")
  expect(await leave("s2")).toMatchObject({ left: true, seenAt: at })
  expect(await seen(room, "max")).toMatchObject({ seenAt: at })
  expect(await leave("s2")).toMatchObject({ left: false })

  const lost = (userId: string, time: number) => ({ topic: room, userId, at: time })
  const strays = [lost("nobody", 1), { topic: `doc_${"0".repeat(26)}`, userId: "max", at: 1 }, { ...lost("max", 1), topic: "x" }]
  await Room.noteLost([lost("max", at - 1), lost("max", at + 5), lost("max", at + 3), ...strays])
  for (let again = 0; again < 2; again++) await Room.noteLost([lost("max", at + 5)])
  expect(await seen(room, "max")).toMatchObject({ seenAt: at + 5, role: "guest" })
  expect((await as("ada", () => Room.members({ room }))).items.map(({ id }) => id)).toEqual(["ada", "max"])
})

test("a leave holds although its time could not be noted, and a table that fails brings a whole batch of departures again", async () => {
  const room = await roomOf("ada", "max")
  await enter(room, "max", "f1")
  world.faults.add([
    {
      service: "dynamodb",
      op: "UpdateItem",
      kind: "error",
      match: { body: "seenAt" },
      rate: 1,
      seed: 1,
      status: 500,
      share: 0.5,
    },
  ])
  expect(await as("max", () => Room.leave({ room, connectionId: "f1" }))).toMatchObject({ left: true })
  await expect(Room.noteLost([{ topic: room, userId: "max", at: 5 }])).rejects.toMatchObject({ kind: "unavailable" })
  world.faults.remove()
  expect(await seen(room, "max")).not.toHaveProperty("seenAt")
})
