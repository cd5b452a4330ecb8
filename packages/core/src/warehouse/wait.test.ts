import { expect, test } from "vitest"
import { failureOf } from "./failure.ts"
import { pauseBefore, waitSeconds } from "./wait.ts"

test("half a minute of polling asks at most 20 times", () => {
  for (let trial = 0; trial < 50; trial += 1) {
    let [at, asked] = [0, 0]
    while ((at += pauseBefore(asked)) <= 30_000) asked += 1
    expect(asked).toBeLessThanOrEqual(20)
  }
})

test("the first pause is short and pauses vary", () => {
  const pauses = Array.from({ length: 50 }, () => pauseBefore(0))
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(50)
  expect(Math.max(...pauses)).toBeLessThan(63)
  expect(new Set(pauses).size).toBeGreaterThan(10)
})

test("the server is asked to wait for at most 25 seconds and never for less than one", () => {
  expect(waitSeconds(60_000)).toBe(25)
  expect(waitSeconds(7_900)).toBe(7)
  expect(waitSeconds(999)).toBeUndefined()
  expect(waitSeconds(-5)).toBeUndefined()
})

test.each([
  ["FAILED", "ERROR: 1023 DETAIL: Serializable isolation violation on table", "unavailable.query_conflict"],
  ["FAILED", "ERROR: permission denied for relation dim_venue", "internal.warehouse_permission"],
  ["FAILED", 'ERROR: relation "core.nothing" does not exist', "internal.query_failed"],
  ["FAILED", "ERROR: Disk Full", "unavailable.warehouse"],
  ["ABORTED", undefined, "unavailable.query_cancelled"],
])("%s with %s is %s", (status, text, code) => {
  expect(failureOf(status, text, "id").code).toBe(code)
})

test("what Redshift says about hosts, roles and files reaches the log and no caller", () => {
  const text =
    "ERROR: not authorized to assume arn:aws:iam::123456789012:role/Copy at ip-10-0-0-1.ec2.internal for s3://bucket/key"
  const error = failureOf("FAILED", text, "id")
  expect(error.message).not.toMatch(/arn:|internal\b|s3:|bucket/)
  expect((error.cause as Error).message).toContain(text)
})
