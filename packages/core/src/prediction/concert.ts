import { run, statements } from "../analytics/index.ts"
import { now } from "../clock.ts"
import { AppError } from "../error.ts"
import { seatsOf } from "./history.ts"
import type { Snapshot } from "./snapshot.ts"
import { momentOf, predictionsRecords, predictionsStanding } from "./statements.ts"

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)
const localDay = (at: number, timeZone: string | null): string =>
  new Intl.DateTimeFormat("en-CA", { timeZone: timeZone ?? "UTC", year: "numeric", month: "2-digit", day: "2-digit" }).format(at)

/** To the hour, so that answers of the warehouse can be kept: nobody's past changes faster. */
const hour = (): string => momentOf(Math.floor(now() / HOUR_MS) * HOUR_MS)

async function recordsOf(artistId: string | null, venueId: string, currency: string | null) {
  const { rows } = await run(predictionsRecords, {
    artistId: artistId ?? undefined,
    venueId,
    currency: currency ?? undefined,
    until: hour(),
  })
  const row = rows[0]!
  return {
    artist: { concerts: row.artist_concerts, pull: row.artist_pull, price: row.artist_price },
    venue: { concerts: row.venue_concerts, pull: row.venue_pull, price: null },
    currency: row.usual_currency,
  }
}

const noSeats = (): AppError =>
  new AppError(
    "input",
    "input.capacity",
    "How many seats there are is not known, so nothing can be said of selling them. Tell it with concert.upserted or venue.upserted (capacity).",
  )

function leadTo(startsAt: number): number {
  if (startsAt > now()) return (startsAt - now()) / DAY_MS
  throw new AppError(
    "input",
    "input.concert_over",
    "This concert has begun: what it sold is in GET /concerts/{id}. Ask about one that is to come.",
  )
}

/** A concert of the warehouse as it stands. Throws `missing.concert`, `input.concert_over`, `input.capacity`. */
export async function standing(concertId: string): Promise<{ snapshot: Snapshot; loadedAt: number | null }> {
  const found = await run(statements.concertsGet, { concertId })
  const concert = found.rows[0]
  if (!concert)
    throw new AppError(
      "missing",
      "missing.concert",
      "There is no such concert, or it was cancelled. Look for it with GET /concerts.",
    )
  const lead = leadTo(concert.starts_at ?? Date.parse(`${concert.concert_date}T20:00:00Z`))
  const [{ rows }, records] = await Promise.all([
    run(predictionsStanding, { concertId, since: dayOf(now() - 7 * DAY_MS) }),
    recordsOf(concert.artist_id, concert.venue_id, concert.currency),
  ])
  const stands = rows[0]!
  const seats = seatsOf(stands.listed, concert.capacity)
  if (seats === null) throw noSeats()
  return {
    snapshot: {
      lead,
      date: concert.concert_date,
      seats,
      sold: Math.max(0, concert.tickets_sold),
      week: stands.week,
      views: stands.views,
      priceMinor: stands.price_cents ?? concert.price_cents,
      currency: concert.currency,
      artist: records.artist,
      venue: records.venue,
    },
    loadedAt: found.loadedAt,
  }
}

/** A concert that is only thought of: nothing is sold, nobody has looked, and its price is what is asked about. */
export async function described(concert: {
  artistId: string
  venueId: string
  startsAt: number
}): Promise<{ snapshot: Snapshot; loadedAt: number | null }> {
  const lead = leadTo(concert.startsAt)
  const [{ rows, loadedAt }, records] = await Promise.all([
    run(statements.venuesGet, { venueId: concert.venueId }),
    recordsOf(concert.artistId, concert.venueId, null),
  ])
  const venue = rows[0]
  if (!venue)
    throw new AppError(
      "missing",
      "missing.venue",
      "There is no such venue. Look for it with GET /venues/popularity or GET /concerts.",
    )
  if (venue.capacity === null) throw noSeats()
  const { currency } = records
  const { artist } = currency === null ? records : await recordsOf(concert.artistId, concert.venueId, currency)
  return {
    snapshot: {
      lead,
      date: localDay(concert.startsAt, venue.time_zone),
      seats: venue.capacity,
      sold: 0,
      week: 0,
      views: 0,
      priceMinor: null,
      currency,
      artist,
      venue: records.venue,
    },
    loadedAt,
  }
}
