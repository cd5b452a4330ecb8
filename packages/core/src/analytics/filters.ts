import * as z from "zod"
import { Day } from "../event/fields.ts"
import { Conditions } from "./statement.ts"
import { Text } from "../text.ts"

const name = (what: string) =>
  Text({ max: 300 })
    .transform((text) => text.replace(/\s+/g, " "))
    .optional()
    .describe(what)

/** Which works count: all of these must hold for the same work of a concert. */
const WORK_FILTERS = {
  composer: name(
    'Part of the composer\'s name as it is stored, e.g. "Beethoven" or "Beethoven, Ludwig van". Case does not matter.',
  ),
  work: name(
    'Part of the work\'s title as it is stored, e.g. "SYMPHONY NO. 5" (which does not match NO. 50). Case does not matter.',
  ),
  conductor: name('Part of the conductor\'s name, e.g. "Bernstein".'),
  soloist: name('Part of a soloist\'s name in that work, e.g. "Horowitz".'),
}

/** Which concerts count. */
export const CONCERT_FILTERS = {
  from: Day.optional().describe("First calendar day (YYYY-MM-DD, at the venue), inclusive. 1950s: 1950-01-01."),
  to: Day.optional().describe(
    "Calendar day (YYYY-MM-DD, at the venue) before which concerts must be: exclusive. 1950s: 1960-01-01.",
  ),
  venue: name('Part of the venue\'s name, e.g. "Carnegie Hall", or a venue id.'),
  city: name('Part of the city as it is stored, e.g. "Manhattan, NY" or "Berlin".'),
  artist: name("Part of the artist's or ensemble's name, or an artist id."),
  season: name('Part of the season\'s name, e.g. "1955-56".'),
}

export const FILTERS = { ...CONCERT_FILTERS, ...WORK_FILTERS }

type Given<F extends z.ZodRawShape> = { [K in keyof F]?: string | undefined }
export type Filters = Given<typeof FILTERS>

/** Part of a text, whatever the case; unlike LIKE it knows no wildcards that a name could contain. */
const within = (column: string, parameter: string): string => `STRPOS(LOWER(${column}), LOWER(:${parameter})) > 0`

/**
 * A regular expression for the text where a digit at its edge is not part of a longer number. Escapes differ between engines, so
 * punctuation stands in brackets, and what brackets cannot hold safely becomes any character.
 */
export const wholeNumbers = (text: string): string => {
  const body = text.replace(/[!-/:-@[-`{-~]/g, (mark) => ("[]\\^".includes(mark) ? "." : `[${mark}]`))
  return `${/^\d/.test(text) ? "[^0-9]" : ""}${body}${/\d$/.test(text) ? "[^0-9]" : ""}`
}

function addWork(conditions: Conditions, work: string | undefined): void {
  conditions.add(within("w.title", "work"), { work })
  if (work !== undefined && (/^\d/.test(work) || /\d$/.test(work)))
    conditions.add("REGEXP_COUNT(' ' || LOWER(w.title) || ' ', LOWER(:work_pattern)) > 0", { work_pattern: wholeNumbers(work) })
}

/** Conditions on a row `w` of core.fact_work. A soloist has to play in that very work. */
export function workConditions({ composer, work, conductor, soloist }: Filters): Conditions {
  const conditions = new Conditions()
  conditions.add(within("w.composer", "composer"), { composer })
  addWork(conditions, work)
  conditions.add(within("w.conductor", "conductor"), { conductor })
  conditions.add(`w.event_id IN (SELECT s.work_event_id FROM core.fact_soloist s WHERE ${within("s.name", "soloist")})`, {
    soloist,
  })
  return conditions
}

/** Conditions on a row of LIVE: `c` a concert, `v` its venue, `a` its artist. */
export function concertConditions(filters: Filters & { on?: string | undefined }): Conditions {
  const { from, to, on, venue, city, artist, season } = filters
  const conditions = new Conditions()
  conditions.add("c.concert_date >= CAST(:from_date AS DATE)", { from_date: from })
  conditions.add("c.concert_date < CAST(:to_date AS DATE)", { to_date: to })
  conditions.add("c.concert_date = CAST(:on_date AS DATE)", { on_date: on })
  conditions.add(`(c.venue_id = :venue OR ${within("v.name", "venue")})`, { venue })
  conditions.add(within("v.city", "city"), { city })
  conditions.add(`(c.artist_id = :artist OR ${within("a.name", "artist")})`, { artist })
  conditions.add(within("c.season", "season"), { season })
  const works = workConditions(filters)
  if (works.any) conditions.add(`c.concert_id IN (SELECT w.concert_id FROM core.fact_work w WHERE ${works.sql})`, works.values)
  return conditions
}

/** Concerts that took or take place: cancelled ones are out. A concert may be loaded before its venue, so nothing is joined away. */
export const LIVE = `core.dim_concert c
LEFT JOIN core.dim_venue v ON v.venue_id = c.venue_id
LEFT JOIN core.dim_artist a ON a.artist_id = c.artist_id
LEFT JOIN core.agg_concert g ON g.concert_id = c.concert_id
LEFT JOIN core.dim_cancellation x ON x.concert_id = c.concert_id
WHERE x.concert_id IS NULL`

/** Tickets that stayed: what was refunded is taken off. What they cost is in core.agg_sale, each currency apart. */
export const TICKETS = "COALESCE(g.sold, 0) - COALESCE(g.refunded, 0)"
