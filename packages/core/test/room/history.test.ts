import fc from "fast-check"
import { afterAll, beforeAll, expect, test } from "vitest"
import { since } from "../../src/room/log.ts"
import * as Room from "../../src/room/index.ts"
import { findHead } from "../../src/room/read.ts"
import { as, deliver, logOf, roomOf, startRooms } from "./world.ts"

let world: Awaited<ReturnType<typeof startRooms>>
let room: string
const LENGTH = 221
beforeAll(async () => {
  world = await startRooms()
  room = await roomOf("ada", "max")
  for (let n = 1; n <= LENGTH; n++) await deliver(n % 3 ? "ada" : "max", { room, text: `line ${n}`, clientId: `${n}` })
})
afterAll(() => world.stop())

const seqs = (messages: Room.Message[]) => messages.map(({ seq }) => seq)
const from = (first: number, last: number) => Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => first + n)

test("any page of history is exactly what stands before its seq, in order, and says where the next begins", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.option(fc.integer({ min: 1, max: LENGTH + 20 }), { nil: undefined }),
      fc.integer({ min: 1, max: 100 }),
      async (before, limit) => {
        const { messages, next } = await as("max", () => Room.history({ room, before, limit }))
        const last = Math.min(LENGTH, (before ?? LENGTH + 1) - 1)
        const first = Math.max(1, last - limit + 1)
        expect(seqs(messages)).toEqual(from(first, last))
        expect(messages.every(({ seq, text }) => text === `line ${seq}`)).toBe(true)
        expect(next).toBe(first > 1 && last >= first ? first : undefined)
      },
    ),
    { numRuns: 40 },
  )
})

test("from any position, page after page, a reader gets exactly what was missed", async () => {
  const head = (await findHead(room))!
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: LENGTH }), async (seq) => {
      const seen: number[] = []
      for (let after: { epoch: string; seq: number } | undefined = { epoch: head.epoch, seq }; after;) {
        const page: Awaited<ReturnType<typeof since>> = await since(head, after)
        expect([page.recovered, page.messages.length <= 100]).toEqual([true, true])
        seen.push(...seqs(page.messages))
        after = page.next
      }
      expect(seen).toEqual(from(seq + 1, LENGTH))
    }),
    { numRuns: 25 },
  )
})

test("a position of another epoch or beyond the log is not recovered: the newest page comes instead, never a silent gap", async () => {
  const head = (await findHead(room))!
  for (const after of [{ epoch: "01J", seq: 3 }, { epoch: head.epoch, seq: LENGTH + 1 }, undefined]) {
    const { recovered, messages } = await since(head, after)
    expect([recovered, seqs(messages)]).toEqual([false, from(LENGTH - 99, LENGTH)])
  }
})

test("messages are read while others are written and pages move: what is read is never torn", async () => {
  const busy = await roomOf("ada", "max")
  let done = false
  const readings: number[][] = []
  const reader = (async () => {
    while (!done) readings.push(seqs(await logOf("max", busy)))
  })()
  await Promise.all(
    ["ada", "max"].map(async (user) => {
      for (let n = 1; n <= 40; n++) await deliver(user, { room: busy, text: "·", clientId: `${n}` })
    }),
  )
  done = true
  await reader
  expect(readings.length).toBeGreaterThan(3)
  for (const reading of readings) expect(reading).toEqual(from(1, reading.length))
  for (const [index, reading] of readings.slice(1).entries())
    expect(reading.length).toBeGreaterThanOrEqual(readings[index]!.length)
})
