import { expect, it } from "vitest"
import { minorDigits } from "./money.ts"

it("knows the digits of ISO 4217, also where browsers show others", () => {
  expect(["EUR", "JPY", "ISK", "KWD", "IQD", "CLF", "HUF", "XYZ"].map(minorDigits)).toEqual([2, 0, 0, 3, 3, 4, 2, 2])
})
