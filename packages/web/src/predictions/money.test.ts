import { expect, it } from "vitest"
import { formatMinor } from "./money.ts"

it("writes minor units with the digits of their currency", () => {
  expect([
    formatMinor(4_550, "EUR"),
    formatMinor(4_550, "JPY"),
    formatMinor(4_550, "KWD").replace(/\s/, " "),
    formatMinor(4_550, null),
  ]).toEqual(["€45.50", "¥4,550", "KWD 4.550", "4,550"])
})
