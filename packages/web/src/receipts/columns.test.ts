import { expect, test } from "vitest"
import { askedOf, columnsOf, formatCell, formatPeriod, isNumeric } from "./columns.ts"

const one = (row: Record<string, string | number | null>) => {
  const column = columnsOf([row])[0]!
  return formatCell(column, row[column.key], row)
}

test("numbers have thousands separators and years have none", () => {
  expect(one({ tickets_sold: 1_234_567 })).toBe("1,234,567")
  expect(one({ year: 1893 })).toBe("1893")
  expect(one({ sell_through: 0.876 })).toBe("87.6%")
  expect(one({ trend: 0.2 })).toBe("+20%")
})

test("cents are shown as money, with a symbol only where the currency is known", () => {
  const row = { revenue_cents: 12_345, currency: "EUR" }
  const [revenue] = columnsOf([row])
  expect(revenue).toMatchObject({ label: "Revenue", kind: "money" })
  expect(formatCell(revenue!, row.revenue_cents, row)).toBe("€123.45")
  expect(formatCell(revenue!, row.revenue_cents, {})).toBe("123.45")
})

test("a missing value is a dash, and a date is written out without a time zone moving it", () => {
  expect(one({ city: null })).toBe("–")
  expect(one({ first_date: "1893-12-16" })).toBe("16 Dec 1893")
  expect(formatPeriod("1893-12")).toBe("Dec 1893")
  expect(formatPeriod("1956-57")).toBe("1956-57")
})

test("ids come last and are no numbers", () => {
  const columns = columnsOf([{ concert_id: 17, title: "A", paid: 3 }])
  expect(columns.map(({ key }) => key)).toEqual(["title", "paid", "concert_id"])
  expect(columns.map(isNumeric)).toEqual([false, true, false])
})

test("general columns are named by what was asked for", () => {
  const asked = askedOf({ period: "month", measure: "revenue", of: "composer" })
  const columns = columnsOf([{ name: "Brahms, Johannes", value: 12_345 }], asked)
  expect(columns.map(({ label, kind }) => [label, kind])).toEqual([
    ["Composer", "text"],
    ["Revenue", "money"],
  ])
})
