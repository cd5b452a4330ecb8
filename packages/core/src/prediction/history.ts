import { type Record as TrackRecord, LEADS, shrink, type Snapshot } from "./snapshot.ts"

const DAY_MS = 86_400_000

/** What was recorded of a past concert up to one of LEADS. */
export interface Mark {
  lead: number
  sold: number
  week: number
  listed: number
  views: number
  priceMinor: number | null
}

/** A concert that is over, as the warehouse tells it. */
export interface PastConcert {
  concertId: string
  artistId: string | null
  venueId: string
  date: string
  /** Epoch milliseconds. */
  startsAt: number
  capacity: number | null
  /** As the concert was last told of. */
  priceMinor: number | null
  currency: string | null
  /** Sold minus refunded, all that was recorded before it began. */
  sold: number
  marks: readonly Mark[]
}

/** One snapshot of a past concert with how it ended, and what simple rules would have said then. */
export interface Example {
  concertId: string
  startsAt: number
  snapshot: Snapshot
  /** Tickets sold in the end. */
  final: number
  baselines: { venueMean: number; lastSimilar: number }
}

/** The seats on sale: those listed, where listings are told of, within the capacity; null where neither is known. */
export function seatsOf(listed: number, capacity: number | null): number | null {
  if (listed > 0) return Math.min(listed, capacity ?? listed)
  return capacity
}

interface Over {
  startsAt: number
  venueId: string
  log: number
  /** Share of its seats that was sold. */
  share: number
  price: { log: number; currency: string } | null
}

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length

/** What was over at a moment that only moves forward. */
class Ended {
  readonly all = { concerts: 0, log: 0, share: 0 }
  readonly venues = new Map<string, { concerts: number; log: number; share: number; last: Over }>()
  readonly artists = new Map<string, Over[]>()

  add(artistId: string | null, over: Over): void {
    this.all.concerts++
    this.all.log += over.log
    this.all.share += over.share
    const venue = this.venues.get(over.venueId) ?? { concerts: 0, log: 0, share: 0, last: over }
    this.venues.set(over.venueId, {
      concerts: venue.concerts + 1,
      log: venue.log + over.log,
      share: venue.share + over.share,
      last: over,
    })
    if (artistId !== null) this.artists.set(artistId, [...(this.artists.get(artistId) ?? []), over])
  }

  /** What a venue sells, drawn to what all sell. */
  private level(venueId: string): number {
    const usual = this.all.log / this.all.concerts
    const venue = this.venues.get(venueId)
    return venue ? usual + shrink(venue.concerts) * (venue.log / venue.concerts - usual) : usual
  }

  artist(artistId: string | null, currency: string | null): TrackRecord {
    const own = artistId === null ? [] : (this.artists.get(artistId) ?? [])
    const prices = own.flatMap(({ price }) => (price && price.currency === currency ? [price.log] : []))
    return {
      concerts: own.length,
      pull: mean(own.map(({ log, venueId }) => log - this.level(venueId))),
      price: mean(prices),
    }
  }

  venue(venueId: string): TrackRecord {
    const own = this.venues.get(venueId)
    return own ? { concerts: own.concerts, pull: own.log / own.concerts, price: null } : { concerts: 0, pull: null, price: null }
  }

  /** The mean share of seats sold at the venue; and that of the artist's last concert, else the venue's last. Where there is none, the mean of all. */
  shares(artistId: string | null, venueId: string): { venueMean: number; lastSimilar: number } {
    const usual = this.all.concerts > 0 ? this.all.share / this.all.concerts : 0.5
    const venue = this.venues.get(venueId)
    const last = (artistId === null ? undefined : this.artists.get(artistId)?.at(-1)) ?? venue?.last
    return { venueMean: venue ? venue.share / venue.concerts : usual, lastSimilar: last?.share ?? usual }
  }
}

const within = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value))

/**
 * Snapshots of past concerts in the order in which they were taken. Each is made of what was over or recorded when it was taken: a concert that began
 * later, or the later sales of its own, cannot reach it.
 */
export function examplesOf(concerts: readonly PastConcert[]): Example[] {
  const taken = concerts
    .flatMap((concert) => concert.marks.map((mark) => ({ concert, mark, at: concert.startsAt - mark.lead * DAY_MS })))
    .sort((one, other) => one.at - other.at || (one.concert.concertId < other.concert.concertId ? -1 : 1))
  const ended = concerts.toSorted((one, other) => one.startsAt - other.startsAt || (one.concertId < other.concertId ? -1 : 1))
  const over = new Ended()
  const examples: Example[] = []
  let next = 0
  for (const { concert, mark, at } of taken) {
    for (; next < ended.length && ended[next]!.startsAt <= at; next++) {
      const past = ended[next]!
      const final = past.marks.at(-1)
      const seats = seatsOf(final?.listed ?? 0, past.capacity)
      if (past.sold <= 0 || seats === null) continue
      const { priceMinor, currency } = past
      const price = priceMinor !== null && currency !== null ? { log: Math.log(priceMinor + 1), currency } : null
      over.add(past.artistId, {
        startsAt: past.startsAt,
        venueId: past.venueId,
        log: Math.log1p(past.sold),
        share: Math.min(1, past.sold / seats),
        price,
      })
    }
    const seats = seatsOf(mark.listed, concert.capacity)
    if (seats === null || concert.sold <= 0) continue
    const shares = over.shares(concert.artistId, concert.venueId)
    examples.push({
      concertId: concert.concertId,
      startsAt: concert.startsAt,
      final: concert.sold,
      snapshot: {
        lead: mark.lead,
        date: concert.date,
        seats,
        sold: mark.sold,
        week: mark.week,
        views: mark.views,
        priceMinor: mark.priceMinor,
        currency: concert.currency,
        artist: over.artist(concert.artistId, concert.currency),
        venue: over.venue(concert.venueId),
      },
      baselines: {
        venueMean: within(shares.venueMean * seats, mark.sold, Math.max(seats, mark.sold)),
        lastSimilar: within(shares.lastSimilar * seats, mark.sold, Math.max(seats, mark.sold)),
      },
    })
  }
  return examples
}

/** Leads that a model is trained for, most distant first. */
export const leadsOf = (examples: readonly Example[]): number[] =>
  LEADS.filter((lead) => examples.some(({ snapshot }) => snapshot.lead === lead))
