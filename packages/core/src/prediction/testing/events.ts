import type { EventInput } from "../../event/index.ts"
import type { TrueConcert } from "./truth.ts"

const DAY_MS = 86_400_000
const ORDER = 50

/** What a producer would have told of concerts of known truth: the sales between two marks in the middle between them, in orders of at most 50. */
export function eventsOf(concerts: readonly TrueConcert[]): EventInput[] {
  const first = Math.min(...concerts.map(({ startsAt }) => startsAt)) - 120 * DAY_MS
  const add = (type: string, id: string, at: number, data: object) => ({ id, type, at: Math.round(at), v: 1, data }) as EventInput
  const venues = new Map(concerts.map(({ venueId, capacity }) => [venueId, capacity]))
  const artists = new Set(concerts.map(({ artistId }) => artistId))
  return [
    ...[...venues].map(([venueId, capacity]) =>
      add("venue.upserted", `truth-${venueId}`, first, {
        venueId,
        name: `Hall ${venueId}`,
        city: "Basel",
        timeZone: "UTC",
        capacity,
      }),
    ),
    ...[...artists].map((artistId) =>
      add("artist.upserted", `truth-${artistId}`, first, { artistId, name: `Artist ${artistId}` }),
    ),
    ...concerts.flatMap((concert) => {
      const { concertId, artistId, venueId, date, startsAt, priceMinor: priceCents, currency, marks } = concert
      const title = `Artist ${artistId} at ${venueId}`
      const told = { concertId, artistId, venueId, title, date, startsAt, timeZone: "UTC", priceCents, currency }
      const id = (what: string) => `truth-${concertId}-${what}`
      const events = [add("concert.upserted", id("told"), startsAt - 110 * DAY_MS, told)]
      let [before, had] = [100, 0]
      for (const { lead, sold } of [...marks, { lead: 0, sold: concert.sold }]) {
        const at = startsAt - ((before + lead) / 2) * DAY_MS
        for (let left = sold - had, order = 1; left > 0; left -= ORDER, order++) {
          const orderId = id(`${lead}-${order}`)
          const data = { concertId, orderId, quantity: Math.min(ORDER, left), priceCents, currency }
          events.push(add("ticket.sold", orderId, at, data))
        }
        ;[before, had] = [lead, sold]
      }
      return events
    }),
  ]
}
