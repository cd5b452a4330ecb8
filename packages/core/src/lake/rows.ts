import type { Event } from "../event/index.ts"
import { type LakeRow, type LakeTable, paddedSequence, TOPICS } from "./tables.ts"

/** An event with its place in the stream. */
export interface Placed {
  event: Event
  shard: string
  sequence: string
  /** Approximate arrival in the stream, epoch milliseconds. */
  arrivedAt: number
}

/** Rows of one batch by table, in stream order. */
export type LakeRows = { [T in LakeTable]: LakeRow<T>[] }

const envelopeOf = ({ event, shard, sequence, arrivedAt }: Placed, eventId: string) => ({
  event_id: eventId,
  event_type: event.type,
  recorded_at_ms: event.at,
  ingested_at_ms: arrivedAt,
  shard,
  sequence_number: paddedSequence(sequence),
})

function add(rows: LakeRows, placed: Placed): void {
  const { event } = placed
  const envelope = envelopeOf(placed, event.id)
  switch (event.type) {
    case "artist.upserted": {
      const { artistId, name, kind, genre } = event.data
      rows.artist.push({ ...envelope, artist_id: artistId, name, kind: kind ?? null, genre: genre ?? null })
      return
    }
    case "venue.upserted": {
      const { venueId, name, city, country, capacity, timeZone } = event.data
      rows.venue.push({
        ...envelope,
        venue_id: venueId,
        name,
        city: city ?? null,
        country: country ?? null,
        capacity: capacity ?? null,
        time_zone: timeZone ?? null,
      })
      return
    }
    case "concert.upserted": {
      const { data } = event
      rows.concert.push({
        ...envelope,
        concert_id: data.concertId,
        venue_id: data.venueId,
        artist_id: data.artistId ?? null,
        title: data.title,
        concert_date: data.date,
        concert_time: data.time ?? null,
        time_zone: data.timeZone ?? null,
        starts_at_ms: data.startsAt ?? null,
        season: data.season ?? null,
        category: data.category ?? null,
        capacity: data.capacity ?? null,
        price_cents: data.priceCents ?? null,
        currency: data.currency ?? null,
      })
      return
    }
    case "concert.cancelled":
      rows.cancellation.push({ ...envelope, concert_id: event.data.concertId, reason: event.data.reason ?? null })
      return
    case "concert.priced": {
      const { concertId, priceCents, currency } = event.data
      rows.price.push({ ...envelope, concert_id: concertId, price_cents: priceCents, currency })
      return
    }
    case "concert.viewed": {
      const { concertId, viewerId, channel } = event.data
      rows.view.push({ ...envelope, concert_id: concertId, viewer_id: viewerId ?? null, channel: channel ?? null })
      return
    }
    case "artist.followed": {
      const { artistId, followerId, following } = event.data
      rows.follow.push({ ...envelope, artist_id: artistId, follower_id: followerId, following })
      return
    }
    case "ticket.listed":
    case "ticket.sold":
    case "ticket.refunded":
    case "ticket.scanned": {
      const data: TicketData = event.data
      rows.ticket.push({
        ...envelope,
        concert_id: data.concertId,
        quantity: data.quantity,
        price_cents: data.priceCents ?? null,
        currency: data.currency ?? null,
        channel: data.channel ?? null,
        order_id: data.orderId ?? null,
        gate: data.gate ?? null,
        buyer_id: data.buyerId ?? null,
      })
      return
    }
    case "work.performed": {
      const { concertId, position, workId, composer, title, movement, conductor, soloists } = event.data
      rows.work.push({
        ...envelope,
        concert_id: concertId,
        position,
        work_id: workId,
        composer: composer ?? null,
        title,
        movement: movement ?? null,
        conductor: conductor ?? null,
      })
      for (const [index, { name, instrument, role }] of soloists.entries())
        rows.soloist.push({
          ...envelopeOf(placed, `${event.id}:${index + 1}`),
          work_event_id: event.id,
          concert_id: concertId,
          position,
          name,
          instrument: instrument ?? null,
          role: role ?? null,
        })
    }
  }
}

/** What the four ticket events have between them. */
interface TicketData {
  concertId: string
  quantity: number
  priceCents?: number
  currency?: string
  channel?: string
  orderId?: string
  gate?: string
  buyerId?: string
}

/** Every event as rows of the lake. */
export function rowsOf(events: readonly Placed[]): LakeRows {
  const rows = Object.fromEntries(TOPICS.map((table) => [table, []])) as unknown as LakeRows
  for (const placed of events) add(rows, placed)
  return rows
}
