import fc from "fast-check"
import { expect, test } from "vitest"
import { TOPICS } from "../../lake/tables.ts"
import { batches, batchId, LoadObject, manifestOf } from "./object.ts"

const Key = fc.stringMatching(/^[a-z0-9/]{1,12}$/)
const object = (table: LoadObject["table"], key: string): LoadObject => ({
  table,
  key,
  bytes: 10,
  rows: 1,
  stream: "concert",
  shard: "shardId-000000000000",
  firstSequence: "1",
  lastSequence: "2",
})

test("the same objects are the same batch in any order and any number", () => {
  fc.assert(
    fc.property(fc.uniqueArray(Key, { minLength: 1 }), fc.array(fc.nat(), { minLength: 1 }), (keys, picks) => {
      const again = [...keys, ...picks.map((n) => keys[n % keys.length]!)].toReversed()
      expect(batchId(again)).toBe(batchId(keys))
      expect(batchId(keys)).toMatch(/^[0-9a-f]{32}$/)
      expect(batchId([...keys, "another key"])).not.toBe(batchId(keys))
    }),
  )
})

test("batches hold every object once, one table each, at most 500", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...TOPICS), fc.nat(1_500)), { maxLength: 3_000 }), (picks) => {
      const objects = picks.map(([table, n]) => object(table, `${table}/${n}`))
      const cut = batches(objects)
      for (const batch of cut) {
        expect(batch.length).toBeLessThanOrEqual(500)
        expect(new Set(batch.map(({ table }) => table)).size).toBe(1)
      }
      expect(
        cut
          .flat()
          .map(({ key }) => key)
          .sort(),
      ).toEqual([...new Set(objects.map(({ key }) => key))].sort())
    }),
    { numRuns: 20 },
  )
})

test("a manifest gives COPY the length of every object", () => {
  expect(JSON.parse(manifestOf("lake", [object("ticket", "a/b.parquet")]))).toEqual({
    entries: [{ url: "s3://lake/a/b.parquet", mandatory: true, meta: { content_length: 10 } }],
  })
})

test("a key that could leave its SQL literal is refused", () => {
  for (const key of ["a'b", "a;b", "a b", "a\\b", "", "a\nb", "ä"])
    expect(LoadObject.safeParse(object("ticket", key)).success, key).toBe(false)
  expect(
    LoadObject.safeParse(object("ticket", "events/v=1/topic=ticket/dt=2024-05-01/hr=10/shardId-000000000000-1-2.parquet"))
      .success,
  ).toBe(true)
})
