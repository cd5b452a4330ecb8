import { expect, test } from "vitest"
import { pageOf, readToken, writeToken } from "./page-token.ts"

const refuse = (reason: string) => new Error(reason)

test("a token goes on with the filter of its list, sent alone or with it", () => {
  const token = writeToken(2, { prefix: "a", group: undefined })
  for (const asked of [{ prefix: undefined }, { prefix: "" }, { prefix: "a" }])
    expect(readToken(token, asked, refuse)).toEqual({ position: 2, asked: { prefix: "a" } })
  expect(readToken(undefined, { prefix: "a" }, refuse)).toBeUndefined()
})

test("a token of another list, and one that nobody gave out, are refused", () => {
  expect(() => readToken(writeToken(2, { prefix: "a" }), { prefix: "b" }, refuse)).toThrow("another prefix")
  expect(() => readToken(writeToken(2, {}), { prefix: "b" }, refuse)).toThrow("another prefix")
  for (const token of [
    "x",
    "bm9uZQ",
    Buffer.from("[]").toString("base64url"),
    Buffer.from('{"position":-1,"asked":{}}').toString("base64url"),
    7,
  ])
    expect(() => readToken(token, {}, refuse)).toThrow("not given out")
})

test("pages of a list hold each item once", () => {
  const all = ["a", "b", "c"]
  const first = pageOf(all, 0, 2, { prefix: "p" })
  const next = readToken(first.next, { prefix: undefined }, refuse)!
  const last = pageOf(all, next.position, 2, next.asked)
  expect([first.items, last.items, last.next]).toEqual([["a", "b"], ["c"], undefined])
})
