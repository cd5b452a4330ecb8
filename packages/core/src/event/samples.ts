import * as fc from "fast-check"
import type { EventInput } from "./types.ts"

/** For tests: one canonical event of every type, with every field. */
export const SAMPLES: EventInput[] = [
  {
    id: "e1",
    type: "artist.upserted",
    at: 1,
    v: 1,
    data: { artistId: "a1", name: "The Nine Lamps", kind: "ensemble", genre: "Jazz" },
  },
  {
    id: "e2",
    type: "venue.upserted",
    at: 2,
    v: 1,
    data: { venueId: "v1", name: "Große Halle", city: "Köln", country: "Germany", capacity: 2000, timeZone: "Europe/Berlin" },
  },
  {
    id: "e3",
    type: "concert.upserted",
    at: -3_000_000_000_000,
    v: 1,
    data: {
      concertId: "c1",
      venueId: "v1",
      artistId: "a1",
      title: "Opening night",
      date: "1842-12-07",
      time: "20:00",
      timeZone: "America/New_York",
      startsAt: -4_009_420_000_000,
      season: "1842-43",
      category: "Subscription",
      capacity: 600,
      priceCents: 250,
      currency: "USD",
    },
  },
  { id: "e4", type: "concert.cancelled", at: 4, v: 1, data: { concertId: "c1", reason: "illness" } },
  { id: "e5", type: "ticket.listed", at: 5, v: 1, data: { concertId: "c1", quantity: 100, priceCents: 4500, currency: "EUR" } },
  {
    id: "e6",
    type: "ticket.sold",
    at: 6,
    v: 2,
    data: { concertId: "c1", orderId: "o1", quantity: 2, priceCents: 4500, currency: "EUR", channel: "web", buyerId: "p1" },
  },
  {
    id: "e7",
    type: "ticket.refunded",
    at: 7,
    v: 2,
    data: { concertId: "c1", orderId: "o1", quantity: 1, priceCents: 4500, currency: "EUR", channel: "web", buyerId: "p1" },
  },
  { id: "e8", type: "ticket.scanned", at: 8, v: 1, data: { concertId: "c1", quantity: 1, gate: "A" } },
  {
    id: "e9",
    type: "work.performed",
    at: 9,
    v: 1,
    data: {
      concertId: "c1",
      position: 1,
      workId: "w1",
      composer: "Dvořák, Antonín",
      title: "Cello Concerto",
      movement: "Adagio",
      conductor: "Ferrand, Ilse",
      soloists: [{ name: "Halloran, Niall", instrument: "Cello", role: "S" }, { name: "Weir, Catriona" }],
    },
  },
  { id: "e10", type: "concert.priced", at: 10, v: 1, data: { concertId: "c1", priceCents: 3900, currency: "EUR" } },
  { id: "e11", type: "concert.viewed", at: 11, v: 1, data: { concertId: "c1", viewerId: "p1", channel: "app" } },
  { id: "e12", type: "artist.followed", at: 12, v: 1, data: { artistId: "a1", followerId: "p1", following: true } },
]

/** Every path to a value inside an event, `data.soloists.0.name` and the like. */
function pathsOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]))]
}

function replaced(value: any, [key, ...rest]: string[], by: unknown): unknown {
  if (key === undefined) return by
  const copy = Array.isArray(value) ? [...value] : { ...value }
  copy[key] = replaced(copy[key], rest, by)
  return copy
}

/** An event with one value anywhere in it replaced by something strange: most are bad, some happen to be fine. */
export const strange = (): fc.Arbitrary<unknown> =>
  fc
    .constantFrom(...SAMPLES)
    .chain((event) =>
      fc
        .tuple(
          fc.constantFrom(...pathsOf(event).filter((path) => path.length > 0)),
          fc.oneof(
            fc.anything({ withNullPrototype: true }),
            fc.constantFrom(
              undefined,
              null,
              "",
              " ",
              "  padded ",
              "\0",
              "\ud800",
              "x".repeat(301),
              "x".repeat(70_000),
              -1,
              0,
              1.5,
              1e308,
              Number.NaN,
              253_402_300_799_000,
              "9999-01-01",
              "2023-02-29",
              "24:00",
              "Mars/Phobos",
              "+02:00",
              "eur",
              [],
              {},
              true,
            ),
            fc.string({ unit: "binary" }),
            fc.integer(),
          ),
        )
        .map(([path, by]) => replaced(event, path, by)),
    )
