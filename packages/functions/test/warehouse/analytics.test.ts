import fc from "fast-check"
import { afterAll, beforeAll, expect, test } from "vitest"
import { run, statements } from "../../../core/src/analytics/index.ts"
import * as Artist from "../../../core/src/artist/index.ts"
import { withClock } from "../../../core/src/clock.ts"
import * as Concert from "../../../core/src/concert/index.ts"
import * as Venue from "../../../core/src/venue/index.ts"
import { transaction } from "../../../core/src/warehouse/index.ts"
import { load } from "../../../core/src/warehouse/load/index.ts"
import { migrate } from "../../../core/src/warehouse/migrate.ts"
import { counts, history, type Measure, type Of, type Period, popularity, top } from "./answers.ts"
import { amountsOf, concertsOf, type Filters, type Model, modelOf, ordered, revenueOf, soldOf } from "./model.ts"
import { ARTISTS, CITIES, COMPOSERS, CONDUCTORS, DATES, random, type Random, season, SOLOISTS } from "./season.ts"
import { startStores, toLake } from "./stores.ts"

let stores: Awaited<ReturnType<typeof startStores>>
beforeAll(async () => {
  stores = await startStores()
  await migrate()
})
afterAll(() => stores.stop())

const TABLES = [
  "dim_artist",
  "dim_venue",
  "dim_concert",
  "dim_cancellation",
  "fact_ticket",
  "fact_work",
  "fact_soloist",
  "agg_concert",
  "agg_sale",
]
let sequence = 1

async function fill(r: Random): Promise<Model> {
  await transaction(
    TABLES.map((table) => `DELETE FROM core.${table}`),
    { name: "clear" },
  )
  const events = season(r)
  await load(await toLake(events, sequence), { attempt: 1 })
  sequence += 1_000
  return modelOf(events)
}

/** The text of a filter as people write it: a part, in another case. */
const cut = (r: Random, text: string | undefined): string | undefined => {
  if (text === undefined) return undefined
  const from = r.below(Math.max(1, text.length - 4))
  return (r.chance(0.5) ? text.slice(from, from + 4 + r.below(12)) : text).trim().toUpperCase()
}

function filters(r: Random): Filters {
  const some = <T extends string>(items: readonly T[]): T | undefined => r.maybe(items, 0.25)
  const all: Filters = {
    from: some(DATES),
    to: some(DATES),
    venue: r.chance(0.5) ? cut(r, some(["Carnegie Hall", "Town Hall", "L'Élysée 55"])) : some(["v0", "v4"]),
    city: cut(r, some(CITIES)),
    artist: cut(r, some(ARTISTS)),
    season: some(["1949", "1950-51"]),
    composer: cut(r, some(COMPOSERS)),
    work: some(["SYMPHONY NO. 5", "symphony no. 50", "55, op. 5", "(overture)", "5"]),
    conductor: cut(r, some(CONDUCTORS)),
    soloist: cut(r, some(SOLOISTS)),
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value))
}

const MEASURES: Measure[] = ["concerts", "tickets", "revenue", "performances"]
const PERIODS: Period[] = ["day", "month", "year", "decade", "season", "total"]
const OFS: Of[] = ["composer", "work", "conductor", "soloist", "venue", "city", "season", "artist"]

const CHECKS: Record<string, (m: Model, r: Random) => Promise<void>> = {
  async "counts.by_period"(m, r) {
    const [period, measure, f] = [r.pick(PERIODS), r.pick(MEASURES), filters(r)]
    const currency = r.maybe(["USD", "JPY", "EUR"], 0.4)
    const label = JSON.stringify({ period, measure, currency, f })
    const asking = run(statements.countsByPeriod, { period, measure, currency, ...f })
    const wanted = counts(m, period, measure, f, currency)
    if (wanted === undefined) await expect(asking, label).rejects.toMatchObject({ kind: "input", code: "input.currency" })
    else expect((await asking).rows, label).toEqual(wanted)
  },
  async "performances.history"(m, r) {
    const f = filters(r)
    expect((await run(statements.performancesHistory, f)).rows, JSON.stringify(f)).toEqual([history(m, f)])
  },
  async "performances.top"(m, r) {
    const [of, f, limit] = [r.pick(OFS), filters(r), 1 + r.below(8)]
    expect((await run(statements.performancesTop, { of, limit, ...f })).rows, JSON.stringify({ of, f })).toEqual(
      top(m, of, f, limit),
    )
  },
  async "concerts.search, page by page"(m, r) {
    const [f, order, limit] = [filters(r), r.pick(["first", "last"] as const), 1 + r.below(6)]
    const found: Concert.Info[] = []
    let cursor: string | undefined
    do {
      const page = await Concert.search({ ...f, order, limit, cursor })
      expect(page.items.length).toBeLessThanOrEqual(limit)
      found.push(...page.items)
      cursor = page.next
    } while (cursor)
    const sign = order === "first" ? 1 : -1
    const wanted = ordered(
      concertsOf(m, f),
      ({ date }) => sign * Date.parse(date),
      ({ concertId }) => concertId,
    )
    expect(
      found.map(({ concertId }) => concertId),
      JSON.stringify({ f, order }),
    ).toEqual(wanted.map(({ concertId }) => concertId))
    for (const [n, info] of found.entries()) {
      const concert = wanted[n]!
      const venue = m.venues.get(concert.venueId)
      expect(info).toMatchObject({
        title: concert.title,
        date: concert.date,
        time: concert.time ?? null,
        startsAt: concert.startsAt ?? null,
        venue: venue?.name ?? null,
        capacity: concert.capacity ?? venue?.capacity ?? null,
        ticketsSold: soldOf(m, concert),
      })
    }
  },
  async "venues.popularity"(m, r) {
    const [a, b] = [r.pick(DATES), r.pick(DATES)]
    if (a === b) return
    const [from, to] = a < b ? [a, b] : [b, a]
    const city = cut(r, r.maybe(CITIES, 0.3))
    const by = r.pick(["score", "concerts", "tickets", "revenue"] as const)
    const currency = r.maybe(["USD", "JPY", "EUR"], 0.4)
    const asking = Venue.popularity({ from, to, by, city, currency, limit: 100 })
    const taken = amountsOf(m, concertsOf(m, { from, to, city }))
    if (by === "revenue" && currency === undefined && taken.length > 1) {
      await expect(asking).rejects.toMatchObject({
        code: "input.currency",
        message: expect.stringContaining("JPY, USD"),
        details: [{ path: "currency" }],
      })
      return
    }
    const answer = await asking
    const wanted = popularity(m, from, to, city, currency)
    const key = { score: "score", concerts: "concerts", tickets: "ticketsSold", revenue: "revenueCents" }[by] as "score"
    const label = JSON.stringify({ from, to, city, by, currency })
    expect(
      answer.items.map(({ venueId }) => venueId),
      label,
    ).toEqual(
      ordered(
        answer.items,
        (item) => -item[key],
        (item) => item.venueId,
      ).map(({ venueId }) => venueId),
    )
    expect(answer.items.map(({ rank }) => rank)).toEqual(answer.items.map((_, n) => n + 1))
    expect(new Set(answer.items.map(({ venueId }) => venueId)), label).toEqual(new Set(wanted.map(({ venueId }) => venueId)))
    for (const { rank: _, ...item } of answer.items) {
      const { score, sellThrough, trend, ...exact } = wanted.find(({ venueId }) => venueId === item.venueId)!
      expect(item, label).toMatchObject(exact)
      expect(Math.abs(item.score - score), label).toBeLessThan(0.051)
      for (const [got, want] of [
        [item.sellThrough, sellThrough],
        [item.trend, trend],
      ] as const)
        if (want === null || got === null) expect(got, label).toBe(want)
        else expect(got, label).toBeCloseTo(want, 9)
    }
  },
  async "concerts.get, venues.get, artists.get"(m, r) {
    const concert = r.pick(m.live)
    const works = m.works.filter(({ concertId }) => concertId === concert.concertId)
    const detail = await Concert.get({ id: concert.concertId })
    expect(detail.works.map(({ position }) => position)).toEqual(works.map(({ position }) => position).toSorted((x, y) => x - y))
    const bare = (list: readonly { workId: string; title: string; soloists: readonly { name: string }[] }[]) =>
      list.map(({ workId, title, soloists }) => JSON.stringify([workId, title, soloists.map(({ name }) => name)])).sort()
    expect(bare(detail.works)).toEqual(bare(works))
    const [venue, artist] = [r.pick([...m.venues.values()]), r.pick([...m.artists.values()])]
    const there = m.live.filter(({ venueId }) => venueId === venue.venueId)
    expect(await Venue.get({ id: venue.venueId })).toMatchObject({
      name: venue.name,
      concerts: there.length,
      firstDate: there.map(({ date }) => date).sort()[0] ?? null,
      ticketsSold: there.reduce((sum, one) => sum + soldOf(m, one), 0),
      revenueCents: revenueOf(m, there),
      amounts: amountsOf(m, there),
    })
    const theirs = m.live.filter(({ artistId }) => artistId === artist.artistId)
    expect(await Artist.get({ id: artist.artistId })).toMatchObject({
      name: artist.name,
      concerts: theirs.length,
      lastDate:
        theirs
          .map(({ date }) => date)
          .sort()
          .at(-1) ?? null,
    })
  },
  async "names.find"(m, r) {
    const text = r.pick([
      "gould",
      "Ludwig van Beethoven",
      "dvorak",
      "Carnegie hall",
      "symphony no. 5",
      "new york",
      "1950",
      "elysee",
    ])
    const { rows } = await run(statements.namesFind, { text, limit: 50 })
    const plain = (name: string): string => name.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()
    const distance = (name: string): number => {
      const at = plain(name).indexOf(plain(text))
      if (plain(name) === plain(text)) return 0
      return at === 0 ? 1 : at > 0 ? 2 : 3
    }
    const hits = (name: string): boolean =>
      plain(text)
        .split(/[\s,]+/)
        .every((word) => plain(name).includes(word))
    const venues = [...m.venues.values()]
    const live = new Map(m.live.map((concert) => [concert.concertId, concert]))
    const played = (works: Model["works"]): number =>
      new Set(works.map(({ concertId }) => concertId).filter((id) => live.has(id))).size
    const wanted = new Map<string, { kind: string; name: string; detail: string | null; concerts: number }>()
    const add = (kind: string, name: string | undefined, detail: string | null, concerts: number): void => {
      if (name !== undefined && hits(name)) wanted.set(JSON.stringify([kind, name, detail]), { kind, name, detail, concerts })
    }
    for (const work of m.works) {
      add("composer", work.composer, null, played(m.works.filter(({ composer }) => composer === work.composer)))
      add("conductor", work.conductor, null, played(m.works.filter(({ conductor }) => conductor === work.conductor)))
      add(
        "work",
        work.title,
        work.composer ?? null,
        played(m.works.filter(({ title, composer }) => title === work.title && composer === work.composer)),
      )
      for (const { name } of work.soloists)
        add("soloist", name, null, played(m.works.filter(({ soloists }) => soloists.some((soloist) => soloist.name === name))))
    }
    for (const { name, city } of venues) {
      const same = new Set(venues.filter((venue) => venue.name === name && venue.city === city).map(({ venueId }) => venueId))
      add("venue", name, city ?? null, m.live.filter(({ venueId }) => same.has(venueId)).length)
      const inCity = new Set(venues.filter((venue) => venue.city === city).map(({ venueId }) => venueId))
      add("city", city, null, m.live.filter(({ venueId }) => inCity.has(venueId)).length)
    }
    for (const { name } of m.artists.values()) {
      const same = new Set([...m.artists.values()].filter((artist) => artist.name === name).map(({ artistId }) => artistId))
      add("artist", name, null, m.live.filter(({ artistId }) => artistId !== undefined && same.has(artistId)).length)
    }
    for (const { season: name } of m.live) add("season", name, null, m.live.filter((concert) => concert.season === name).length)
    const sorted = ordered(
      [...wanted.values()],
      (row) => distance(row.name),
      (row) => -row.concerts,
      (row) => row.kind,
      (row) => row.name,
      (row) => row.detail ?? "",
    )
    expect(rows, text).toEqual(sorted)
  },
}

test("every statement answers what the events say, computed apart from the SQL", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(1_000_000), async (seed) => {
      const r = random(seed)
      const model = await fill(r)
      for (const check of Object.values(CHECKS)) for (let n = 0; n < 6; n += 1) await check(model, r)
    }),
    { numRuns: 4, endOnFailure: true },
  )
}, 180_000)

test("a result is kept until the next load and read again after it", async () => {
  const r = random(99)
  await fill(r)
  const ask = () => run(statements.countsByPeriod, { period: "total" })
  const first = await ask()
  expect(first.cached).toBe(false)
  const again = await ask()
  expect(again).toEqual({ ...first, cached: true })
  expect(again.loadedAt).toBeGreaterThan(0)
  await withClock({ now: () => Date.now() + 25 * 3_600_000 }, async () => expect((await ask()).cached).toBe(false))
  const extra = {
    id: "extra",
    type: "concert.upserted",
    at: 0,
    v: 1,
    data: { concertId: "extra", venueId: "v0", title: "x", date: "1950-01-01" },
  } as const
  await load(await toLake([extra], (sequence += 1_000)), { attempt: 1 })
  const after = await ask()
  expect(after.cached).toBe(false)
  expect(after.rows[0]!.value).toBe(first.rows[0]!.value + 1)
})

test("many who ask the same at once are one statement in the warehouse", async () => {
  await fill(random(5))
  const answers = await Promise.all(Array.from({ length: 20 }, () => run(statements.performancesTop, { of: "venue" })))
  expect(new Set(answers.map(({ statementId }) => statementId)).size).toBe(1)
})

test("a receipt carries the SQL and the values that gave its rows", async () => {
  const { sql, params } = await run(statements.performancesHistory, {
    composer: "  Beethoven,  Ludwig van ",
    work: "SYMPHONY NO. 5",
  })
  expect(params).toEqual({ composer: "Beethoven, Ludwig van", work: "SYMPHONY NO. 5", work_pattern: "SYMPHONY NO[.] 5[^0-9]" })
  for (const name of Object.keys(params)) expect(sql).toContain(`:${name}`)
})

test("what is not there is missing, what cannot be meant is an input error with its path", async () => {
  await fill(random(6))
  await expect(Concert.get({ id: "nope" })).rejects.toMatchObject({ kind: "missing", code: "missing.concert" })
  await expect(Venue.get({ id: "nope" })).rejects.toMatchObject({ code: "missing.venue" })
  await expect(Artist.get({ id: "nope" })).rejects.toMatchObject({ code: "missing.artist" })
  await expect(Concert.search({ cursor: "bm9wZQ" })).rejects.toMatchObject({ kind: "input", code: "input.cursor" })
  expect(() => Concert.search({ limit: "101" })).toThrow(
    expect.objectContaining({ kind: "input", details: [expect.objectContaining({ path: "limit" })] }),
  )
  expect(() => Venue.popularity({ days: "0" })).toThrow(expect.objectContaining({ kind: "input" }))
  expect(() => Venue.popularity({ from: "2024-02-30" })).toThrow(expect.objectContaining({ kind: "input" }))
  await expect(Venue.popularity({ days: "3", from: "2024-01-01" })).rejects.toMatchObject({ code: "input.window" })
  await expect(run(statements.performancesTop, { of: "venue", other: 1 } as never)).rejects.toMatchObject({
    code: "input.invalid",
  })
})

test("a cancelled concert is gone from every answer", async () => {
  const model = await fill(random(8))
  for (const id of model.cancelled.keys()) await expect(Concert.get({ id })).rejects.toMatchObject({ code: "missing.concert" })
})

test("words of a search may be spread over title, place and programme", async () => {
  const model = await fill(random(21))
  const { items } = await Concert.search({ q: "symphony hall", limit: 100 })
  const wanted = model.live.filter((concert) => {
    const works = model.works.filter(({ concertId }) => concertId === concert.concertId)
    const words = [
      concert.title,
      model.venues.get(concert.venueId)?.name,
      model.artists.get(concert.artistId ?? "")?.name,
      ...works.map(({ title }) => title),
    ]
      .join("\n")
      .toLowerCase()
    return words.includes("symphony") && words.includes("hall")
  })
  expect(new Set(items.map(({ concertId }) => concertId))).toEqual(new Set(wanted.map(({ concertId }) => concertId)))
  expect(wanted.length).toBeGreaterThan(0)
})
