import { createHash } from "node:crypto"

export type AttributeValue = Record<string, any>
export type Item = Record<string, AttributeValue>

export interface KeyPart {
  name: string
  type: "S" | "N" | "B"
}

const NUMBER = /^\s*([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?\s*$/

/** A number as DynamoDB compares it: `1`, `1.0` and `10E-1` are equal. Text that is no number stays as it is. */
export function canonicalNumber(text: string): string {
  const [, sign, whole = "", fraction = "", exponent = "0"] = NUMBER.exec(text) ?? []
  if (sign === undefined || whole + fraction === "") return text
  const digits = (whole + fraction).replace(/^0+/, "")
  const significant = digits.replace(/0+$/, "")
  if (significant === "") return "0"
  const scale = Number(exponent) - fraction.length + digits.length - significant.length
  return `${sign === "-" ? "-" : ""}${significant}E${scale}`
}

/** DynamoDB's numbers have at most 126 digits before the point and 130 after it, the last of 38 that count included. */
const MOST_ZEROS = 200

/** A number as DynamoDB gives it back, without an exponent and needless zeros: `1.0` is `1`, `1E2` is `100`. What is none stays as it is. */
export function plainNumber(text: string): string {
  if (!isNumber(text)) return text
  const { sign, digits, power } = magnitude(text)
  if (sign === 0) return "0"
  if (Math.abs(power) > MOST_ZEROS) return text
  const shown =
    power <= 0
      ? `0.${"0".repeat(-power)}${digits}`
      : digits.length <= power
        ? digits.padEnd(power, "0")
        : `${digits.slice(0, power)}.${digits.slice(power)}`
  return sign < 0 ? `-${shown}` : shown
}

export const isNumber = (text: string): boolean => /^-?\d+(E|$)/.test(canonicalNumber(text))

/** Sign, significant digits, and the power of ten above them. */
function magnitude(text: string): { sign: number; digits: string; power: number } {
  const [digits = "0", exponent = "0"] = canonicalNumber(text).replace(/^-/, "").split("E")
  const sign = digits === "0" ? 0 : text.trim().startsWith("-") ? -1 : 1
  return { sign, digits, power: digits.length + Number(exponent) }
}

/** Negative, zero or positive, as `a` is less than, equal to or greater than `b`; exact for all 38 digits. */
export function compareNumbers(a: string, b: string): number {
  const [x, y] = [magnitude(a), magnitude(b)]
  if (x.sign !== y.sign) return x.sign - y.sign
  if (x.power !== y.power) return (x.power - y.power) * x.sign
  return (x.digits < y.digits ? -1 : x.digits > y.digits ? 1 : 0) * x.sign
}

function valueText({ name, type }: KeyPart, item: Item | undefined): string | undefined {
  const value = item?.[name]?.[type]
  if (typeof value !== "string") return undefined
  return type === "N" ? canonicalNumber(value) : value
}

/** The value of the partition key as text, or undefined where the item has none of the declared type. */
export const partitionOf = (keys: readonly KeyPart[], item: Item | undefined): string | undefined =>
  keys[0] && valueText(keys[0], item)

/** One text per item of all tables, or undefined where its key is not whole. */
export function itemKey(table: { name: string; keys: readonly KeyPart[] }, item: Item | undefined): string | undefined {
  const texts = table.keys.map((part) => valueText(part, item))
  return texts.includes(undefined) ? undefined : JSON.stringify([table.name, ...texts])
}

/** Only the key attributes of an item. */
export const keyAttributes = (keys: readonly KeyPart[], item: Item): Item =>
  Object.fromEntries(keys.map(({ name }) => [name, item[name]!]))

const ordered = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(ordered)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, /^[SNB]S$/.test(name) && Array.isArray(inner) ? [...inner].sort() : ordered(inner)]),
  )
}

/** Text that is equal for equal items; the engine gives attributes in any order. */
export const canonicalText = (value: unknown): string => JSON.stringify(ordered(value))

export const digest = (text: string): string => createHash("sha256").update(text).digest("hex")
