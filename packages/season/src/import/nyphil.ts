import { type EventInput, isDay } from "@backline/core/event"
import { digest, slug, textOf } from "./text.ts"
import { instantOf, zoneOf } from "./zones.ts"

/**
 * The version of this history: the day of the data set's commit. A constant, so that every import writes the same events, and older than anything
 * a user changes afterwards. https://github.com/nyphilarchive/PerformanceHistory
 */
export const RECORDED_AT = Date.UTC(2025, 11, 18)

const event = <T extends EventInput["type"]>(type: T, id: string, data: Extract<EventInput, { type: T }>["data"]) =>
  ({ id, type, at: RECORDED_AT, v: 1, data }) as Extract<EventInput, { type: T }>

/** What an import remembers between programs, so that 1,210 venues are not sent 22,952 times. */
export interface Memory {
  sent: Set<string>
}

/** The events of one program, and what of it could not be read. */
export interface Program {
  events: EventInput[]
  problems: string[]
}

const REGIONS: Record<string, string> = {
  USSR: "USSR",
  "W. GERMANY": "West Germany",
  KOREA: "South Korea",
  "INDIA (BOMBAY)": "India",
  "DEMOCRATIC PEOPLE'S REPUBLIC OF KOREA": "North Korea",
}
const title = (text: string): string => text.toLowerCase().replace(/(^|[\s(-])\p{L}/gu, (letter) => letter.toUpperCase())

/** `Ann Arbor, MI` → Ann Arbor, MI in the USA; `Vienna, AUSTRIA` → Vienna in Austria; `Singapore` → Singapore. */
export function placeOf(location: string): { city: string; country?: string } {
  const comma = location.lastIndexOf(",")
  if (comma < 0) return { city: location }
  const region = location.slice(comma + 1).trim()
  if (/^[A-Z]{2}$/.test(region) || region === "California") return { city: location, country: "USA" }
  return { city: location.slice(0, comma), country: REGIONS[region] ?? title(region) }
}

/** "8:00PM" → 20:00; what is missing or odd has no time. */
export function timeOf(value: unknown): string | undefined {
  const found = /^(\d{1,2})(?::(\d\d))? ?([AP])\.?M\.?$/i.exec(textOf(value) ?? "")
  if (!found) return undefined
  const [, hour, minute = "00", half] = found
  if (Number(hour) < 1 || Number(hour) > 12 || Number(minute) > 59) return undefined
  return `${String((Number(hour) % 12) + (half!.toUpperCase() === "P" ? 12 : 0)).padStart(2, "0")}:${minute}`
}

/** The date is local midnight written as UTC, so only its day part means anything. */
export function dayOf(value: unknown): string | undefined {
  const day = typeof value === "string" ? value.slice(0, 10) : ""
  return isDay(day) ? day : undefined
}

const collapsed = (value: unknown): string =>
  String(value ?? "")
    .replace(/\s+/g, " ")
    .trim()

/** One venue per pair of name and location as the source writes them. */
function venueOf(concert: Record<string, unknown>) {
  const name = textOf(concert.Venue) ?? "Unknown venue"
  const location = textOf(concert.Location)
  const venueId = `nyphil-venue-${slug(name) || "x"}-${digest(`${collapsed(concert.Venue)}|${collapsed(concert.Location)}`.toLowerCase().normalize("NFC"), 10)}`
  const timeZone = location && zoneOf(location)
  return event("venue.upserted", venueId, {
    venueId,
    name,
    ...(location ? placeOf(location) : {}),
    ...(timeZone ? { timeZone } : {}),
  })
}

function orchestraOf(program: Record<string, unknown>) {
  const name = textOf(program.orchestra)
  if (!name) return undefined
  const artistId = `nyphil-artist-${slug(name) || "x"}-${digest(name.toLowerCase().normalize("NFC"), 10)}`
  return event("artist.upserted", artistId, { artistId, name, kind: "ensemble", genre: "Classical" })
}

const listOf = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === "object" && item !== null) : []

function soloistsOf(work: Record<string, unknown>) {
  return listOf(work.soloists).flatMap((soloist) => {
    const name = textOf(soloist.soloistName)
    return name ? [{ name, instrument: textOf(soloist.soloistInstrument), role: textOf(soloist.soloistRoles) }] : []
  })
}

/** Works without intermissions and empty rows. The id before the `*` names the work, what follows it the movement. */
function worksOf(program: Record<string, unknown>) {
  return listOf(program.works).flatMap((work, index) => {
    const name = textOf(work.workTitle)
    if (textOf(work.interval) || !name) return []
    const composer = textOf(work.composerName)
    const number = /^[!-)+-~]{1,40}/.exec(textOf(work.ID) ?? "")?.[0]
    const workId = `nyphil-work-${number ?? digest(`${composer}|${name}`, 16)}`
    return [
      {
        index,
        workId,
        composer,
        title: name,
        movement: textOf(work.movement),
        conductor: textOf(work.conductorName),
        soloists: soloistsOf(work).slice(0, 200),
      },
    ]
  })
}

/** Program ids are 40 characters; one that would not fit into ours is replaced by its hash. */
const idOf = (id: string): string => (/^[!-~]{1,45}$/.test(id) ? id : digest(id, 32))

/** Turns one program of the export into events. Ids come from the program's id and the concert's index: 89 concerts share date, time and place with another. */
export function eventsOf(value: unknown, { sent }: Memory): Program {
  const program = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>
  const id = textOf(program.id)
  if (!id) return { events: [], problems: ["has no id"] }
  if (!Array.isArray(program.concerts)) return { events: [], problems: ["has no list of concerts"] }
  const events: EventInput[] = []
  const problems: string[] = []
  const once = (upsert: EventInput) => {
    if (sent.has(upsert.id)) return
    sent.add(upsert.id)
    events.push(upsert)
  }
  const orchestra = orchestraOf(program)
  if (orchestra) once(orchestra)
  const works = worksOf(program)
  for (const [index, concert] of program.concerts.entries()) {
    const date = dayOf(concert?.Date)
    if (!date) {
      problems.push(`concert ${index + 1} has no readable date (${JSON.stringify(concert?.Date) ?? "missing"})`)
      continue
    }
    const venue = venueOf(concert)
    once(venue)
    const concertId = `nyphil-${idOf(id)}-${index + 1}`
    const time = timeOf(concert.Time)
    const { venueId, timeZone } = venue.data
    const category = textOf(concert.eventType)
    events.push(
      event("concert.upserted", concertId, {
        concertId,
        venueId,
        artistId: orchestra?.data.artistId,
        title: [orchestra?.data.name, category].filter(Boolean).join(": ") || "Concert",
        date,
        time,
        timeZone,
        startsAt: time && timeZone ? instantOf(date, time, timeZone) : undefined,
        season: textOf(program.season),
        category,
      }),
    )
    for (const [place, { index: row, ...work }] of works.entries())
      events.push(event("work.performed", `${concertId}-w${row + 1}`, { concertId, position: place + 1, ...work }))
  }
  return { events, problems }
}
