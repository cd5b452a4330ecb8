import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import type { Event, EventOf, EventType } from "../../../core/src/event/index.ts"
import { versionOf } from "../../../core/src/event/index.ts"
import type { LakeObject } from "../../../core/src/lake/object.ts"
import { query, transaction } from "../../../core/src/warehouse/index.ts"
import { load } from "../../../core/src/warehouse/load/index.ts"
import { migrate } from "../../../core/src/warehouse/migrate.ts"
import { startStores, toLake } from "./stores.ts"

let stores: Awaited<ReturnType<typeof startStores>>
beforeAll(async () => {
  stores = await startStores()
  await migrate()
})
afterAll(() => stores.stop())

let sequence = 0
beforeEach(async () => {
  sequence += 1_000
  stores.clock.advance(9 * 3_600_000) // past the memory of ClientTokens
  await transaction(
    ["dim_concert", "dim_venue", "fact_ticket", "fact_view", "fact_follow", "fact_price", "agg_concert", "agg_sale"].map(
      (table) => `DELETE FROM core.${table}`,
    ),
    { name: "clear" },
  )
})

const event = <T extends EventType>(id: string, type: T, at: number, data: EventOf<T>["data"]): Event =>
  ({ id, type, at, v: versionOf(type), data }) as Event
const sold = (id: string, at: number, quantity: number, priceCents: number, currency: string, concertId = "c") =>
  event(id, "ticket.sold", at, { concertId, orderId: id, quantity, priceCents, currency, buyerId: "p1" })
const refunded = (id: string, at: number, quantity: number, priceCents: number, currency: string, concertId = "c") =>
  event(id, "ticket.refunded", at, { concertId, orderId: id, quantity, priceCents, currency })
const concert = event("c", "concert.upserted", 1, { concertId: "c", venueId: "v", title: "Gala", date: "2024-05-20" })
const venue = (timeZone: string, at = 1) => event(`v-${timeZone}`, "venue.upserted", at, { venueId: "v", name: "Hall", timeZone })

const arrive = async (...events: Event[]): Promise<LakeObject[]> => {
  const objects = await toLake(events, (sequence += 10))
  await load(objects, { attempt: 1 })
  return objects
}

async function sales() {
  const { rows } = await query(
    `SELECT CAST(sale_day AS DATE) AS sale_day, CAST(currency AS VARCHAR(3)) AS currency, CAST(sold AS BIGINT) AS sold, CAST(refunded AS BIGINT) AS refunded,
  CAST(sold_minor AS BIGINT) AS sold_minor, CAST(refunded_minor AS BIGINT) AS refunded_minor FROM core.agg_sale ORDER BY sale_day, currency`,
    {},
    {
      sale_day: "date",
      currency: "text",
      sold: "integer",
      refunded: "integer",
      sold_minor: "integer",
      refunded_minor: "integer",
    },
  )
  return rows.map((row) => Object.values(row))
}

/** 22:30 in Los Angeles, 07:30 of the next day in Berlin. */
const EVENING = Date.UTC(2024, 4, 1, 5, 30)

test("sales are counted by the day of the sale in the venue's zone, each currency apart", async () => {
  await arrive(venue("America/Los_Angeles"), concert)
  await arrive(
    sold("a", EVENING, 2, 5_000, "USD"),
    sold("b", EVENING, 1, 900, "JPY"),
    refunded("r", EVENING, 1, 5_000, "USD"),
    sold("d", EVENING + 2 * 3_600_000, 3, 5_000, "USD"),
  )
  expect(await sales()).toEqual([
    ["2024-04-30", "JPY", 1, 0, 900, 0],
    ["2024-04-30", "USD", 2, 1, 10_000, 5_000],
    ["2024-05-01", "USD", 3, 0, 15_000, 0],
  ])
})

test("a zone that is learned or corrected after the sales moves them to its days", async () => {
  await arrive(sold("a", EVENING, 2, 5_000, "USD"))
  expect(await sales()).toEqual([["2024-05-01", "USD", 2, 0, 10_000, 0]])
  await arrive(concert)
  await arrive(venue("America/Los_Angeles"))
  expect(await sales()).toEqual([["2024-04-30", "USD", 2, 0, 10_000, 0]])
  await arrive(venue("Europe/Berlin", 2))
  expect(await sales()).toEqual([["2024-05-01", "USD", 2, 0, 10_000, 0]])
  // The concert's own zone counts more than its venue's.
  await arrive({ ...concert, at: 3, data: { ...concert.data, timeZone: "Pacific/Honolulu" } } as Event)
  expect(await sales()).toEqual([["2024-04-30", "USD", 2, 0, 10_000, 0]])
})

test("an event that comes late corrects the day it belongs to, and one delivered again changes nothing", async () => {
  await arrive(venue("Europe/Berlin"), concert, sold("a", EVENING, 2, 5_000, "EUR"))
  const late = sold("late", EVENING - 60 * 86_400_000, 1, 4_000, "EUR")
  await arrive(late)
  const after = await sales()
  expect(after).toEqual([
    ["2024-03-02", "EUR", 1, 0, 4_000, 0],
    ["2024-05-01", "EUR", 2, 0, 10_000, 0],
  ])
  await arrive(late)
  expect(await sales()).toEqual(after)
})

test("facts say whether their time can be believed, and none is dropped for it", async () => {
  // toLake's records arrive at 2024-05-01 10:00 UTC.
  const arrived = Date.UTC(2024, 4, 1, 10)
  await arrive(
    sold("ok", arrived - 1_000, 1, 100, "EUR"),
    sold("late", arrived - 48 * 3_600_000, 1, 100, "EUR"),
    sold("early", arrived + 15 * 60_000, 1, 100, "EUR"),
    sold("decade", arrived + 3_650 * 86_400_000, 1, 100, "EUR"),
  )
  const { rows } = await query(
    "SELECT CAST(event_id AS VARCHAR(80)) AS event_id, CAST(timing AS VARCHAR(8)) AS timing FROM core.fact_ticket ORDER BY event_id",
    {},
    { event_id: "text", timing: "text" },
  )
  expect(rows.map(({ event_id, timing }) => [event_id, timing])).toEqual([
    ["decade", "early"],
    ["early", "early"],
    ["late", "late"],
    ["ok", "ok"],
  ])
})

test("views, follows and prices become facts; a file of an older version loads beside one of today", async () => {
  await arrive(
    event("p", "concert.priced", 1, { concertId: "c", priceCents: 4_500, currency: "EUR" }),
    event("w", "concert.viewed", 2, { concertId: "c", viewerId: "p1" }),
    event("f", "artist.followed", 3, { artistId: "a", followerId: "p1", following: true }),
    event("g", "artist.followed", 4, { artistId: "a", followerId: "p1", following: false }),
  )
  const counted = await query(
    `SELECT CAST((SELECT COUNT(*) FROM core.fact_price) AS BIGINT) AS prices, CAST((SELECT COUNT(*) FROM core.fact_view) AS BIGINT) AS views,
  CAST((SELECT COUNT(*) FROM core.fact_follow WHERE following) AS BIGINT) AS follows`,
    {},
    { prices: "integer", views: "integer", follows: "integer" },
  )
  expect(counted.rows).toEqual([{ prices: 1, views: 1, follows: 1 }])

  const [today] = await toLake([sold("new", EVENING, 1, 100, "EUR")], (sequence += 10))
  const [before] = await toLake([sold("old", EVENING, 2, 100, "EUR")], (sequence += 10))
  // A file as it was written before tickets knew their buyer: the same bytes without the last column.
  const { parquetOf } = await import("../../../core/src/lake/parquet.ts")
  const { rowsOf } = await import("../../../core/src/lake/rows.ts")
  const { ticket } = rowsOf([
    { event: sold("old", EVENING, 2, 100, "EUR"), shard: "shardId-000000000000", sequence: "7", arrivedAt: EVENING },
  ])
  const old = { ...before!, key: before!.key.replace("events/v=2/", "events/v=1/") }
  const bytes = parquetOf("ticket", ticket, 1)
  stores.objects.set(`/${stores.bucket}/${old.key}`, Buffer.from(bytes))
  await load([today!, { ...old, bytes: bytes.byteLength }], { attempt: 1 })
  const { rows } = await query(
    "SELECT CAST(event_id AS VARCHAR(80)) AS event_id, CAST(buyer_id AS VARCHAR(64)) AS buyer_id FROM core.fact_ticket ORDER BY event_id",
    {},
    { event_id: "text", buyer_id: "text?" },
  )
  expect(rows).toEqual([
    { event_id: "new", buyer_id: "p1" },
    { event_id: "old", buyer_id: null },
  ])
})
