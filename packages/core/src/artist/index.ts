import * as z from "zod"
import { run, statements } from "../analytics/index.ts"
import { AppError } from "../error.ts"
import { Id } from "../event/fields.ts"
import { fn } from "../fn.ts"

/** A person or an ensemble, with the concerts that were not cancelled. */
export const Info = z.object({
  artistId: z.string(),
  name: z.string(),
  kind: z.string().nullable(),
  genre: z.string().nullable(),
  concerts: z.number(),
  /** YYYY-MM-DD, null where there is no concert. */
  firstDate: z.string().nullable(),
  lastDate: z.string().nullable(),
  ticketsSold: z.number(),
  revenueCents: z.number(),
})
export type Info = z.output<typeof Info>

/** The artist, or `missing.artist`. */
export const get = fn(z.object({ id: Id }), async ({ id }): Promise<Info> => {
  const { rows } = await run(statements.artistsGet, { artistId: id })
  const row = rows[0]
  if (!row)
    throw new AppError(
      "missing",
      "missing.artist",
      "There is no such artist. Concerts name theirs: look with GET /concerts?artist=.",
    )
  return {
    artistId: row.artist_id,
    name: row.name,
    kind: row.kind,
    genre: row.genre,
    concerts: row.concerts,
    firstDate: row.first_date,
    lastDate: row.last_date,
    ticketsSold: row.tickets_sold,
    revenueCents: row.revenue_cents,
  }
})
