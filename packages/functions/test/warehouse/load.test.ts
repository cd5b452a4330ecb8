import { PutCommand, QueryCommand } from "@backline/core/dynamo"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { currentVersion } from "../../../core/src/analytics/version.ts"
import { dynamo } from "../../../core/src/aws.ts"
import type { Event } from "../../../core/src/event/index.ts"
import type { LakeObject } from "../../../core/src/lake/object.ts"
import { pendingItem, pendingPartition } from "../../../core/src/ingest/table.ts"
import { query, transaction } from "../../../core/src/warehouse/index.ts"
import { load } from "../../../core/src/warehouse/load/index.ts"
import { migrate } from "../../../core/src/warehouse/migrate.ts"
import { modelOf } from "./model.ts"
import { random, season } from "./season.ts"
import { startStores, toLake } from "./stores.ts"

let stores: Awaited<ReturnType<typeof startStores>>
beforeAll(async () => {
  stores = await startStores()
  await migrate()
})
afterAll(() => stores.stop())

const TABLES = [
  "core.dim_artist",
  "core.dim_venue",
  "core.dim_concert",
  "core.dim_cancellation",
  "core.fact_ticket",
  "core.fact_work",
  "core.fact_soloist",
  "core.agg_concert",
  "ops.load_ledger",
  "ops.load_batch",
  "ops.rejected_event",
]
beforeEach(async () => {
  stores.clock.advance(9 * 3_600_000) // past the memory of ClientTokens
  await transaction(
    TABLES.map((table) => `DELETE FROM ${table}`),
    { name: "clear" },
  )
})

const once = (objects: readonly LakeObject[]) => load(objects, { attempt: 1 })
const count = async (table: string): Promise<number> =>
  (await query(`SELECT CAST(COUNT(*) AS BIGINT) AS n FROM ${table}`, {}, { n: "integer" })).rows[0]!.n

async function aggregates() {
  const { rows } = await query(
    `SELECT CAST(concert_id AS VARCHAR(64)) AS concert_id, CAST(listed AS BIGINT) AS listed, CAST(sold AS BIGINT) AS sold, CAST(refunded AS BIGINT) AS refunded,
  CAST(scanned AS BIGINT) AS scanned, CAST(revenue_cents AS BIGINT) AS revenue FROM core.agg_concert ORDER BY concert_id`,
    {},
    { concert_id: "text", listed: "integer", sold: "integer", refunded: "integer", scanned: "integer", revenue: "integer" },
  )
  return new Map(rows.map(({ concert_id, ...sums }) => [concert_id, sums]))
}

const VENUES_SQL = `SELECT CAST(venue_id AS VARCHAR(64)) AS venue_id, CAST(name AS VARCHAR(900)) AS name, CAST(city AS VARCHAR(900)) AS city,
  CAST(capacity AS INTEGER) AS capacity FROM core.dim_venue ORDER BY venue_id`

/** Everything the warehouse holds, against the model of the events. */
async function expectExact(events: readonly Event[]): Promise<void> {
  const model = modelOf(events)
  const ofType = (prefix: string) => model.distinct.filter(({ type }) => type.startsWith(prefix))
  expect(await count("core.fact_ticket")).toBe(ofType("ticket.").length)
  expect(await count("core.fact_work")).toBe(model.works.length)
  expect(await count("core.fact_soloist")).toBe(model.works.reduce((sum, { soloists }) => sum + soloists.length, 0))
  expect(await count("core.dim_concert")).toBe(model.concerts.size)
  expect(await count("core.dim_cancellation")).toBe(model.cancelled.size)
  expect(await aggregates()).toEqual(new Map([...model.tickets].sort(([a], [b]) => (a < b ? -1 : 1))))
  const { rows } = await query(VENUES_SQL, {}, { venue_id: "text", name: "text", city: "text?", capacity: "integer?" })
  const venues = [...model.venues.values()].map(({ venueId, name, city, capacity }) => ({
    venue_id: venueId,
    name,
    city: city ?? null,
    capacity: capacity ?? null,
  }))
  expect(rows).toEqual(venues.toSorted((a, b) => (a.venue_id < b.venue_id ? -1 : 1)))
  expect(await count("ops.rejected_event")).toBe(0)
}

test("batches in any order, with repeats, overlaps and replays, leave exactly what the events say", async () => {
  for (const seed of [1, 2]) {
    const r = random(seed)
    const events = season(r)
    const batches: LakeObject[][] = []
    for (let first = 0; first < events.length; first += 25) {
      const part = events.slice(first, first + 25)
      batches.push(await toLake(part, first + 1))
      if (r.chance(0.4)) batches.push(await toLake(part.slice(0, 12), first + 1)) // a bisected retry overlaps
      if (r.chance(0.4)) batches.push(batches.at(-1)!)
    }
    for (const batch of r.shuffle(batches)) await once(batch)
    await once(batches.flat()) // all again, as other batches
    await expectExact(events)
    await transaction(
      TABLES.map((table) => `DELETE FROM ${table}`),
      { name: "clear" },
    )
    stores.clock.advance(9 * 3_600_000)
  }
}, 120_000)

test("two loaders at once with the same and with overlapping objects insert every row once", async () => {
  const events = season(random(7))
  const [a, b, overlap] = [
    await toLake(events.slice(0, 60), 1),
    await toLake(events.slice(60), 61),
    await toLake(events.slice(30, 90), 31),
  ]
  await Promise.all([once(a), once(a), once(overlap), once([...a, ...b]), once(b)])
  await expectExact(events)
})

test("a replay after the token was forgotten changes nothing, not even the ledger", async () => {
  const events = season(random(11))
  const objects = await toLake(events, 1)
  await once(objects)
  const before = [await count("ops.load_ledger"), await count("ops.load_batch")]
  stores.clock.advance(9 * 3_600_000)
  await once(objects)
  expect([await count("ops.load_ledger"), await count("ops.load_batch")]).toEqual(before)
  expect(before).toEqual([objects.length, objects.length])
  await expectExact(events)
})

test("a batch with an object that cannot be read loads nothing; a later delivery loads it once it is there", async () => {
  const events = season(random(13))
  const objects = (await toLake(events, 1)).filter(({ table }) => table === "ticket")
  const path = `/${stores.bucket}/${objects[0]!.key}`
  const bytes = stores.objects.get(path)!
  stores.objects.delete(path)
  await expect(once(objects)).rejects.toMatchObject({ code: "internal.query_failed" })
  await expect(once(objects)).rejects.toMatchObject({ code: "internal.query_failed" })
  expect([await count("core.fact_ticket"), await count("ops.load_ledger")]).toEqual([0, 0])
  stores.objects.set(path, bytes)
  await load(objects, { attempt: 2 })
  expect(await aggregates()).toEqual(new Map([...modelOf(events).tickets].sort(([a], [b]) => (a < b ? -1 : 1))))
})

test("rows that are no events are recorded once with their reason, and their neighbours are loaded", async () => {
  const sold = (id: string, quantity: number, priceCents: number): Event => ({
    id,
    type: "ticket.sold",
    at: 1_700_000_000_000,
    v: 1,
    data: { concertId: "c1", orderId: "o", quantity, priceCents, currency: "USD" },
  })
  const late: Event = { ...sold("late", 1, 100), at: 9_000_000_000_000_000 }
  const bad = await toLake([sold("good", 2, 100), sold("none", 0, 100), sold("negative", 1, -5), late], 1)
  await once(bad)
  await load(await toLake([sold("none", 0, 100), sold("other", 1, 100)], 2), { attempt: 1 })
  const { rows } = await query(
    "SELECT CAST(event_id AS VARCHAR(80)) AS event_id, CAST(reason AS VARCHAR(64)) AS reason FROM ops.rejected_event ORDER BY event_id",
    {},
    { event_id: "text", reason: "text" },
  )
  expect(rows).toEqual([
    { event_id: "late", reason: "recorded_at_ms is out of range" },
    { event_id: "negative", reason: "price_cents is negative" },
    { event_id: "none", reason: "quantity is out of range" },
  ])
  expect(await aggregates()).toEqual(new Map([["c1", { listed: 0, sold: 3, refunded: 0, scanned: 0, revenue: 300 }]]))
})

test("after the load the pending rows are gone and the data version has risen", async () => {
  const objects = await toLake(season(random(17)), 1)
  const other = await toLake(season(random(18)).slice(0, 10), 5_000)
  for (const object of [...objects, ...other])
    await dynamo().send(new PutCommand({ TableName: "ingest", Item: pendingItem(object, 1) }))
  const before = await currentVersion()
  await once(objects)
  const { Items = [] } = await dynamo().send(
    new QueryCommand({
      TableName: "ingest",
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": pendingPartition("concert", "shardId-000000000000") },
      ConsistentRead: true,
    }),
  )
  expect(Items.map(({ key }) => key).sort()).toEqual(other.map(({ key }) => key).sort())
  const after = await currentVersion()
  expect(after.version).toBeGreaterThan(before.version)
  expect(after.loadedAt).toBeGreaterThan(Date.now() - 60_000)
})

test("a concert, its venue and its tickets may arrive in any order; instants before 1970 are kept to the millisecond", async () => {
  const at = 1_700_000_000_000
  const ticket: Event = {
    id: "t",
    type: "ticket.sold",
    at,
    v: 1,
    data: { concertId: "c", orderId: "o", quantity: 2, priceCents: 500, currency: "USD" },
  }
  const concert: Event = {
    id: "c",
    type: "concert.upserted",
    at,
    v: 1,
    data: { concertId: "c", venueId: "v", title: "First", date: "1842-12-07", startsAt: -4_009_000_000_123 },
  }
  await once(await toLake([ticket], 1))
  await once(await toLake([concert], 2))
  const { rows } = await query(
    "SELECT CAST(concert_date AS DATE) AS concert_date, CAST(starts_at AS TIMESTAMP) AS starts_at, CAST(starts_at_ms AS BIGINT) AS starts_at_ms FROM core.dim_concert",
    {},
    { concert_date: "date", starts_at: "timestamp", starts_at_ms: "integer" },
  )
  expect(rows).toEqual([{ concert_date: "1842-12-07", starts_at: -4_009_000_000_000, starts_at_ms: -4_009_000_000_123 }])
  expect((await aggregates()).get("c")).toMatchObject({ sold: 2, revenue: 1_000 })
})
