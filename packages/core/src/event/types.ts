import * as z from "zod"
import { canonical, list, whole } from "./canonical.ts"
import { Capacity, Currency, Day, Id, Instant, PriceCents, Text, Time, TimeZone } from "./fields.ts"

/** Every type of event; a new one is added here, in `lake/rows.ts` and in the producer's guide. */
const DATA = {
  "artist.upserted": z.strictObject({
    artistId: Id,
    name: Text,
    kind: z.enum(["person", "ensemble"]).optional(),
    genre: Text.optional(),
  }),
  "venue.upserted": z.strictObject({
    venueId: Id,
    name: Text,
    city: Text.optional(),
    country: Text.optional(),
    capacity: Capacity.optional(),
    timeZone: TimeZone.optional(),
  }),
  "concert.upserted": z.strictObject({
    concertId: Id,
    venueId: Id,
    artistId: Id.optional(),
    title: Text,
    /** Calendar day at the venue; analytics go by it. */
    date: Day,
    time: Time.optional(),
    timeZone: TimeZone.optional(),
    startsAt: Instant.optional(),
    season: Text.optional(),
    category: Text.optional(),
    capacity: Capacity.optional(),
    priceCents: PriceCents.optional(),
    currency: Currency.optional(),
  }),
  /** Final: a cancelled concert stays cancelled. */
  "concert.cancelled": z.strictObject({ concertId: Id, reason: Text.optional() }),
  "ticket.listed": z.strictObject({
    concertId: Id,
    quantity: whole(1, 100_000),
    priceCents: PriceCents,
    currency: Currency,
  }),
  "ticket.sold": z.strictObject({
    concertId: Id,
    orderId: Id,
    quantity: whole(1, 50),
    priceCents: PriceCents,
    currency: Currency,
    channel: Text.optional(),
  }),
  "ticket.refunded": z.strictObject({
    concertId: Id,
    orderId: Id,
    quantity: whole(1, 50),
    priceCents: PriceCents,
    currency: Currency,
    channel: Text.optional(),
  }),
  "ticket.scanned": z.strictObject({
    concertId: Id,
    quantity: whole(1, 100_000),
    gate: Text.optional(),
  }),
  "work.performed": z.strictObject({
    concertId: Id,
    /** Place in the programme, from 1. */
    position: whole(1, 1_000_000),
    workId: Id,
    composer: Text.optional(),
    title: Text,
    movement: Text.optional(),
    conductor: Text.optional(),
    soloists: list(z.strictObject({ name: Text, instrument: Text.optional(), role: Text.optional() }), 200),
  }),
} as const

export type EventType = keyof typeof DATA
export const EVENT_TYPES = Object.keys(DATA) as EventType[]

/** An event as it is stored in the stream. */
export type EventOf<T extends EventType> = { id: string; type: T; at: number; v: 1; data: z.output<(typeof DATA)[T]> }
export type Event = { [T in EventType]: EventOf<T> }[EventType]
/** An event as a producer may write it, before trimming and defaults. */
export type EventInput = {
  [T in EventType]: { id: string; type: T; at: number; v: 1; data: z.input<(typeof DATA)[T]> }
}[EventType]

const envelope = <T extends EventType>(type: T) =>
  z.strictObject({ id: Id, type: z.literal(type), at: Instant, v: z.literal(1), data: DATA[type] })

interface Checked {
  schema: z.ZodType<Event>
  /** True for what the schema would return as it is. */
  isCanonical(value: unknown): boolean
}

/** One compiled schema per type, found by the type's name: a union would try them one after the other. */
export const SCHEMAS: ReadonlyMap<unknown, Checked> = new Map(
  EVENT_TYPES.map((type) => {
    const schema = envelope(type)
    return [type, { schema: schema as unknown as z.ZodType<Event>, isCanonical: canonical(schema) }]
  }),
)
