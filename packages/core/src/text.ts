import * as z from "zod"

declare global {
  interface String {
    /** Node 20 has it, TypeScript's ES2023 library does not yet. */
    isWellFormed(): boolean
    toWellFormed(): string
  }
}

/** Half a character has no UTF-8, and Redshift's VARCHAR has no NUL: neither could be stored, sent or read back as it was. */
export const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes("\0")
export const STORABLE = "must be well-formed Unicode without NUL"

interface Bounds {
  /** UTF-16 units, as everybody counts them; at most three bytes of UTF-8 each. */
  max: number
  /** 1 unless told. */
  min?: number
  /** What is said to who sends nothing, or too much. */
  empty?: string
  tooLong?: string
}

/** What people write: any characters that can be kept, over any number of lines. */
export const Text = ({ max, min = 1, empty, tooLong }: Bounds) =>
  z.string().trim().min(min, empty).max(max, tooLong).refine(isStorable, STORABLE)

/** Characters that end a line or do something to whoever prints them. */
const CONTROL = /[\p{Cc}\u2028\u2029]/u
/** Those that turn the direction of what follows, also beyond the text itself: https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters */
const TURNING = /[\u202A-\u202E\u2066-\u206F]/
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u

/** How people and things are called: one line that others see beside theirs, so nothing in it may hide or turn it or what stands next to it. */
export const Name = (max: number) =>
  Text({ max })
    .refine((text) => !CONTROL.test(text), "must be one line without control characters")
    .refine((text) => !TURNING.test(text), "must not have characters that turn the direction of text (U+202A–202E, U+2066–206F)")
    .refine((text) => VISIBLE.test(text), "must have a character that can be seen")

/** A name that somebody else keeps (a user pool, a producer) and that cannot be refused here: what `Name` refuses is left out. */
export const nameFrom = (text: string, max: number): string => {
  const one = text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .replace(/[\u202A-\u202E\u2066-\u206F]/g, "")
    .trim()
  return VISIBLE.test(one)
    ? one
        .slice(0, max)
        .replace(/[\uD800-\uDBFF]$/, "")
        .trim()
    : ""
}

/** What stands for a thing and is compared, never read: ids, client ids, cursors, tokens. A key of DynamoDB holds 1,024 bytes. */
export const Key = (max = 128) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((text) => isStorable(text) && !CONTROL.test(text), "must be well-formed Unicode without control characters")

/** Chosen by a client: the same one again is the same request. */
export const ClientId = Key(64)

/** The `next` of a page before. */
export const Cursor = Key(300)
