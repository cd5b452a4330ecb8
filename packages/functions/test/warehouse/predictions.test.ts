import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { withClock } from "../../../core/src/clock.ts"
import type { Event } from "../../../core/src/event/index.ts"
import * as Prediction from "../../../core/src/prediction/index.ts"
import { pastConcerts } from "../../../core/src/prediction/past.ts"
import { eventsOf } from "../../../core/src/prediction/testing/events.ts"
import { trueSeason } from "../../../core/src/prediction/testing/truth.ts"
import { train } from "../../../core/src/prediction/train.ts"
import { load } from "../../../core/src/warehouse/load/index.ts"
import { migrate } from "../../../core/src/warehouse/migrate.ts"
import { startStores, toLake } from "./stores.ts"

const DAY_MS = 86_400_000
/** Where the season stands: 120 concerts are over, some are to come. */
const NOW = Date.UTC(2024, 3, 1)
const season = trueSeason({ seed: 5, concerts: 150, artists: 12, venues: 6, days: 400, endsAt: NOW + 80 * DAY_MS })
const over = season.filter(({ startsAt }) => startsAt <= NOW)
const coming = season
  .filter(({ startsAt, artistId }) => startsAt > NOW + 10 * DAY_MS && over.some((each) => each.artistId === artistId))
  .toSorted((one, other) => one.startsAt - other.startsAt)[0]!

const at = <R>(time: number, run: () => R): R => withClock({ now: () => time }, run)
let stores: Awaited<ReturnType<typeof startStores>>
let sequence = 1
async function tell(events: readonly Event[]): Promise<void> {
  const first = sequence
  sequence += events.length
  const objects = await toLake(events, first)
  await load(objects, { attempt: 1 })
}

beforeAll(async () => {
  stores = await startStores()
  await migrate()
})
afterAll(() => stores.stop())

const predict = (input: Parameters<typeof Prediction.predict>[0], time = NOW) => at(time, () => Prediction.predict(input))

describe("predictions over the real engines", () => {
  it("say when there will be a model before there is one, and why the last training made none", async () => {
    await tell(eventsOf(season).filter((event) => event.at <= NOW && !event.type.startsWith("ticket")) as Event[])
    await expect(predict({ concertId: coming.concertId })).rejects.toMatchObject({
      code: "unavailable.model_not_trained",
      message: expect.stringContaining("by 2024-04-01 06:00 UTC"),
    })
    expect(await at(NOW, () => train({}))).toMatchObject({ outcome: "too_few" })
    await expect(predict({ concertId: coming.concertId })).rejects.toMatchObject({
      message: expect.stringContaining("0 past concerts"),
    })
  })

  it("read of each lead what was recorded until then, and of what came late, when it came where that is asked", async () => {
    await tell(eventsOf(season).filter((event) => event.at <= NOW && event.type.startsWith("ticket")) as Event[])
    const read = await pastConcerts(NOW, "recorded")
    const truth = new Map(over.map((concert) => [concert.concertId, concert]))
    expect(read).toHaveLength(over.filter(({ sold }) => sold > 0).length)
    for (const { concertId, sold, marks } of read) {
      const known = truth.get(concertId)!
      expect([sold, marks.map((mark) => [mark.lead, mark.sold])]).toEqual([
        known.sold,
        known.marks.map((mark) => [mark.lead, mark.sold]),
      ])
      expect(new Set(marks.map(({ priceMinor }) => priceMinor))).toEqual(new Set([known.priceMinor]))
    }
    for (const { sold, marks } of await pastConcerts(NOW, "ingested"))
      expect([sold > 0, ...marks.map((mark) => mark.sold)]).toEqual([true, 0, 0, 0, 0, 0, 0, 0])
  })

  it("train one model from the same data, however often and by how many at once, and promote it once", async () => {
    const outcomes = await Promise.all([1, 2].map(() => at(NOW, () => train({}))))
    const third = await at(NOW + 60_000, () => train({}))
    const versions = new Set([...outcomes, third].map((each) => ("card" in each ? each.card.version : each.told)))
    expect(versions.size).toBe(1)
    expect(third).toMatchObject({ outcome: "unchanged", card: { promoted: true } })
    const models = await Prediction.list({})
    expect(models).toMatchObject({ current: [...versions][0], items: [{ isCurrent: true, promoted: true }] })
    const { metrics } = models.items[0]!
    expect(metrics.error).toBeLessThan(Math.min(metrics.baselines.venueMean, metrics.baselines.lastSimilar))
  })

  it("finish the promotion of a training that died before its card was written", async () => {
    const { DynamoDBClient, DeleteItemCommand } = await import("@aws-sdk/client-dynamodb")
    const { version } = (await Prediction.list({})).items[0]!
    const Key = { pk: { S: "tickets" }, sk: { S: `card#${version}` } }
    await new DynamoDBClient({}).send(new DeleteItemCommand({ TableName: "models", Key }))
    expect(await at(NOW, () => train({}))).toMatchObject({ outcome: "promoted", card: { version, promoted: true } })
    expect((await Prediction.list({})).current).toBe(version)
  })

  it("answer for a coming concert within its bounds, with reasons, and less at a higher price", async () => {
    const { concertId, priceMinor } = coming
    const said = await predict({ concertId })
    expect(said.sold).toBeLessThanOrEqual(said.low)
    expect(said.high).toBeLessThanOrEqual(said.seats)
    expect(said).toMatchObject({ seats: coming.capacity, priceCents: priceMinor, currency: "EUR", coverage: 0.8 })
    expect(said.reasons).toHaveLength(3)
    expect(said.history.artist).toBe(over.filter(({ artistId }) => artistId === coming.artistId).length)
    const dear = await predict({ concertId, priceCents: priceMinor! * 3 })
    expect([dear.currentPriceCents, dear.priceCents]).toEqual([priceMinor, priceMinor! * 3])
    expect(dear.expected).toBeLessThanOrEqual(said.expected)
  })

  it("answer for a concert that is described, and wider for an artist whom nobody knows", async () => {
    const place = { venueId: coming.venueId, startsAt: NOW + 30 * DAY_MS, priceCents: 4_000 }
    const known = await predict({ artistId: coming.artistId!, ...place })
    expect(known).toMatchObject({ sold: 0, seats: coming.capacity, currency: "EUR", priceCents: 4_000 })
    expect((await predict({ artistId: "nobody", ...place })).history.artist).toBe(0)
    await expect(predict({ artistId: "nobody", ...place, venueId: "nowhere" })).rejects.toMatchObject({ code: "missing.venue" })
  })

  it("say what is wrong with a question", async () => {
    const refused = (input: object, code: string) => expect(async () => predict(input)).rejects.toMatchObject({ code })
    await refused({ concertId: "nope" }, "missing.concert")
    await refused({ concertId: over[0]!.concertId }, "input.concert_over")
    await refused({}, "input.concert")
    await refused({ artistId: "a" }, "input.concert")
    await refused({ concertId: coming.concertId, venueId: "v0" }, "input.concert")
    await refused({ concertId: coming.concertId, priceCents: -1 }, "input.invalid")
  })

  it("promote a later model only where it beats the one that answers, and go back by one call", async () => {
    const later = NOW + 45 * DAY_MS
    await tell(eventsOf(season).filter((event) => event.at > NOW && event.at <= later) as Event[])
    const before = (await Prediction.list({})).current
    const outcome = await at(later, () => train({}))
    const { current, items } = await Prediction.list({})
    expect(items).toHaveLength(2)
    const newest = items[0]!
    expect(outcome).toMatchObject({ outcome: newest.promoted ? "promoted" : "kept" })
    expect(newest.reason).toContain(newest.promoted ? "Beats" : "Misses")
    expect(current).toBe(newest.promoted ? newest.version : before)
    const other = items.find(({ isCurrent }) => !isCurrent)!
    const chosen = await at(later, () => Prediction.rollback({ version: other.version }))
    expect(chosen).toEqual({ current: other.version, before: current })
    const back = await at(later, () => Prediction.rollback({}))
    expect(back).toEqual({ current, before: other.version })
    await expect(Prediction.rollback({ version: "2024-01-01-00000000" })).rejects.toMatchObject({ code: "missing.model" })
  })
})
