import { parse } from "@backline/core/event"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { startApi } from "../import/testing/api.ts"
import { salesOf, startSales } from "./sales.ts"
import { loadSeason, seasonFor } from "./season.ts"

const NOON = Date.UTC(2026, 10, 21, 12)
const DAY = 86_400_000

function grouped(events: any[], keyOf: (event: any) => string): Map<string, any[]> {
  const groups = new Map<string, any[]>()
  for (const event of events) groups.set(keyOf(event), [...(groups.get(keyOf(event)) ?? []), event])
  return groups
}

describe("the simulated season", () => {
  const season = seasonFor({ seed: "s", now: NOON })
  const of = (type: string): any[] => season.events.filter((event) => event.type === type)

  it("holds only valid events with ids of their own, few enough to load at every start", () => {
    for (const event of season.events) expect(parse(JSON.parse(JSON.stringify(event))).problem).toBeUndefined()
    expect(new Set(season.events.map(({ id }) => id)).size).toBe(season.events.length)
    expect(season.events.every(({ id }) => id.startsWith("sim-"))).toBe(true)
    expect(season.events.length).toBeLessThanOrEqual(6_000)
    expect([of("venue.upserted").length, of("artist.upserted").length, of("concert.upserted").length]).toEqual([42, 60, 400])
    expect(new Set(of("concert.upserted").map(({ data }) => data.category))).toEqual(new Set(["Simulated season"]))
  })

  it("is the same for a seed and day, another one for another", () => {
    expect(seasonFor({ seed: "s", now: NOON + 11 * 3_600_000 })).toEqual(season)
    expect(seasonFor({ seed: "t", now: NOON }).shows).not.toEqual(season.shows)
    const tomorrow = new Set(seasonFor({ seed: "s", now: NOON + DAY }).events.map(({ id }) => id))
    expect(of("concert.upserted").some(({ id }) => tomorrow.has(id))).toBe(false)
  })

  it("lies around today and knows nothing of the future", () => {
    const dates = of("concert.upserted")
      .map(({ data }) => data.date)
      .sort()
    expect(dates[0] >= "2026-08-23" && dates.at(-1)! <= "2027-04-20").toBe(true)
    expect(Math.max(...season.events.map(({ at }) => at))).toBeLessThanOrEqual(NOON)
  })

  it("never sells more than was listed, and sells what is over better than what is to come", () => {
    for (const { sold, listed, wanted } of season.shows) expect(sold <= wanted && wanted <= listed && sold >= 0).toBe(true)
    const share = (over: boolean) => {
      const shows = season.shows.filter(({ startsAt }) => startsAt < NOON === over)
      return shows.reduce((sum, { sold, listed }) => sum + sold / listed, 0) / shows.length
    }
    expect(share(true)).toBeGreaterThan(2 * share(false))
  })

  it("refers only to what it has announced, in that order", () => {
    const known = new Set<string>()
    for (const { type, data } of season.events as any[]) {
      if (type === "venue.upserted") known.add(data.venueId)
      else if (type === "artist.upserted") known.add(data.artistId)
      else if (type === "artist.followed") expect(known.has(data.artistId)).toBe(true)
      else {
        if (type === "concert.upserted") {
          expect(known.has(data.venueId) && known.has(data.artistId)).toBe(true)
          known.add(data.concertId)
        }
        expect(known.has(data.concertId)).toBe(true)
      }
    }
  })
})

describe("what pages show of the season", () => {
  const season = seasonFor({ seed: "s", now: NOON })
  const of = (type: string): any[] => season.events.filter((event) => event.type === type)
  const concerts = new Map(of("concert.upserted").map(({ data }) => [data.concertId, data]))

  it("is sold in the money of the country, at the price of the day", () => {
    const currencies = new Set([...concerts.values()].map(({ currency }) => currency))
    expect([...currencies].sort()).toEqual(["AUD", "CAD", "CHF", "DKK", "EUR", "GBP", "ISK", "JPY", "USD"])
    const prices = of("concert.priced").sort((a, b) => a.at - b.at)
    for (const { at, data } of of("ticket.sold")) {
      const price = prices.findLast((one) => one.data.concertId === data.concertId && one.at <= at)
      expect([data.priceCents, data.currency]).toEqual([price.data.priceCents, concerts.get(data.concertId).currency])
    }
    for (const { priceCents, currency } of concerts.values())
      expect(priceCents % (["JPY", "ISK", "DKK"].includes(currency) ? 100 : 10)).toBe(0)
  })

  it("is sold over weeks, early where fans rush and late where people wait", () => {
    const lead = ({ at, data }: any) => (concerts.get(data.concertId).startsAt - at) / DAY
    const sold = of("ticket.sold").filter(({ data }) => concerts.get(data.concertId).startsAt < NOON)
    const share = (from: number, to: number) => sold.filter((sale) => lead(sale) >= from && lead(sale) < to).length / sold.length
    expect(Math.max(...sold.map(lead))).toBeLessThanOrEqual(100)
    for (const [from, to] of [
      [0, 7],
      [7, 30],
      [30, 60],
      [60, 101],
    ] as const)
      expect(share(from, to)).toBeGreaterThan(0.1)
  })

  it("is bought, looked at and followed by the same few hundred people, who come back to what they like", () => {
    const buyers = of("ticket.sold").flatMap(({ data }) => data.buyerId ?? [])
    expect(buyers.length / of("ticket.sold").length).toBeGreaterThan(0.75)
    const people = new Set([...buyers, ...of("artist.followed").map(({ data }) => data.followerId)])
    expect(people.size).toBeGreaterThan(200)
    for (const id of [...people, ...of("concert.viewed").flatMap(({ data }) => data.viewerId ?? [])])
      expect(id).toMatch(/^sim-person-\d{3}$/)
    const genres = new Map(of("artist.upserted").map(({ data }) => [data.artistId, data.genre]))
    const bought = grouped(
      of("ticket.sold").filter(({ data }) => data.buyerId),
      ({ data }) => data.buyerId,
    )
    const shares = [...bought.values()]
      .filter((orders) => orders.length >= 5)
      .map((orders) => {
        const counts = grouped(orders, ({ data }) => genres.get(concerts.get(data.concertId).artistId))
        return Math.max(...[...counts.values()].map(({ length }) => length)) / orders.length
      })
    // Nine genres; who bought without taste would have a favourite share of about a third in orders so few.
    expect(shares.reduce((sum, share) => sum + share, 0) / shares.length).toBeGreaterThan(0.5)
  })
})

describe("simulated sales", () => {
  const take = (count: number, run: string) => {
    const sales = salesOf({ seed: "s", now: NOON, run })
    return Array.from({ length: count }, () => sales.next().value as any)
  }

  it("are valid, seeded, apart by run, and stay within what is listed", () => {
    const sales = take(5_000, "r1")
    for (const sale of sales) expect(parse({ ...sale, at: NOON }).problem).toBeUndefined()
    const plain = (run: string) => JSON.stringify(take(300, run)).replaceAll(`sim-${run}-`, "")
    expect(plain("r1")).toBe(plain("r2"))
    expect(new Set([...take(300, "r1"), ...take(300, "r2")].map(({ id }) => id)).size).toBe(600)
    const left = new Map(
      seasonFor({ seed: "s", now: NOON }).shows.map(({ concertId, listed, sold }) => [concertId, listed - sold]),
    )
    for (const { type, data } of sales.filter(({ type }) => type === "ticket.sold" || type === "ticket.refunded")) {
      const change = type === "ticket.sold" ? -data.quantity : data.quantity
      left.set(data.concertId, left.get(data.concertId)! + change)
      expect(left.get(data.concertId)).toBeGreaterThanOrEqual(0)
    }
  })

  it("go on in kind: people look, buy by name, and prices change", () => {
    const kinds = grouped(take(3_000, "r"), ({ type }) => type)
    expect([...kinds.keys()].sort()).toEqual(["concert.priced", "concert.viewed", "ticket.refunded", "ticket.sold"])
    expect(kinds.get("ticket.sold")!.filter(({ data }) => data.buyerId).length).toBeGreaterThan(
      kinds.get("ticket.sold")!.length / 2,
    )
    const sold = kinds.get("ticket.sold")!.filter(({ data }) => data.currency === "JPY")
    expect(sold.every(({ data }) => data.priceCents < 50_000)).toBe(true)
  })

  it("go on where everything is sold: then people only look, and take what comes back", () => {
    const late = take(40_000, "r").slice(-2_000)
    expect(late.filter(({ type }) => type === "concert.viewed").length).toBeGreaterThan(1_500)
    expect(late.some(({ type }) => type === "ticket.sold")).toBe(true)
  })

  it("refund only orders that were made", () => {
    const orders = new Map<string, number>()
    for (const { type, data } of take(5_000, "r")) {
      if (type === "ticket.sold") orders.set(data.orderId, data.quantity)
      if (type === "ticket.refunded") expect(orders.get(data.orderId)).toBe(data.quantity)
    }
  })

  let api: Awaited<ReturnType<typeof startApi>>
  beforeEach(async () => {
    api = await startApi()
  })
  afterEach(() => api.stop())

  it("go on through an outage until they are stopped, at about the asked rate", async () => {
    const { accepted, rejected } = await loadSeason({ http: api.http, token: "t", now: NOON })
    expect([accepted, rejected]).toEqual([api.events.length, 0])
    api.events.length = 0
    const before = api.requests.length
    api.control.misbehave = (number) => (number === before + 2 ? { status: 503 } : undefined)
    const errors: unknown[] = []
    const start = Date.now()
    const sales = startSales({ http: api.http, token: "t", rate: 200, onError: (error) => errors.push(error) })
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    await sales.stop()
    // The server may still be busy with what was on its way.
    await new Promise((resolve) => setTimeout(resolve, 300))
    const expected = 200 * ((Date.now() - start) / 1000)
    expect(errors).toEqual([])
    expect(api.events.length).toBeGreaterThan(expected * 0.4)
    expect(api.events.length).toBeLessThan(expected * 1.5)
    const count = api.events.length
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(api.events.length).toBe(count)
  })

  it("end when their signal does, also when nothing answers", async () => {
    const stop = new AbortController()
    const errors: unknown[] = []
    const { done } = startSales({
      http: "http://127.0.0.1:9",
      token: "t",
      rate: 50,
      signal: stop.signal,
      onError: (error) => errors.push(error),
    })
    setTimeout(() => stop.abort(), 400)
    await done
    expect(errors).toEqual([])
  })
})
