import { nextCron } from "./cron.ts"

const MINUTE_MS = 60_000
/** A cron that names only minutes which a zone skips comes to another one within years; this is enough to pass a few gaps. */
const TRIES = 50

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known) return known
  let made: Intl.DateTimeFormat
  try {
    made = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    })
  } catch {
    throw new Error(`Time zone ${zone} is not known: use a name of the IANA database such as Europe/Vienna.`)
  }
  formats.set(zone, made)
  return made
}

/** What clocks in the zone show at an instant, as if they showed UTC. */
export function wallTime(instant: number, zone: string): number {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  )
  return Date.UTC(parts.year!, parts.month! - 1, parts.day!, parts.hour!, parts.minute!, parts.second!)
}

/** The first instant at which clocks in the zone show `wall`; undefined for a time that is skipped when they go forward. */
export function instantOf(wall: number, zone: string): number | undefined {
  const offsets = [wall - 86_400_000, wall + 86_400_000].map((near) => wallTime(near, zone) - near)
  return offsets
    .map((offset) => wall - offset)
    .sort((a, b) => a - b)
    .find((instant) => wallTime(instant, zone) === wall)
}

/**
 * As nextCron, by the clocks of a zone. A time that is skipped in spring does not fire, one that comes twice in autumn fires once:
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#daylist-savings-time
 */
export function nextCronIn(expression: string, after: number, zone: string): number | undefined {
  if (zone === "UTC") return nextCron(expression, after)
  let wall = wallTime(after, zone)
  for (let tries = 0; tries < TRIES; tries++) {
    const next = nextCron(expression, wall)
    if (next === undefined) return undefined
    const instant = instantOf(next, zone)
    // In autumn the wall's hour is shown again after it has fired.
    if (instant !== undefined && instant > after) return instant
    wall = Math.max(next, wall + MINUTE_MS)
  }
  return undefined
}
