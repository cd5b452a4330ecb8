import { expect, test } from "vitest"
import { nextCron } from "./cron.ts"
import { readSchedule } from "./expression.ts"

const utc = (text: string) => Date.parse(`${text}Z`)

test("cron expressions name the minutes that AWS's documentation gives for them", () => {
  const from = utc("2030-01-01T00:00:00") // a Tuesday
  const cases: [string, string | undefined][] = [
    ["0 10 * * ? *", "2030-01-01T10:00:00"],
    ["15 12 * * ? *", "2030-01-01T12:15:00"],
    ["0 18 ? * MON-FRI *", "2030-01-01T18:00:00"],
    ["0 8 1 * ? *", "2030-01-01T08:00:00"],
    ["0/15 * * * ? *", "2030-01-01T00:15:00"],
    ["0/5 8-17 ? * MON-FRI *", "2030-01-01T08:00:00"],
    ["30 9 ? * SUN *", "2030-01-06T09:30:00"],
    ["0 0 29 FEB ? *", "2032-02-29T00:00:00"],
    ["0 0 1 1 ? 2029", undefined],
  ]
  for (const [expression, expected] of cases) expect(nextCron(expression, from), expression).toBe(expected && utc(expected))
})

test("a rate counts from the rule's creation, not from the clock's full hour", () => {
  expect(readSchedule("rate(1 hour)")(10_000_000, 9_000_000)).toBe(12_600_000)
})
