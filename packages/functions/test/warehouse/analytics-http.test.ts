import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda"
import { afterAll, beforeAll, expect, test } from "vitest"
import type { Event } from "../../../core/src/event/index.ts"
import { load } from "../../../core/src/warehouse/load/index.ts"
import { migrate } from "../../../core/src/warehouse/migrate.ts"
import { startPeople } from "../../../core/test/people.ts"
import { startStores, toLake } from "./stores.ts"
import { handler as analyticsConcert } from "../../src/http/analytics-concert.ts"
import { handler as analyticsSales } from "../../src/http/analytics-sales.ts"
import { handler as analyticsTop } from "../../src/http/analytics-top.ts"
import { handler as artist } from "../../src/http/artist-get.ts"
import { handler as concert } from "../../src/http/concert-get.ts"
import { handler as concerts } from "../../src/http/concerts-list.ts"
import { handler as venue } from "../../src/http/venue-get.ts"
import { handler as popularity } from "../../src/http/venues-popularity.ts"

const at = 1_700_000_000_000
const EVENTS: Event[] = [
  { id: "e1", type: "venue.upserted", at, v: 1, data: { venueId: "v1", name: "Hall", city: "Berlin", capacity: 10 } },
  { id: "e2", type: "venue.upserted", at, v: 1, data: { venueId: "v2", name: "Hall", city: "Boston, MA" } },
  { id: "e3", type: "artist.upserted", at, v: 1, data: { artistId: "a1", name: "Quartet", kind: "ensemble" } },
  ...["2024-05-01", "2024-05-02", "2024-02-01"].map((date, n): Event => ({
    id: `c${n}`,
    type: "concert.upserted",
    at,
    v: 1,
    data: { concertId: `c${n}`, venueId: n === 1 ? "v2" : "v1", artistId: "a1", title: `Concert ${n}`, date, startsAt: at + n },
  })),
  {
    id: "t1",
    type: "ticket.sold",
    at,
    v: 1,
    data: { concertId: "c0", orderId: "o1", quantity: 5, priceCents: 1_000, currency: "EUR" },
  },
  {
    id: "t2",
    type: "ticket.refunded",
    at,
    v: 1,
    data: { concertId: "c0", orderId: "o1", quantity: 1, priceCents: 1_000, currency: "EUR" },
  },
  {
    id: "w1",
    type: "work.performed",
    at,
    v: 1,
    data: {
      concertId: "c0",
      position: 1,
      workId: "w",
      composer: "Bach",
      title: "Suite",
      soloists: [{ name: "Casals", instrument: "Cello" }],
    },
  },
]

let stores: Awaited<ReturnType<typeof startStores>>
let people: Awaited<ReturnType<typeof startPeople>>
beforeAll(async () => {
  people = await startPeople()
  stores = await startStores()
  // Each has an engine of its own; who calls is asked about, and the other one keeps no answers.
  await migrate()
  await load(await toLake(EVENTS, 1), { attempt: 1 })
})
afterAll(async () => {
  await stores.stop()
  await people.stop()
})

type Handler = (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>
const claims = { sub: "u1", token_use: "access", "cognito:groups": "[member]" }

async function get(handler: Handler, query: Record<string, string> = {}, path: Record<string, string> = {}) {
  const event = {
    routeKey: "GET /x",
    queryStringParameters: query,
    pathParameters: path,
    requestContext: { requestId: "r1", authorizer: { jwt: { claims } } },
  }
  const { statusCode, body } = await handler(event as unknown as APIGatewayProxyEventV2)
  return { status: statusCode, body: JSON.parse(String(body)) }
}

test("GET /venues/popularity answers as documented", async () => {
  const { status, body } = await get(popularity, { from: "2024-05-01", to: "2024-06-01", by: "concerts" })
  expect(status).toBe(200)
  expect(body).toEqual({
    asOf: expect.any(Number),
    from: "2024-05-01",
    to: "2024-06-01",
    explain: expect.stringContaining("score"),
    items: [
      {
        rank: 1,
        venueId: "v1",
        name: "Hall",
        city: "Berlin",
        concerts: 1,
        ticketsSold: 4,
        revenueCents: 4_000,
        amounts: [{ currency: "EUR", minor: 4_000 }],
        sellThrough: 0.4,
        score: 88,
        trend: null,
      },
      {
        rank: 2,
        venueId: "v2",
        name: "Hall",
        city: "Boston, MA",
        concerts: 1,
        ticketsSold: 0,
        revenueCents: 0,
        amounts: [],
        sellThrough: null,
        score: 50,
        trend: null,
      },
    ],
  })
  expect(
    (await get(popularity, { from: "2024-05-01", to: "2024-06-01", city: "boston" })).body.items.map(
      (item: { venueId: string }) => item.venueId,
    ),
  ).toEqual(["v2"])
  expect((await get(popularity, { from: "1950-01-01", to: "1960-01-01" })).body.items).toEqual([])
  expect((await get(popularity, { from: "2024-03-16", to: "2024-05-02", limit: "1" })).body.items[0]).toMatchObject({ trend: 0 })
})

test.each([
  { days: "3", from: "2024-01-01" },
  { days: "0" },
  { days: "3651" },
  { limit: "0" },
  { limit: "101" },
  { by: "fame" },
  { from: "2024-13-01" },
  { from: "2024-05-02", to: "2024-05-01" },
])("popularity refuses %o with the path of the problem", async (query) => {
  const { status, body } = await get(popularity, { ...query } as unknown as Record<string, string>)
  expect(status).toBe(400)
  expect(body).toMatchObject({
    code: expect.stringMatching(/^input\./),
    requestId: "r1",
    details: [{ path: expect.any(String) }],
  })
})

test("GET /concerts pages by cursor", async () => {
  const first = await get(concerts, { limit: "2" })
  expect(first.body.items.map((item: { concertId: string }) => item.concertId)).toEqual(["c2", "c0"])
  const second = await get(concerts, { limit: "2", cursor: first.body.next })
  expect(second.body.items.map((item: { concertId: string }) => item.concertId)).toEqual(["c1"])
  expect(second.body).not.toHaveProperty("next")
  expect((await get(concerts, { composer: "bach" })).body.items).toHaveLength(1)
})

test("details carry the producer's ids and the programme", async () => {
  expect((await get(concert, {}, { id: "c0" })).body).toMatchObject({
    concertId: "c0",
    date: "2024-05-01",
    startsAt: at,
    venue: "Hall",
    artist: "Quartet",
    ticketsSold: 4,
    works: [{ workId: "w", composer: "Bach", soloists: [{ name: "Casals", instrument: "Cello", role: null }] }],
  })
  expect((await get(venue, {}, { id: "v1" })).body).toMatchObject({
    venueId: "v1",
    capacity: 10,
    concerts: 2,
    firstDate: "2024-02-01",
    revenueCents: 4_000,
    amounts: [{ currency: "EUR", minor: 4_000 }],
  })
  expect((await get(artist, {}, { id: "a1" })).body).toMatchObject({ artistId: "a1", kind: "ensemble", concerts: 3 })
  expect(await get(venue, {}, { id: "v9" })).toMatchObject({ status: 404, body: { code: "missing.venue" } })
})

test("GET /analytics/sales answers as documented and names its calendar", async () => {
  const { status, body } = await get(analyticsSales, { concert: "c0" })
  expect(status).toBe(200)
  expect(body).toEqual({
    asOf: expect.any(Number),
    of: "sale",
    by: "day",
    calendar: expect.stringContaining("day of the sale"),
    from: null,
    to: null,
    items: [{ period: "2023-11-14", tickets: 4, amounts: [{ currency: "EUR", minor: 4_000 }] }],
    explain: expect.stringContaining("ISO 4217"),
  })
  const byConcert = await get(analyticsSales, {
    of: "concert",
    by: "month",
    from: "2024-01-01",
    to: "2025-01-01",
    city: "berlin",
  })
  expect(byConcert.body).toMatchObject({
    of: "concert",
    calendar: expect.stringContaining("day of the concert"),
    from: "2024-01-01",
    items: [{ period: "2024-05", tickets: 4 }],
  })
  // 14 November 2023 was a Tuesday; weeks are named by their Monday.
  expect((await get(analyticsSales, { by: "week", concert: "c0" })).body.items[0].period).toBe("2023-11-13")
  expect((await get(analyticsSales, {})).body).toMatchObject({ items: [], from: expect.stringMatching(/^\d{4}-/) })
})

test.each([
  [{ from: "2024-05-02", to: "2024-05-02" }, "input.window", 400],
  [{ from: "1900-01-01", to: "2100-01-01" }, "input.window", 400],
  [{ by: "year" }, "input.invalid", 400],
  [{ of: "tickets" }, "input.invalid", 400],
  [{ from: "2024-02-30" }, "input.invalid", 400],
  [{ concert: "c9" }, "missing.concert", 404],
] as [Record<string, string>, string, number][])("GET /analytics/sales refuses %o with %s", async (query, code, status) => {
  const answer = await get(analyticsSales, query)
  expect([answer.status, answer.body.code]).toEqual([status, code])
  expect(answer.body.message.length).toBeGreaterThan(20)
})

test("GET /analytics/top and /analytics/concerts/{id} answer as documented", async () => {
  const window = { from: "2024-01-01", to: "2025-01-01" }
  expect((await get(analyticsTop, { of: "artists", by: "revenue", ...window })).body).toMatchObject({
    of: "artists",
    by: "revenue",
    calendar: expect.stringContaining("concert"),
    items: [{ rank: 1, artistId: "a1", name: "Quartet", concerts: 3, ticketsSold: 4, revenueCents: 4_000 }],
  })
  expect((await get(analyticsTop, { of: "works", ...window })).body.items).toMatchObject([
    { rank: 1, name: "Suite", detail: "Bach", concerts: 1, ticketsSold: 4, amounts: [{ currency: "EUR", minor: 4_000 }] },
  ])
  expect((await get(analyticsTop, { of: "cities", by: "concerts", ...window })).body.items.map((item: any) => item.name)).toEqual(
    ["Berlin", "Boston, MA"],
  )
  expect((await get(analyticsTop, window)).body.code).toBe("input.invalid")
  expect((await get(analyticsConcert, {}, { id: "c0" })).body).toMatchObject({
    concertId: "c0",
    capacity: 10,
    tickets: { listed: 0, sold: 5, refunded: 1, scanned: 0 },
    amounts: [{ currency: "EUR", minor: 4_000 }],
    prices: [],
    views: [],
    timeZone: "UTC",
  })
  expect(await get(analyticsConcert, {}, { id: "c9" })).toMatchObject({ status: 404, body: { code: "missing.concert" } })
})
