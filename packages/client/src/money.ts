/**
 * Digits after the decimal point where ISO 4217 has others than two. `Intl` follows CLDR instead, which has 0 for the Iraqi dinar and others.
 * https://www.six-group.com/en/products-services/financial-information/data-standards.html
 */
const DIGITS: Readonly<Record<string, readonly string[]>> = {
  0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(" "),
  3: "BHD IQD JOD KWD LYD OMR TND".split(" "),
  4: "CLF UYW".split(" "),
}

/** How many digits of an amount in minor units stand after the point: 2 for most currencies, 0 for JPY, 3 for KWD. */
export function minorDigits(currency: string): number {
  for (const [digits, currencies] of Object.entries(DIGITS)) if (currencies.includes(currency)) return Number(digits)
  return 2
}
