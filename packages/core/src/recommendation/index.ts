import * as z from "zod"
import { useUser } from "../actor.ts"
import { fold } from "../analytics/fold.ts"
import { GetCommand } from "../dynamo/index.ts"
import { dynamo } from "../aws.ts"
import { now } from "../clock.ts"
import { config } from "../config.ts"
import { Id } from "../event/fields.ts"
import { fn } from "../fn.ts"
import { Text } from "../text.ts"
import { keep, saidBy } from "./answers.ts"
import { nearest, popular } from "./candidates.ts"
import { diverse, reasonsOf } from "./pick.ts"
import { type Concert, Taste, tasteKey } from "./table.ts"
import { current } from "./versions.ts"

export { train } from "./train.ts"

const Reason = z.object({
  kind: z.enum(["follow", "bought", "viewed", "similar", "city", "popular"]),
  text: z.string(),
  artistId: z.string().optional(),
})

const Item = z.object({
  concertId: z.string(),
  title: z.string(),
  /** YYYY-MM-DD at the venue. */
  date: z.string(),
  /** Epoch milliseconds. */
  startsAt: z.number().nullable(),
  artistId: z.string().nullable(),
  artist: z.string().nullable(),
  venueId: z.string(),
  venue: z.string().nullable(),
  city: z.string().nullable(),
  /** Greater fits better; comparable within an answer and a strategy. */
  score: z.number(),
  /** At least one, weightiest first. */
  reasons: z.array(Reason),
})

export const Answer = z.object({
  items: z.array(Item),
  /** `personal`: by one's own taste; `popular`: nothing is known of it yet; `untrained`: there was no training yet. */
  strategy: z.enum(["personal", "popular", "untrained"]),
  /** Epoch milliseconds: when tastes were last learned. */
  trainedAt: z.number().nullable(),
})
export type Answer = z.output<typeof Answer>

async function tasteOf(version: string, person: string): Promise<Taste | undefined> {
  const { Item: found } = await dynamo().send(
    new GetCommand({ TableName: config("RECOMMENDATION_TABLE"), Key: tasteKey(version, person) }),
  )
  return found && Taste.parse(found)
}

/** Where the hour is unknown a concert is to come until its day is over everywhere. */
const isToCome = ({ startsAt, date }: Concert, at: number): boolean =>
  startsAt === null ? Date.parse(date) + 36 * 3_600_000 > at : startsAt > at

/**
 * Upcoming concerts with tickets left that the person who asks is likely to want, each with its reasons; newcomers get what is popular.
 * Never what they sent away, nor what they have tickets for. `city` is a whole name, whatever its case and accents.
 */
export const list = fn(
  () =>
    z.object({
      limit: z.coerce.number().int().min(1).max(50).default(12),
      city: Text({ max: 300 }).optional(),
    }),
  async ({ limit, city: asked }): Promise<Answer> => {
    const { userId } = useUser()
    const at = now()
    const model = await current()
    if (!model) return { items: [], strategy: "untrained", trainedAt: null }
    const { version, trainedAt } = model
    const city = asked === undefined ? undefined : fold(asked)
    const [taste, { dismissed }] = await Promise.all([tasteOf(version, userId), saidBy(userId)])
    const out = new Set([...dismissed, ...(taste?.owned ?? [])])
    const fits = (concert: Concert) => isToCome(concert, at) && !out.has(concert.concertId)
    const own = taste
      ? (await nearest(taste.vector, { version, city })).filter(({ concert, score }) => score > 0 && fits(concert))
      : []
    const picked = diverse(own, limit)
    const more = picked.length < limit ? await popular({ version, city }, 4 * limit, fits) : []
    const items = diverse([...own, ...more], limit).map((candidate) => {
      const { concertId, title, date, startsAt, artistId, artist, venueId, venue, city: town } = candidate.concert
      const place = { artistId, artist, venueId, venue, city: town }
      const score = Number(candidate.score.toPrecision(4))
      return { concertId, title, date, startsAt, ...place, score, reasons: reasonsOf(candidate, taste, city) }
    })
    return { items, strategy: own.length > 0 ? "personal" : "popular", trainedAt }
  },
)

/** Keeps what a person did with recommendations: the next training reads it, and what was dismissed does not come back. The same again changes nothing. */
export const feedback = fn(
  () =>
    z.object({
      items: z
        .array(z.object({ concertId: Id, kind: z.enum(["shown", "clicked", "dismissed"]) }))
        .min(1)
        .max(50),
    }),
  async ({ items }): Promise<{ accepted: number }> => {
    await keep(useUser().userId, items)
    return { accepted: items.length }
  },
)
