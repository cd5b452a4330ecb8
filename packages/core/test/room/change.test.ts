import { afterAll, beforeAll, expect, test } from "vitest"
import * as Room from "../../src/room/index.ts"
import { as, deliver, logOf, roomOf, startRooms } from "./world.ts"

let world: Awaited<ReturnType<typeof startRooms>>
beforeAll(async () => {
  world = await startRooms()
})
afterAll(() => world.stop())

const fill = async (room: string, user: string, count: number) => {
  for (let n = 1; n <= count; n++) await deliver(user, { room, text: `line ${n}`, clientId: `${user}${n}` })
}

test("an author edits a message wherever it lies; nobody else does, and its place and its answer to a repeat stay", async () => {
  const room = await roomOf("ada", "max")
  await fill(room, "ada", 19)
  for (const seq of [1, 8, 9, 16, 17, 19]) {
    await expect(as("max", () => Room.edit({ room, seq, text: "mine" }))).rejects.toMatchObject({ code: "missing.message" })
    expect(await as("ada", () => Room.edit({ room, seq, text: `edited ${seq}` }))).toMatchObject({ seq, text: `edited ${seq}` })
    expect(await deliver("ada", { room, text: `line ${seq}`, clientId: `ada${seq}` })).toMatchObject({
      isNew: false,
      message: { seq },
    })
  }
  await expect(as("ada", () => Room.edit({ room, seq: 20, text: "none" }))).rejects.toMatchObject({ code: "missing.message" })
  const log = await logOf("max", room)
  expect(log.filter(({ editedAt }) => editedAt).map(({ seq }) => seq)).toEqual([1, 8, 9, 16, 17, 19])
  expect(log[7]!.text).toBe("edited 8")
  expect(log[9]!.text).toBe("line 10")
})

test("edits are not lost while pages move under them", async () => {
  const room = await roomOf("ada", "max")
  const edits: Promise<boolean>[] = []
  for (let n = 1; n <= 48; n++) {
    const { message } = await deliver("ada", { room, text: "draft", clientId: `${n}` })
    const edited = as("ada", () => Room.edit({ room, seq: message.seq, text: `final ${message.seq}` }))
    edits.push(
      edited.then(
        () => true,
        () => false,
      ),
    )
  }
  const done = await Promise.all(edits)
  const log = await logOf("max", room)
  for (const [index, { text }] of log.entries()) if (done[index]) expect(text).toBe(`final ${index + 1}`)
  expect(done.filter(Boolean).length).toBeGreaterThan(30)
})

test("reactions are sets of people: safe to repeat and to take back, from all at once, and seen in history before and after a move", async () => {
  const people = Array.from({ length: 12 }, (_, n) => `p${n}`)
  const room = await roomOf("ada", ...people)
  await fill(room, "ada", 3)
  await Promise.all(people.flatMap((who) => [1, 2].map(() => as(who, () => Room.react({ room, seq: 2, emoji: "👏" })))))
  await as("p3", () => Room.react({ room, seq: 2, emoji: "👏", on: false }))
  await as("p3", () => Room.react({ room, seq: 2, emoji: "👏", on: false }))
  const expected = { "👏": people.filter((who) => who !== "p3").sort() }
  expect((await logOf("ada", room))[1]!.reactions).toEqual(expected)
  for (let n = 4; n <= 9; n++) await deliver("ada", { room, text: "·", clientId: `${n}` })
  const log = await logOf("ada", room)
  expect([log[1]!.reactions, log[0]!.reactions, log[2]!.reactions]).toEqual([expected, undefined, undefined])
  for (const who of people) await as(who, () => Room.react({ room, seq: 2, emoji: "👏", on: false }))
  expect((await logOf("ada", room))[1]!.reactions).toBeUndefined()
})

test("a message holds 20 different reactions, whoever comes at once; those that are there go on", async () => {
  const room = await roomOf("ada", "max")
  await fill(room, "ada", 1)
  const outcomes = await Promise.allSettled(
    Array.from({ length: 30 }, (_, n) => as("max", () => Room.react({ room, seq: 1, emoji: `e${n}` }))),
  )
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(20)
  const kinds = Object.keys((await logOf("ada", room))[0]!.reactions!)
  expect(kinds).toHaveLength(20)
  await as("ada", () => Room.react({ room, seq: 1, emoji: kinds[0]! }))
  await expect(as("ada", () => Room.react({ room, seq: 1, emoji: "new" }))).rejects.toMatchObject({ code: "limit.reactions" })
})

test("a read mark moves forward only, never beyond the log, and unread counts follow", async () => {
  const room = await roomOf("ada", "max")
  await fill(room, "ada", 10)
  const unread = async () => (await as("max", () => Room.get({ room }))).unread
  expect(await unread()).toBe(10)
  await Promise.all([3, 7, 5].map((seq) => as("max", () => Room.read({ room, seq }))))
  expect(await unread()).toBe(3)
  expect(await as("max", () => Room.read({ room, seq: 2 }))).toMatchObject({ seq: 7, moved: false })
  expect(await as("max", () => Room.read({ room, seq: 9_999 }))).toMatchObject({ seq: 10, moved: true })
  expect(await unread()).toBe(0)
})
