import * as z from "zod"
import { leaf, whole } from "./canonical.ts"
import { Recent } from "../recent.ts"
import { isStorable, STORABLE } from "../text.ts"

/** Earliest and latest instant an event may name, epoch milliseconds: 1811-07-23 and 2100-01-01. Concerts before 1970 are negative and welcome. */
export const EARLIEST = -5_000_000_000_000
export const LATEST = 4_102_444_800_000

export const isInstant = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= EARLIEST && value <= LATEST

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const

/** A day that exists in the Gregorian calendar, from 1700 to 2199. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false
  const year = Number(text.slice(0, 4))
  const month = Number(text.slice(5, 7))
  const day = Number(text.slice(8))
  if (year < 1700 || year > 2199 || day < 1 || day > (DAYS[month - 1] ?? 0)) return false
  return month !== 2 || day < 29 || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0))
}

const knownZones = new Recent<true>(1_000)

/** Asking Intl costs about 30 µs, so names that were right once are remembered. They may be written in capitals and not, so there are more of them than time zones. */
function isTimeZone(name: string): boolean {
  if (knownZones.has(name)) return true
  try {
    new Intl.DateTimeFormat("en", { timeZone: name })
  } catch {
    return false
  }
  if (/^[+-]/.test(name)) return false
  knownZones.set(name, true)
  return true
}

const ID = /^[!-~]{1,64}$/
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/
const CURRENCY = /^[A-Z]{3}$/
const MAX_TEXT = 300

const isBlank = (code: number): boolean => code <= 32 || code >= 128
/** Only odd first and last characters are worth a trim. */
const isTrimmed = (text: string): boolean =>
  !(isBlank(text.charCodeAt(0)) || isBlank(text.charCodeAt(text.length - 1))) || text.trim().length === text.length
const isText = (value: unknown): boolean =>
  typeof value === "string" && value.length > 0 && value.length <= MAX_TEXT && isTrimmed(value) && isStorable(value)
const matches = (pattern: RegExp) => (value: unknown) => typeof value === "string" && pattern.test(value)

/** 1–64 printable ASCII characters without blanks, chosen by the producer. */
export const Id = leaf(z.string().regex(ID, "must be 1–64 printable ASCII characters without blanks"), matches(ID))
/** At most 300 UTF-16 units after trimming, so at most 900 bytes of UTF-8. */
export const Text = leaf(
  z
    .string()
    .trim()
    .min(1, "must not be empty")
    .max(MAX_TEXT, `must have at most ${MAX_TEXT} characters`)
    .refine(isStorable, STORABLE),
  isText,
)
export const Instant = leaf(
  z.number().refine(isInstant, `must be whole epoch milliseconds from ${EARLIEST} to ${LATEST}`),
  isInstant,
)
export const Day = leaf(
  z.string().refine(isDay, "must be a calendar day as YYYY-MM-DD"),
  (value) => typeof value === "string" && isDay(value),
)
export const Time = leaf(z.string().regex(TIME, "must be a time of day as HH:MM (24 hours)"), matches(TIME))
export const TimeZone = leaf(
  z.string().max(64).refine(isTimeZone, "must be an IANA time zone such as Europe/Berlin"),
  (value) => typeof value === "string" && value.length <= 64 && isTimeZone(value),
)
export const Currency = leaf(z.string().regex(CURRENCY, "must be three capital letters (ISO 4217)"), matches(CURRENCY))
/** Integer cents of one ticket, at most 10 million in the currency's unit. */
export const PriceCents = whole(0, 1_000_000_000)
export const Capacity = whole(1, 10_000_000)
