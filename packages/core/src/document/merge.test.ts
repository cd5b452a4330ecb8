import fc from "fast-check"
import { expect, test } from "vitest"
import * as Y from "yjs"
import { folded, wayBack } from "./merge.ts"

const change = fc.record({
  kind: fc.constantFrom("insert", "delete", "format", "set", "unset", "push", "cut", "nest"),
  at: fc.nat(20),
  length: fc.integer({ min: 1, max: 5 }),
  word: fc.string({ maxLength: 6 }),
})
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never

function apply(document: Y.Doc, { kind, at, length, word }: Change): void {
  const [text, map, list] = [document.getText("t"), document.getMap("m"), document.getArray("a")]
  const place = Math.min(at, text.length)
  if (kind === "insert") text.insert(place, word)
  else if (kind === "delete") text.delete(place, Math.min(length, text.length - place))
  else if (kind === "format") text.format(place, Math.min(length, text.length - place), { bold: length > 2 ? true : null })
  else if (kind === "set") map.set(`k${length}`, word)
  else if (kind === "unset") map.delete(`k${length}`)
  else if (kind === "push") list.insert(Math.min(at, list.length), [word])
  else if (kind === "nest") {
    const inner = new Y.Map()
    inner.set("word", word)
    list.push([inner])
  } else if (list.length > 0) list.delete(Math.min(at, list.length - 1), 1)
}

const looks = (document: Y.Doc) => ({
  text: document.getText("t").toDelta(),
  map: document.getMap("m").toJSON(),
  list: document.getArray("a").toJSON(),
})

test("the way back brings text, formats, maps, lists and what is nested in them back, on a replica that never saw the version", () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 25 }), fc.array(change, { minLength: 1, maxLength: 25 }), (first, then) => {
      const writer = new Y.Doc()
      for (const each of first) apply(writer, each)
      const version = folded([Y.encodeStateAsUpdate(writer)])
      const wanted = looks(writer)
      for (const each of then) apply(writer, each)
      const update = wayBack(version, folded([Y.encodeStateAsUpdate(writer)]))
      if (update) Y.applyUpdate(writer, update)
      expect(looks(writer)).toEqual(wanted)
    }),
    { numRuns: 300 },
  )
})

test("what somebody wrote meanwhile stays beside what came back", () => {
  const writer = new Y.Doc()
  writer.getText("t").insert(0, "old text")
  const version = Y.encodeStateAsUpdate(writer)
  writer.getText("t").delete(0, 8)
  const other = new Y.Doc()
  Y.applyUpdate(other, Y.encodeStateAsUpdate(writer))
  const update = wayBack(version, Y.encodeStateAsUpdate(writer))!
  other.getMap("m").set("meanwhile", true)
  Y.applyUpdate(other, update)
  expect([other.getText("t").toString(), other.getMap("m").toJSON()]).toEqual(["old text", { meanwhile: true }])
})

test("updates in any order, some of them twice, fold to the same", () => {
  fc.assert(
    fc.property(fc.array(change, { minLength: 2, maxLength: 20 }), fc.nat(100), (changes, turn) => {
      const writer = new Y.Doc()
      const updates: Uint8Array[] = []
      writer.on("update", (update: Uint8Array) => updates.push(update))
      for (const each of changes) apply(writer, each)
      const shuffled = updates.map((_, n) => updates[(n + turn) % updates.length]!).toReversed()
      const copy = new Y.Doc()
      Y.applyUpdate(copy, folded([...shuffled, ...shuffled.slice(0, 1)]))
      expect(looks(copy)).toEqual(looks(writer))
    }),
    { numRuns: 200 },
  )
})
