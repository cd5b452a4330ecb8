import { type AttributeValue, canonicalNumber, type Item } from "./key.ts"

const bytes = (text: unknown): number => Buffer.byteLength(String(text))
const base64Bytes = (text: unknown): number => Buffer.byteLength(String(text), "base64")
const sum = (sizes: number[]): number => sizes.reduce((total, size) => total + size, 0)

/** One byte per two significant digits and one more; zeros in front and at the end do not count. */
function numberBytes(text: unknown): number {
  const digits = canonicalNumber(String(text)).replace(/E.*$/, "").replace(/\D/g, "")
  return Math.ceil(digits.length / 2) + 1
}

const EACH: Readonly<Record<string, (value: any) => number>> = {
  S: bytes,
  N: numberBytes,
  B: base64Bytes,
  BOOL: () => 1,
  NULL: () => 1,
  SS: (values: string[]) => sum(values.map(bytes)),
  NS: (values: string[]) => sum(values.map(numberBytes)),
  BS: (values: string[]) => sum(values.map(base64Bytes)),
  L: (values: AttributeValue[]) => 3 + sum(values.map((value) => 1 + valueBytes(value))),
  M: (values: Item) => 3 + sum(Object.entries(values).map(([name, value]) => 1 + bytes(name) + valueBytes(value))),
}

function valueBytes(value: AttributeValue): number {
  const [type, inner] = Object.entries(value ?? {})[0] ?? []
  const size = type === undefined ? undefined : EACH[type]
  try {
    return size?.(inner) ?? 0
  } catch {
    return 0 // Not of its type; the engine refuses it.
  }
}

/** What an item weighs: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
export const itemBytes = (item: Item | undefined): number =>
  item ? sum(Object.entries(item).map(([name, value]) => bytes(name) + valueBytes(value))) : 0
