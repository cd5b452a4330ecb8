import { type AttributeValue, plainNumber } from "../key.ts"
import type { Distance } from "./definition.ts"

/** One look at each element: there are thousands in an item. */
const NUMBER = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/

/** Which element of a list is no 32-bit number, or undefined. */
export const faultyElement = (values: readonly AttributeValue[]): number | undefined => {
  const at = values.findIndex((value) => {
    const text: unknown = value?.N
    return typeof text !== "string" || !NUMBER.test(text) || !Number.isFinite(Math.fround(Number(text)))
  })
  return at < 0 ? undefined : at
}

/** The vector in an attribute, at the precision that indexes keep; undefined where it is none of so many dimensions. */
export function vectorOf(value: AttributeValue | undefined, dimensions: number): Float32Array | undefined {
  const values: unknown = value?.L
  if (!Array.isArray(values) || values.length !== dimensions || faultyElement(values) !== undefined) return undefined
  return Float32Array.from(values, ({ N }) => Number(N))
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!
  return sum
}

const isZero = (vector: Float32Array): boolean => vector.every((value) => value === 0)

/** Zero has no direction, so no angle to anything. No page says what AWS makes of it; here it is in no index by cosine. */
export const hasScore = (vector: Float32Array, distance: Distance): boolean => distance !== "COSINE" || !isZero(vector)

/**
 * How far two vectors are apart, exactly, where AWS looks for approximate neighbours.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_SearchVectors.html
 */
export const SCORES: Readonly<Record<Distance, (a: Float32Array, b: Float32Array) => number>> = {
  // From 0 to 2; rounding must not lead out of it.
  COSINE: (a, b) => Math.min(2, Math.max(0, 1 - dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)))),
  DOT_PRODUCT: dot,
  EUCLIDEAN(a, b) {
    let sum = 0
    for (let at = 0; at < a.length; at++) sum += (a[at]! - b[at]!) ** 2
    return Math.sqrt(sum)
  },
}

/** Negative where `a` is more similar than `b`. */
export const compareScores = (distance: Distance, a: number, b: number): number => (distance === "DOT_PRODUCT" ? b - a : a - b)

/** The shortest text that is this 32-bit number: what an index gives back of a vector. */
export function shortNumber(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toPrecision(digits)
    if (Math.fround(Number(text)) === value) return plainNumber(text)
  }
  return plainNumber(value.toPrecision(9))
}
