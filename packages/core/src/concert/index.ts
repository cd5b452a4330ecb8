import * as z from "zod"
import { run, statements } from "../analytics/index.ts"
import { AppError } from "../error.ts"
import { Day, Id } from "../event/fields.ts"
import { fn } from "../fn.ts"
import type { RowOf } from "../warehouse/index.ts"
import { decodeCursor, encodeCursor } from "./cursor.ts"
import { programmeOf, type Work } from "./programme.ts"
import { Key, Text } from "../text.ts"

/** A concert that took or takes place; a cancelled one is not found any more. */
export const Info = z.object({
  concertId: z.string(),
  title: z.string(),
  /** YYYY-MM-DD at the venue. */
  date: z.string(),
  /** HH:MM at the venue. */
  time: z.string().nullable(),
  timeZone: z.string().nullable(),
  /** Epoch milliseconds. */
  startsAt: z.number().nullable(),
  venueId: z.string(),
  /** Names are null until the venue or artist itself was told of. */
  venue: z.string().nullable(),
  city: z.string().nullable(),
  artistId: z.string().nullable(),
  artist: z.string().nullable(),
  season: z.string().nullable(),
  category: z.string().nullable(),
  /** The concert's own, else the venue's. */
  capacity: z.number().nullable(),
  priceCents: z.number().nullable(),
  currency: z.string().nullable(),
  /** Sold minus refunded. */
  ticketsSold: z.number(),
})
export type Info = z.output<typeof Info>

/** A concert with its programme in order. */
export type Detail = Info & { works: Work[] }

type Row = RowOf<typeof statements.concertsGet.row>

const infoOf = (row: Row): Info => ({
  concertId: row.concert_id,
  title: row.title,
  date: row.concert_date,
  time: row.concert_time,
  timeZone: row.time_zone,
  startsAt: row.starts_at,
  venueId: row.venue_id,
  venue: row.venue,
  city: row.city,
  artistId: row.artist_id,
  artist: row.artist,
  season: row.season,
  category: row.category,
  capacity: row.capacity,
  priceCents: row.price_cents,
  currency: row.currency,
  ticketsSold: row.tickets_sold,
})

const filter = Text({ max: 300 }).optional()

const Search = z.object({
  /** Part of the name, or the id. */
  venue: filter,
  city: filter,
  artist: filter,
  composer: filter,
  work: filter,
  conductor: filter,
  soloist: filter,
  season: filter,
  from: Day.optional(),
  /** Exclusive. */
  to: Day.optional(),
  /** Words that occur anywhere in the concert or its programme. */
  q: Text({ max: 200 }).optional(),
  order: z.enum(["first", "last"]).default("first"),
  cursor: Key(300).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(25),
})

/** Concerts that match every filter, by date and then id, oldest first unless `order` is `last`. `next` is absent on the last page. */
export const search = fn(
  () => Search,
  async ({ cursor, limit, ...filters }): Promise<{ items: Info[]; next?: string }> => {
    const after = cursor === undefined ? undefined : decodeCursor(cursor)
    const { rows } = await run(statements.concertsSearch, { ...filters, after, limit: limit + 1 })
    const items = rows.slice(0, limit).map(infoOf)
    const last = items.at(-1)
    return rows.length > limit && last ? { items, next: encodeCursor(last) } : { items }
  },
)

/** What answers for a concert that is not there. */
export const missing = (): AppError =>
  new AppError("missing", "missing.concert", "There is no such concert, or it was cancelled. Look for it with GET /concerts.")

/** Throws `missing.concert` unless the concert took or takes place. */
export async function known(concertId: string): Promise<void> {
  const { rows } = await run(statements.concertsGet, { concertId })
  if (rows.length === 0) throw missing()
}

/** The concert with its works and soloists, or `missing.concert`. */
export const get = fn(
  () => z.object({ id: Id }),
  async ({ id }): Promise<Detail> => {
    const [concert, programme] = await Promise.all([
      run(statements.concertsGet, { concertId: id }),
      run(statements.concertsWorks, { concertId: id }),
    ])
    const row = concert.rows[0]
    if (!row) throw missing()
    return { ...infoOf(row), works: programmeOf(programme.rows) }
  },
)
