import fc from "fast-check"
import { expect, test } from "vitest"
import * as Y from "yjs"
import { checkUpdate, checkVector } from "./validate.ts"

const codeOf = (run: () => void): string | undefined => {
  try {
    run()
    return undefined
  } catch (error) {
    return (error as { code?: string }).code
  }
}
const updateOf = (change: (document: Y.Doc) => void): Uint8Array => {
  const document = new Y.Doc()
  change(document)
  return Y.encodeStateAsUpdate(document)
}
/** A varint as Yjs writes it. */
const varint = (n: number): number[] => (n > 127 ? [128 | (n & 127), ...varint(Math.floor(n / 128))] : [n])
/** One client with so many one-byte placeholders. */
const structs = (count: number): Uint8Array =>
  new Uint8Array(
    Buffer.concat([Buffer.from([1, ...varint(count), 5, 0]), Buffer.alloc(count * 2, Buffer.from([0, 1])), Buffer.from([0])]),
  )
const nested = (depth: number): unknown => {
  let value: unknown = 1
  for (let n = 0; n < depth; n++) value = [value]
  return value
}

test("takes what Yjs writes, in one piece or as a change", () => {
  const document = new Y.Doc()
  document.getText("t").insert(0, "hello", { bold: true })
  document.getMap("m").set("list", nested(10))
  document.getArray("a").push([new Y.Map(), Uint8Array.of(1)])
  const before = Y.encodeStateVector(document)
  document.getText("t").delete(1, 2)
  expect(codeOf(() => checkUpdate(Y.encodeStateAsUpdate(document)))).toBeUndefined()
  expect(codeOf(() => checkUpdate(Y.encodeStateAsUpdate(document, before)))).toBeUndefined()
})

test("never takes bytes that Yjs could not read, merge and write again", () => {
  const good = updateOf((document) => {
    document.getText("t").insert(0, "some text")
    document.getMap("m").set("k", { a: [1, "two", null] })
  })
  const hostile = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.tuple(fc.nat(good.length - 1), fc.nat(255)).map(([at, byte]) => good.with(at, byte)),
    fc.nat(good.length).map((end) => good.slice(0, end)),
  )
  let refused = 0
  fc.assert(
    fc.property(hostile, (bytes) => {
      const code = codeOf(() => checkUpdate(bytes))
      if (code !== undefined) refused++
      expect([undefined, "input.update"]).toContain(code)
      if (code === undefined) {
        const document = new Y.Doc()
        Y.applyUpdate(document, Y.mergeUpdates([good, bytes, bytes]))
        Y.encodeStateAsUpdate(document)
      }
    }),
    { numRuns: 2_000 },
  )
  expect(refused).toBeGreaterThan(500)
})

test.each([
  ["nothing at all", new Uint8Array()],
  ["no change", Uint8Array.of(0, 0)],
  ["a list nested 100 deep", updateOf((document) => document.getArray("a").push([nested(100)]))],
  ["an embed nested 100 deep", updateOf((document) => document.getText("t").insertEmbed(0, { deep: nested(100) }))],
  ["a format nested 100 deep", updateOf((document) => document.getText("t").insert(0, "x", { deep: nested(100) as never }))],
  ["300,000 structs in 600 KB", structs(300_000)],
  ["a count of structs without structs", Uint8Array.from([1, ...varint(2 ** 31), 5, 0, 0, 1, 0])],
])("refuses %s", (_, bytes) => {
  expect(codeOf(() => checkUpdate(bytes))).toBe("input.update")
})

test("refuses values nested 40,000 deep, which would end the stack of whoever reads them", () => {
  const head = updateOf((document) => document.getArray("a").push([[1]]))
  const list = Buffer.from(head).indexOf(Buffer.from([117, 1, 125]))
  const bytes = Buffer.concat([head.slice(0, list), Buffer.alloc(80_000, Buffer.from([117, 1])), head.slice(list)])
  expect(codeOf(() => checkUpdate(new Uint8Array(bytes)))).toBe("input.update")
})

test("refuses an update above 8 MB before it is looked at", () => {
  expect(codeOf(() => checkUpdate(new Uint8Array(8 * 1024 * 1024 + 1)))).toBe("limit.size")
})

test("takes state vectors and nothing else", () => {
  expect(codeOf(() => checkVector(Y.encodeStateVector(new Y.Doc())))).toBeUndefined()
  expect(codeOf(() => checkVector(Uint8Array.of(5)))).toBe("input.vector")
  expect(codeOf(() => checkVector(new Uint8Array(70_000)))).toBe("input.vector")
})
