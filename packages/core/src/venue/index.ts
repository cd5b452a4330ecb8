import * as z from "zod"
import { run, statements } from "../analytics/index.ts"
import { TrackRecord, trackRecordOf } from "../analytics/track-record.ts"
import { AppError } from "../error.ts"
import { Id } from "../event/fields.ts"
import { fn } from "../fn.ts"

export { popularity, type Popularity } from "./popularity.ts"

/** A venue, with the concerts that were not cancelled. */
export const Info = z.object({
  venueId: z.string(),
  name: z.string(),
  city: z.string().nullable(),
  country: z.string().nullable(),
  capacity: z.number().nullable(),
  timeZone: z.string().nullable(),
  ...TrackRecord.shape,
})
export type Info = z.output<typeof Info>

/** The venue, or `missing.venue`. */
export const get = fn(
  () => z.object({ id: Id }),
  async ({ id }): Promise<Info> => {
    const { rows } = await run(statements.venuesGet, { venueId: id })
    const row = rows[0]
    if (!row)
      throw new AppError(
        "missing",
        "missing.venue",
        "There is no such venue. Concerts name theirs: look with GET /concerts?venue=.",
      )
    return {
      venueId: row.venue_id,
      name: row.name,
      city: row.city,
      country: row.country,
      capacity: row.capacity,
      timeZone: row.time_zone,
      ...trackRecordOf(row),
    }
  },
)
