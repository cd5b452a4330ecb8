import { expect, test } from "vitest"
import { instantOf, nextCronIn, wallTime } from "./zone.ts"

const utc = (text: string) => Date.parse(`${text}Z`)
const VIENNA = "Europe/Vienna"

test("clocks of a zone are read at an instant and back", () => {
  expect(wallTime(utc("2030-01-15T12:00:00"), VIENNA)).toBe(utc("2030-01-15T13:00:00"))
  expect(wallTime(utc("2030-07-15T12:00:00"), VIENNA)).toBe(utc("2030-07-15T14:00:00"))
  for (const text of ["2030-01-01T00:00:00", "2030-06-30T23:59:00", "2030-10-27T00:30:00"])
    expect(instantOf(wallTime(utc(text), VIENNA), VIENNA)).toBe(utc(text))
  expect(() => wallTime(0, "Europe/Nowhere")).toThrow("Time zone Europe/Nowhere is not known")
})

test("a daily time keeps the zone's clock over summer time", () => {
  const fires: string[] = []
  for (let at = utc("2030-03-29T12:00:00"); fires.length < 4;) {
    at = nextCronIn("0 9 * * ? *", at, VIENNA)!
    fires.push(new Date(at).toISOString())
  }
  expect(fires).toEqual([
    "2030-03-30T08:00:00.000Z",
    "2030-03-31T07:00:00.000Z",
    "2030-04-01T07:00:00.000Z",
    "2030-04-02T07:00:00.000Z",
  ])
})

test("a time that is skipped in spring does not fire that day; one that comes twice in autumn fires once", () => {
  // On 31 March 2030 clocks go from 2 to 3, on 27 October from 3 to 2.
  expect(nextCronIn("30 2 * * ? *", utc("2030-03-30T12:00:00"), VIENNA)).toBe(utc("2030-04-01T00:30:00"))
  const first = nextCronIn("30 2 * * ? *", utc("2030-10-26T12:00:00"), VIENNA)!
  expect(first).toBe(utc("2030-10-27T00:30:00"))
  expect(nextCronIn("30 2 * * ? *", first, VIENNA)).toBe(utc("2030-10-28T01:30:00"))
})
