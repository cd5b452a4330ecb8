import { expect, test } from "vitest"
import type { Version } from "../storage/records.ts"
import { checkWrite } from "./conditions.ts"

const version = (etag: string) => ({ etag }) as Version
const code = (headers: Record<string, string>, before?: Version, now?: Version): string => {
  try {
    checkWrite(headers, "k", before, now)
    return "ok"
  } catch (error) {
    return (error as { code: string }).code
  }
}
const [a, b] = [version("a"), version("b")]

test("a write that wants to be the first is, or is told that it is not", () => {
  const first = { "if-none-match": "*" }
  expect([code(first), code(first, a, a), code(first, undefined, a), code(first, a, undefined)]).toEqual([
    "ok",
    "PreconditionFailed",
    "PreconditionFailed",
    "ok",
  ])
  expect(code({ "if-none-match": '"a"' })).toBe("NotSimulatedException")
})

test("a write that replaces what it knows is refused when that changed, went, or never was", () => {
  const known = { "if-match": '"a"' }
  expect([code(known, a, a), code({ "if-match": "*" }, a, a), code(known, b, a)]).toEqual(["ok", "ok", "ok"])
  expect([code(known, a, b), code(known, b, b)]).toEqual(["PreconditionFailed", "PreconditionFailed"])
  expect(code(known, a, undefined)).toBe("ConditionalRequestConflict")
  expect([code(known), code(known, b, undefined)]).toEqual(["NoSuchKey", "NoSuchKey"])
})
