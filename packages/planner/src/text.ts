/** Case and accents away, blanks single: what is compared when names are. */
export const fold = (text: string): string =>
  text
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/ø/g, "o")
    .replace(/ł/g, "l")
    .replace(/[\s\u00a0]+/g, " ")
    .trim()

/** Blanks inside a name that holds together whatever its words say. */
export const bind = (text: string): string => text.replace(/\s+/g, "\u00a0")
export const unbind = (text: string): string => text.replace(/\u00a0/g, " ").trim()

/** 22952 → `22,952` */
export const number = (value: number): string => value.toLocaleString("en-US")
export const plural = (count: number, one: string, many = `${one}s`): string => `${number(count)} ${count === 1 ? one : many}`
/** Minor units as an amount of their currency; where none is named, none was. */
export function money(minor: number, currency?: string): string {
  if (currency === undefined) return (minor / 100).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })
  const format = new Intl.NumberFormat("en-US", { style: "currency", currency, currencyDisplay: "code" })
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2)).replace("\u00a0", " ")
}
/** Minor units by currency, side by side and never added up. */
export type Amounts = ReadonlyMap<string, number>
/** `EUR 1250, JPY 900` as the tools list amounts. */
export const amountsOf = (text: unknown): Amounts =>
  new Map(
    String(text ?? "")
      .split(", ")
      .filter(Boolean)
      .map((each) => [each.slice(0, 3), Number(each.slice(4))]),
  )
/** Each currency by itself. */
export function together(a: Amounts, b: Amounts): Amounts {
  const sums = new Map(a)
  for (const [currency, minor] of b) sums.set(currency, (sums.get(currency) ?? 0) + minor)
  return sums
}
export const spokenAmounts = (all: Amounts): string =>
  [...all]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, minor]) => money(minor, currency))
    .join(" + ") || "–"
export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
