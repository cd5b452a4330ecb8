import * as z from "zod"
import { canonical, flag, list, whole } from "./canonical.ts"
import { Capacity, Currency, Day, Id, Instant, PriceCents, Text, Time, TimeZone } from "./fields.ts"

/** What an order of tickets says since its second version: who bought, where the producer knows. */
const ORDER_V1 = {
  concertId: Id,
  orderId: Id,
  quantity: whole(1, 50),
  priceCents: PriceCents,
  currency: Currency,
  channel: Text.optional(),
}
const Order = z.strictObject({ ...ORDER_V1, buyerId: Id.optional() })

/** Every type of event in its current version; a new one is added here, in `lake/rows.ts` and in the producer's guide. */
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
  /** From now on a ticket costs this; the prices of a concert are a history. */
  "concert.priced": z.strictObject({ concertId: Id, priceCents: PriceCents, currency: Currency }),
  /** Somebody looked at a concert's page. */
  "concert.viewed": z.strictObject({ concertId: Id, viewerId: Id.optional(), channel: Text.optional() }),
  /** Somebody follows an artist from now on, or (`following: false`) no more. */
  "artist.followed": z.strictObject({ artistId: Id, followerId: Id, following: flag(true) }),
  /** Final: a cancelled concert stays cancelled. */
  "concert.cancelled": z.strictObject({ concertId: Id, reason: Text.optional() }),
  "ticket.listed": z.strictObject({
    concertId: Id,
    quantity: whole(1, 100_000),
    priceCents: PriceCents,
    currency: Currency,
  }),
  "ticket.sold": Order,
  "ticket.refunded": Order,
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

/** A version that producers may still write and streams may still hold; `up` makes it the next one. */
interface Older {
  schema: z.ZodType
  up(data: Record<string, unknown>): Record<string, unknown>
}

/**
 * Versions before the current one, oldest first; version 1 where a type is not here. A change of a schema is a new version with the way up from the
 * one before it, so what was written years ago is still read.
 */
const OLDER: { readonly [T in EventType]?: readonly Older[] } = {
  "ticket.sold": [{ schema: z.strictObject(ORDER_V1), up: (data) => data }],
  "ticket.refunded": [{ schema: z.strictObject(ORDER_V1), up: (data) => data }],
}

/** The version in which events of a type are stored. */
export const versionOf = (type: EventType): number => (OLDER[type]?.length ?? 0) + 1

/** An event as it is stored in the stream, in the current version of its type. */
export type EventOf<T extends EventType> = { id: string; type: T; at: number; v: number; data: z.output<(typeof DATA)[T]> }
export type Event = { [T in EventType]: EventOf<T> }[EventType]
/** An event as a producer may write it, before trimming and defaults. */
export type EventInput = {
  [T in EventType]: { id: string; type: T; at: number; v: number; data: z.input<(typeof DATA)[T]> }
}[EventType]

const envelope = (type: EventType, v: number, data: z.ZodType) =>
  z.strictObject({ id: Id, type: z.literal(type), at: Instant, v: z.literal(v), data })

interface Checked {
  schema: z.ZodType<Event>
  /** True for what the schema would return as it is. */
  isCanonical(value: unknown): boolean
  /** Schemas of older versions by their number; what they return is the current version. */
  older: ReadonlyMap<unknown, z.ZodType<Event>>
}

function olderOf(type: EventType): Checked["older"] {
  const versions = OLDER[type] ?? []
  const current = versions.length + 1
  return new Map(
    versions.map(({ schema }, index) => [
      index + 1,
      envelope(type, index + 1, schema).transform((event) => ({
        ...event,
        v: current,
        data: versions.slice(index).reduce((data, { up }) => up(data), event.data as Record<string, unknown>),
      })) as unknown as z.ZodType<Event>,
    ]),
  )
}

/** One compiled schema per type and version, found by their names: a union would try them one after the other. */
export const SCHEMAS: ReadonlyMap<unknown, Checked> = new Map(
  EVENT_TYPES.map((type) => {
    const schema = envelope(type, versionOf(type), DATA[type])
    return [type, { schema: schema as unknown as z.ZodType<Event>, isCanonical: canonical(schema), older: olderOf(type) }]
  }),
)
