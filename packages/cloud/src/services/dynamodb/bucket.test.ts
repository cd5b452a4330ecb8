import { expect, test } from "vitest"
import { Bucket } from "./bucket.ts"

test("a bucket gives what it holds, then what comes back, and never more than its limit", () => {
  const bucket = new Bucket(1_000, 1_000, 0)
  bucket.take(1_000)
  expect([bucket.isEmpty(0), bucket.isEmpty(1)]).toEqual([true, false])
  bucket.take(1)
  expect([bucket.isEmpty(1), bucket.isFull(1_000), bucket.isFull(1_001)]).toEqual([true, false, true])
  bucket.give(500)
  bucket.take(1_000)
  expect(bucket.isEmpty(1_001)).toBe(true)
})

test("a debt is worked off before anything is given again", () => {
  const bucket = new Bucket(10, 10, 0)
  bucket.take(40)
  expect([bucket.isEmpty(3_000), bucket.isEmpty(3_001)]).toEqual([true, false])
})
