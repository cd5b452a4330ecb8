import fc from "fast-check"
import { expect, test } from "vitest"
import { compareKeys, SortedKeys } from "./sorted-keys.ts"
import { walk } from "./walk.ts"

const bytewise = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))
const letter = fc.constantFrom("a", "b", "/", "-", "é", "\uE000", "\uFFFD", "\u{1F3BB}", "\u{10FFFF}", "\u{10000}", "Z")
const key = fc.array(letter, { minLength: 1, maxLength: 5 }).map((letters) => letters.join(""))

test("keys compare as their UTF-8 bytes", () => {
  fc.assert(fc.property(key, key, (a, b) => Math.sign(compareKeys(a, b)) === bytewise(a, b)))
})

test("a set of keys equals a sorted array, whatever was added and removed", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), key), { maxLength: 200 }), key, (changes, from) => {
      const keys = new SortedKeys()
      const model = new Set<string>()
      for (const [isAdded, each] of changes) {
        for (const set of [keys, model]) {
          if (isAdded) set.add(each)
          else set.delete(each)
        }
      }
      const sorted = [...model].toSorted(bytewise)
      expect(keys.size).toBe(sorted.length)
      expect([...keys.from(() => false)]).toEqual(sorted)
      expect([...keys.from((each) => compareKeys(each, from) < 0)]).toEqual(sorted.filter((each) => bytewise(each, from) >= 0))
    }),
  )
})

test("blocks split and vanish without losing a key", () => {
  const keys = new SortedKeys()
  const many = Array.from({ length: 10_000 }, (_, n) => `key-${(n * 7_919) % 10_000}`)
  for (const each of many) keys.add(each)
  for (const each of many.slice(0, 9_000)) keys.delete(each)
  expect([...keys.from(() => false)]).toEqual(many.slice(9_000).toSorted(bytewise))
})

test("pages of a walk, put together, are the keys and folds of a plain look at all keys", () => {
  const few = fc.constantFrom("", "a", "a/", "b", "é")
  const input = fc.tuple(
    fc.array(key, { maxLength: 40 }),
    few,
    fc.constantFrom("", "/", "-", "/a"),
    fc.integer({ min: 1, max: 4 }),
  )
  fc.assert(
    fc.property(input, ([all, prefix, delimiter, limit]) => {
      const keys = new SortedKeys()
      for (const each of all) keys.add(each)
      const folded = (each: string) => {
        const cut = delimiter ? each.indexOf(delimiter, prefix.length) : -1
        return cut < 0 ? each : each.slice(0, cut + delimiter.length)
      }
      const expected = [...new Set([...new Set(all)].filter((each) => each.startsWith(prefix)).map(folded))].toSorted(bytewise)
      const seen: string[] = []
      for (let after: string | undefined; ; after = seen.at(-1)) {
        const page = [...walk(keys, { prefix, delimiter, after })]
          .slice(0, limit)
          .map((found) => ("key" in found ? found.key : found.folded))
        seen.push(...page)
        if (page.length < limit) break
      }
      expect(seen).toEqual(expected)
    }),
    { numRuns: 300 },
  )
})
