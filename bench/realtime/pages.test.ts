import { expect, test } from "vitest"
import { type Asked, readingOf } from "./pages.ts"

const page = (next: string | undefined, connection = 1): Asked => ({ connection, ...(next !== undefined && { next }) })
const WHOLE = [undefined, "a", "b", "c", "d"].map((next) => page(next))
/** The link broke while page b was on its way. */
const RESUMED = [page(undefined), page("a"), page("b"), page("b", 2), page("c", 2), page("d", 2)]

test("pages one after the other, also over a new connection, are read as they should be", () => {
  expect(readingOf(WHOLE)).toEqual({ pages: 5, reconnects: 0, restarts: 0, repeated: 0 })
  expect(readingOf(RESUMED)).toEqual({ pages: 6, reconnects: 1, restarts: 0, repeated: 0 })
})

test("a reader who starts over is caught, wherever the link broke", () => {
  for (let at = 1; at < WHOLE.length; at++)
    expect(readingOf([...WHOLE.slice(0, at), ...WHOLE.map((each) => ({ ...each, connection: 2 }))]).restarts).toBe(1)
})

test("a page that is asked for twice over one connection, or that was read long before, is caught", () => {
  expect(readingOf([...WHOLE.slice(0, 3), page("b"), page("c")]).repeated).toBe(1)
  expect(readingOf([...WHOLE, page("a", 2)]).repeated).toBe(1)
})

test("each new connection counts", () => {
  expect(readingOf([...RESUMED, page("d", 4)]).reconnects).toBe(3)
})
