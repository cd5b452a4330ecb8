import * as z from "zod"
import { run, statements } from "../analytics/index.ts"
import { TrackRecord, trackRecordOf } from "../analytics/track-record.ts"
import { AppError } from "../error.ts"
import { Id } from "../event/fields.ts"
import { fn } from "../fn.ts"

/** A person or an ensemble, with the concerts that were not cancelled. */
export const Info = z.object({
  artistId: z.string(),
  name: z.string(),
  kind: z.string().nullable(),
  genre: z.string().nullable(),
  ...TrackRecord.shape,
})
export type Info = z.output<typeof Info>

/** The artist, or `missing.artist`. */
export const get = fn(
  () => z.object({ id: Id }),
  async ({ id }): Promise<Info> => {
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
      ...trackRecordOf(row),
    }
  },
)
