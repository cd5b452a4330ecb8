import fc from "fast-check"
import { expect, test } from "vitest"
import type { Ask } from "../proxy.ts"
import type { Table } from "../tables.ts"
import type { VectorIndex } from "./definition.ts"
import { Entries } from "./entries.ts"
import { shortNumber, vectorOf } from "./vector.ts"

test("the text of a 32-bit number is that number again, and no longer than it must be", () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = shortNumber(value)
      expect(Math.fround(Number(text))).toBe(Object.is(value, -0) ? 0 : value)
      expect(vectorOf({ L: [{ N: text }] }, 1)?.[0]).toBe(Object.is(value, -0) ? 0 : value)
    }),
  )
  expect([0.1, 1, 100, -2.5, 16_777_216, 1e-7].map((value) => shortNumber(Math.fround(value)))).toEqual([
    "0.1",
    "1",
    "100",
    "-2.5",
    "16777216",
    "0.0000001",
  ])
})

const INDEX: VectorIndex = {
  name: "near",
  attribute: "v",
  dimensions: 1,
  distance: "EUCLIDEAN",
  filters: [],
  projection: { ProjectionType: "ALL" },
}
const TABLE: Table = { name: "ROOM", keys: [{ name: "id", type: "S" }], indexes: [] }
const item = (id: string, n: number) => ({ id: { S: id }, v: { L: [{ N: String(n) }] } })

test("vectors beyond the room there is are refused by name, and again until there is room", async () => {
  let room = 2
  const ask: Ask = async () => ({ status: 200, json: { Items: [item("a", 1), item("b", 2), item("c", 3)] } })
  const entries = new Entries(ask, TABLE, INDEX, () => entries.size < room)
  await expect(entries.current()).rejects.toThrow("NOT_SIMULATED: dynamodb.SearchVectors over more than 512 MB of vectors")
  room = 3
  expect([...(await entries.current())]).toHaveLength(3)
})

test("what was written while the engine did not answer is read when it does", async () => {
  let isDown = false
  const ask: Ask = async (operation) => {
    if (isDown) throw new Error("The engine does not answer")
    return operation === "Scan"
      ? { status: 200, json: { Items: [item("a", 1)] } }
      : { status: 200, json: { Responses: { ROOM: [item("a", 7)] } } }
  }
  const entries = new Entries(ask, TABLE, INDEX, () => true)
  await entries.current()
  entries.touch('["ROOM","a"]', item("a", 7))
  isDown = true
  await expect(entries.current()).rejects.toThrow("does not answer")
  isDown = false
  expect([...(await entries.current())].map(({ vector }) => [...vector])).toEqual([[7]])
})
