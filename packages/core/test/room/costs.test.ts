import { afterAll, beforeAll, expect, test } from "vitest"
import * as Room from "../../src/room/index.ts"
import { as, deliver, roomOf, startRooms } from "./world.ts"

let world: Awaited<ReturnType<typeof startRooms>>
beforeAll(async () => {
  world = await startRooms()
})
afterAll(() => world.stop())

const TEXT = "Sound check is at six, doors at seven. Bring the long cable."

test("a message costs one read and one write; a page of six moves with three calls more", async () => {
  const room = await roomOf("ada", "max")
  await deliver("max", { room, text: TEXT, clientId: "first" })
  const single: number[] = []
  const all = await world.spent(async () => {
    for (let n = 1; n <= 60; n++) {
      const { calls } = await world.spent(async () => {
        const { tidy } = await as("max", () => Room.send({ room, text: TEXT, clientId: `c${n}` }))
        if (!tidy) return
        await tidy()
        single.push(n)
      })
      if (!single.includes(n)) expect(calls).toEqual(["BatchGetItem", "UpdateItem"])
    }
  })
  const figures = { calls: all.calls.length / 60, wru: all.wru / 60, rru: all.rru / 60 }
  console.log(
    `a message of ${TEXT.length} characters: ${figures.calls.toFixed(2)} calls, ${figures.wru.toFixed(2)} WRU, ${figures.rru.toFixed(2)} RRU`,
  )
  expect(single).toHaveLength(10)
  expect(figures.calls).toBeLessThanOrEqual(2.5)
  expect(figures.wru).toBeLessThanOrEqual(4)
  expect(figures.rru).toBe(2)
})

test("a message costs the same in a room of 10 and of 200 members", async () => {
  const cost = async (count: number) => {
    const others = Array.from({ length: count - 1 }, (_, n) => `m${n}`)
    const room = await roomOf("ada", ...others)
    await deliver("ada", { room, text: TEXT, clientId: "first" })
    const { calls, wru, rru } = await world.spent(() => as("ada", () => Room.send({ room, text: TEXT, clientId: "second" })))
    return { calls: calls.length, wru, rru }
  }
  const small = await cost(10)
  expect(await cost(200)).toEqual(small)
  expect(small).toEqual({ calls: 2, wru: 1, rru: 2 })
})

test("nothing of rooms is ever scanned, and a page of history has at most 100 messages", async () => {
  const room = await roomOf("ada")
  for (let n = 1; n <= 130; n++) await deliver("ada", { room, text: "·", clientId: `${n}` })
  const { calls } = await world.spent(async () => {
    const page = await as("ada", () => Room.history({ room }))
    expect(page.messages).toHaveLength(100)
    expect(page.next).toBe(31)
  })
  expect(calls).toEqual(["BatchGetItem", "Query"])
  await expect(as("ada", async () => Room.history({ room, limit: 101 }))).rejects.toMatchObject({ code: "input.invalid" })
  expect(world.calls.since(0, 1_000_000).filter(({ operation }) => operation === "Scan")).toEqual([])
})
