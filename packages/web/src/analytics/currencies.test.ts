import { expect, it } from "vitest"
import { formatAmounts, formatMoney, toUnits } from "../format/number.ts"
import { currenciesIn, onlyOne, shownOf } from "./currencies.ts"

const items = [
  { amounts: [{ currency: "JPY", minor: 9_500 }] },
  {
    amounts: [
      { currency: "EUR", minor: 1_250 },
      { currency: "JPY", minor: 500 },
    ],
  },
]

it("lists currencies by how often they were taken, and says where there is only one", () => {
  expect(currenciesIn(items)).toEqual(["JPY", "EUR"])
  expect([onlyOne(items), onlyOne(items.slice(0, 1)), onlyOne([])]).toEqual([undefined, "JPY", undefined])
  expect(shownOf(items[1]!.amounts, "EUR")).toEqual([{ currency: "EUR", minor: 1_250 }])
})

it("writes amounts side by side with the digits of each currency", () => {
  expect(formatAmounts(items[1]!.amounts)).toBe("€12.50 · ¥500")
  expect(formatAmounts([])).toBe("–")
  expect(formatMoney(1_234, "KWD").replace(/\s/g, " ")).toBe("KWD 1.234")
  expect([toUnits(900, "JPY"), toUnits(900, "EUR"), toUnits(900)]).toEqual([900, 9, 9])
})
