import { createHash } from "node:crypto"
import { query, type RowOf } from "../warehouse/index.ts"
import type { PastConcert } from "./history.ts"
import { LEADS } from "./snapshot.ts"
import { momentOf, PAGE, predictionsPast } from "./statements.ts"

/** The newest so many past concerts are learned from: what lies further back tells little of today, and a training stays within seconds. */
const MOST_CONCERTS = 4_000

const concertOf = (row: RowOf<typeof predictionsPast.row>): PastConcert => ({
  concertId: row.concert_id,
  artistId: row.artist_id,
  venueId: row.venue_id,
  date: row.concert_date,
  startsAt: row.starts_at,
  capacity: row.capacity,
  priceMinor: row.price_cents,
  currency: row.currency,
  sold: row.sold,
  marks: LEADS.map((lead) => ({
    lead,
    sold: row[`sold_${lead}`],
    week: row[`week_${lead}`],
    listed: row[`listed_${lead}`],
    views: row[`views_${lead}`],
    priceMinor: row[`price_${lead}`],
  })),
})

/** Past concerts that had begun at a moment, newest first; not from the cache of answers, which is for people. */
export async function pastConcerts(until: number, by: "recorded" | "ingested"): Promise<PastConcert[]> {
  const concerts = new Map<string, PastConcert>()
  for (let skip = 0; skip < MOST_CONCERTS; skip += PAGE) {
    const { sql, values } = predictionsPast.bind({ until: momentOf(until), skip, by })
    const { rows } = await query(sql, values, predictionsPast.row, { name: predictionsPast.name, maxRows: PAGE })
    for (const row of rows) concerts.set(row.concert_id, concertOf(row))
    if (rows.length < PAGE) break
  }
  return [...concerts.values()]
}

/** Changes when features or learner do, so that the same data gives another version then. */
const RECIPE = 1

/** The same concerts give the same hash, whenever and by whomever they are read. */
export function hashOf(concerts: readonly PastConcert[], by: string): string {
  const sorted = concerts.toSorted((one, other) => (one.concertId < other.concertId ? -1 : 1))
  return createHash("sha256")
    .update(JSON.stringify([RECIPE, by, sorted]))
    .digest("hex")
}

/** `2026-11-30-3f9a1c07`: the day of the newest concert, which sorts, and what tells data apart. */
export function versionOf(concerts: readonly PastConcert[], hash: string): string {
  const newest = Math.max(...concerts.map(({ startsAt }) => startsAt))
  return `${new Date(newest).toISOString().slice(0, 10)}-${hash.slice(0, 8)}`
}
