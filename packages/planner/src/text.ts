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
/** Cents as an amount: currencies may be mixed, so none is named. */
export const money = (cents: number): string =>
  (cents / 100).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })
export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
