import { expect, test } from "vitest"
import { coalesce } from "./coalesce.ts"

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

test("the first delta goes out at once, what follows together, and nothing is lost or reordered", async () => {
  const pieces: string[] = []
  const text = coalesce(async (piece) => void pieces.push(piece), { everyMs: 40 })
  text.push("a")
  await pause(0)
  expect(pieces).toEqual(["a"])
  for (const word of ["b", "c", "d"]) text.push(word)
  expect(pieces).toEqual(["a"])
  await pause(80)
  expect(pieces).toEqual(["a", "bcd"])
  text.push("e")
  await text.drain()
  expect(pieces.join("")).toBe("abcde")
})

test("a slow flush is never overtaken by the next", async () => {
  let running = 0
  const pieces: string[] = []
  const text = coalesce(
    async (piece) => {
      expect(++running).toBe(1)
      await pause(15)
      pieces.push(piece)
      running -= 1
    },
    { everyMs: 1 },
  )
  for (let n = 0; n < 20; n++) {
    text.push(`${n} `)
    await pause(2)
  }
  await text.drain()
  expect(pieces.join("")).toBe(Array.from({ length: 20 }, (_, n) => `${n} `).join(""))
})

test("a flood is cut into pieces that fit a frame, never inside of a character", async () => {
  const pieces: string[] = []
  const text = coalesce(async (piece) => void pieces.push(piece))
  const flood = "x" + "🎻".repeat(10_000)
  text.push(flood)
  await text.drain()
  expect(pieces.join("")).toBe(flood)
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(6_000)
  expect(pieces.every((piece) => piece.isWellFormed())).toBe(true)
})

test("a character that comes in two halves is one in the end, however late the second is, and half a one goes out at the end", async () => {
  const pieces: string[] = []
  const text = coalesce(async (piece) => void pieces.push(piece), { everyMs: 10 })
  text.push("\ud83c")
  await pause(30)
  expect(pieces).toEqual([])
  text.push("\udfbb!")
  text.push("\ud83c")
  await text.drain()
  expect(pieces.join("")).toBe("🎻!\ud83c")
  expect(pieces[0]!.startsWith("🎻")).toBe(true)
})

test("a failed flush stops the producer and is told by drain", async () => {
  const text = coalesce(async () => {
    throw new Error("the lease is lost")
  })
  text.push("a")
  await pause(0)
  expect(() => text.push("b")).toThrow("the lease is lost")
  await expect(text.drain()).rejects.toThrow("the lease is lost")
})
