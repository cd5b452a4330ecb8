import * as fc from "fast-check"
import { expect, it } from "vitest"
import { ClientId, Cursor, Key, Name, nameFrom, Text } from "./text.ts"

const refuses = (schema: { safeParse(value: unknown): { success: boolean } }, values: readonly unknown[]) =>
  expect(values.filter((value) => schema.safeParse(value).success)).toEqual([])

it("takes no half of a character and no NUL, whatever the text is for", () => {
  for (const schema of [Text({ max: 100 }), Name(100), Key(), ClientId, Cursor])
    refuses(schema, ["\ud800", "a\udfffb", "\udc00\ud800", "a\0b", "", 1, null, ["a"], { length: 1 }])
})

it("takes whatever people write over several lines", () => {
  const text = "line\n\tline \u202b עברית \u202c 👩‍👩‍👧‍👦 e\u0301"
  expect(Text({ max: 100 }).parse(` ${text} `)).toBe(text)
})

it("takes names of all scripts, and none that hides, breaks or turns what stands beside it", () => {
  const names = ["Ada Admin", "Zoë O’Brien-Łuk", "שלום", "مرحبا", "李小龙", "👩‍👩‍👧‍👦", "Room 7 & Co. <b>"]
  expect(names.map((name) => Name(120).parse(name))).toEqual(names)
  refuses(Name(120), [
    ..."\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069".split("").map((turn) => `invoice${turn}fdp.exe`),
    "two\nlines",
    "tab\tbed",
    "bell\u0007",
    "\u001b[2J",
    "a\u2028b",
    "\u200b",
    "\u200d\u200c",
    "\u0301\u0301",
    "x".repeat(121),
  ])
})

it("takes no key with control characters, or longer than DynamoDB keeps", () => {
  refuses(Key(), ["a\nb", "\u007f", "x".repeat(129)])
  expect(Buffer.byteLength("sent##".padEnd(6) + "x".repeat(128) + "€".repeat(64))).toBeLessThan(1_024)
})

it("makes of any text that others keep a name that it would take itself, or none", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary", maxLength: 200 }), fc.constant("\u202e \ud83d".repeat(80))), (text) => {
      const name = nameFrom(text, 120)
      expect(name === "" || Name(120).parse(name) === name).toBe(true)
    }),
    { numRuns: 300 },
  )
  expect(nameFrom("Ada\u202e Admin\n", 120)).toBe("Ada Admin")
})
