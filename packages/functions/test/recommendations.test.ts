import { DescribeTableCommand, UpdateTableCommand, type VectorIndex } from "@aws-sdk/client-dynamodb"
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest"
import { createTables, eventually, table } from "../../cloud/test/dynamodb-cloud.ts"
import { withActor } from "../../core/src/actor.ts"
import { bumpVersion } from "../../core/src/analytics/version.ts"
import { dynamo } from "../../core/src/aws.ts"
import { withClock } from "../../core/src/clock.ts"
import { QueryCommand } from "../../core/src/dynamo/index.ts"
import { type Event, type EventOf, type EventType, versionOf } from "../../core/src/event/index.ts"
import * as Recommendation from "../../core/src/recommendation/index.ts"
import { partition } from "../../core/src/recommendation/table.ts"
import { current, switchTo, takeTurn } from "../../core/src/recommendation/versions.ts"
import { load } from "../../core/src/warehouse/load/index.ts"
import { migrate } from "../../core/src/warehouse/migrate.ts"
import { startStores, toLake } from "./warehouse/stores.ts"

const DAY = 86_400_000
const NOW = Date.UTC(2026, 4, 1, 12)
const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10)

const event = <T extends EventType>(id: string, type: T, at: number, data: EventOf<T>["data"]): Event =>
  ({ id, type, at, v: versionOf(type), data }) as Event

const GENRES = ["rock", "jazz"]
const ARTISTS = GENRES.flatMap((genre) => Array.from({ length: 5 }, (_, n) => ({ artistId: `${genre}-${n}`, genre })))
const CITIES = ["Basel", "Köln"]
const concertsOf = (artistId: string, genre: string) =>
  CITIES.map((city, n) => ({
    concertId: `${artistId}-${n}`,
    venueId: `hall-${n}`,
    artistId,
    city,
    day: 10 + n + GENRES.indexOf(genre),
  }))

/** Two genres, ten artists, a concert of each in either city; twelve people with one genre each, who follow three of its artists. */
function season(): Event[] {
  const events: Event[] = []
  const at = NOW - 30 * DAY
  CITIES.forEach((city, n) =>
    events.push(event(`v${n}`, "venue.upserted", at, { venueId: `hall-${n}`, name: `Hall ${n}`, city, capacity: 100 })),
  )
  for (const { artistId, genre } of ARTISTS) {
    events.push(event(`a-${artistId}`, "artist.upserted", at, { artistId, name: artistId.toUpperCase(), genre }))
    for (const { concertId, venueId, day } of concertsOf(artistId, genre)) {
      const [date, startsAt] = [dayOf(NOW + day * DAY), NOW + day * DAY]
      events.push(
        event(`c-${concertId}`, "concert.upserted", at, {
          concertId,
          venueId,
          artistId,
          title: `${artistId} live`,
          date,
          startsAt,
        }),
      )
      events.push(event(`l-${concertId}`, "ticket.listed", at, { concertId, quantity: 50, priceCents: 1_000, currency: "EUR" }))
    }
  }
  for (let n = 0; n < 12; n++)
    for (const k of [0, 1, 2]) {
      const artistId = `${GENRES[n % 2]}-${(n + k) % 5}`
      events.push(event(`f-${n}-${k}`, "artist.followed", at, { artistId, followerId: `p${n}`, following: true }))
    }
  return events
}
const order = (id: string, concertId: string, buyerId: string | undefined, quantity = 1, at = NOW - DAY) =>
  event(id, "ticket.sold", at, { concertId, orderId: id, quantity, priceCents: 1_000, currency: "EUR", buyerId })

/** As the stack declares them. */
const ATTRIBUTES = ["pk", "sk", "model", "available", "cityKey"].map((AttributeName) => ({
  AttributeName,
  AttributeType: "S" as const,
}))
const VECTORS: VectorIndex = {
  IndexName: "byTaste",
  VectorAttribute: { AttributeName: "vector" },
  Dimensions: 16,
  DistanceFunction: "DOT_PRODUCT",
  SearchSchema: [
    { AttributeName: "model", SearchSchemaElementType: "HASH" },
    { AttributeName: "available", SearchSchemaElementType: "INLINE_FILTER" },
    { AttributeName: "cityKey", SearchSchemaElementType: "INLINE_FILTER" },
  ],
  Projection: { ProjectionType: "ALL" },
}

let stores: Awaited<ReturnType<typeof startStores>>
let tables: Awaited<ReturnType<typeof createTables>>
let time = NOW
let sequence = 1

const arrive = async (...events: Event[]) => {
  await load(await toLake(events, (sequence += 1_000)), { attempt: 1 })
  await bumpVersion()
}
const inTime = <R>(run: () => R): R => withClock({ now: () => time }, run)
const train = () => inTime(Recommendation.train)
const as = <R>(userId: string, run: () => R): R => inTime(() => withActor({ type: "user", userId, role: "member" }, run))
const list = (userId: string, query: { limit?: number; city?: string } = {}) => as(userId, () => Recommendation.list(query))
const say = (userId: string, kind: "shown" | "clicked" | "dismissed", ...concerts: string[]) =>
  as(userId, () => Recommendation.feedback({ items: concerts.map((concertId) => ({ concertId, kind })) }))
const ids = ({ items }: Recommendation.Answer) => items.map(({ concertId }) => concertId)

async function rows(version: string): Promise<number> {
  let count = 0
  for (const kind of ["concert", "taste", "artist"] as const)
    count +=
      (
        await dynamo().send(
          new QueryCommand({
            TableName: "recommendation",
            KeyConditionExpression: "pk = :pk",
            ExpressionAttributeValues: { ":pk": partition(kind, version) },
          }),
        )
      ).Count ?? 0
  return count
}

beforeAll(async () => {
  stores = await startStores()
  const keys = ["pk", "sk"]
  tables = await createTables([
    table("ingest", keys),
    table("analytics", keys),
    table("recommendation", keys, {
      AttributeDefinitions: ATTRIBUTES,
      VectorIndexes: [VECTORS],
    }),
  ])
  dynamo().destroy()
  const { endpoint, region, credentials } = tables.as()
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    RECOMMENDATION_TABLE: "recommendation",
    RECOMMENDATION_SEARCH: "index",
    RECOMMENDATION_PAUSE_SECONDS: "60",
  })
  await migrate()
})
afterAll(async () => {
  dynamo().destroy()
  await tables?.stop()
  await stores?.stop()
})
beforeEach(() => {
  time += 10 * 60_000
})

describe("recommendations", () => {
  it("say that nothing was learned yet, and learn nothing from an empty warehouse", async () => {
    expect(await list("p0")).toEqual({ items: [], strategy: "untrained", trainedAt: null })
    expect(await train()).toEqual({ trained: false, because: "empty" })
  })

  it("are one's own taste, with reasons, and what is popular for who is new", async () => {
    await arrive(...season())
    await arrive(order("o1", "jazz-0-0", undefined, 9), order("o2", "rock-4-0", "p0", 2), order("o3", "rock-0-1", undefined, 50))
    expect(await train()).toMatchObject({ trained: true })
    expect(await current()).toMatchObject({ people: 12, concerts: 20, artists: 10 })
    for (const [person, genre] of [
      ["p0", "rock"],
      ["p1", "jazz"],
    ] as const) {
      const answer = await list(person, { limit: 5 })
      expect(answer.strategy).toBe("personal")
      expect(answer.items.map(({ artistId }) => artistId?.split("-")[0])).toEqual(Array(5).fill(genre))
      for (const { reasons, artistId } of answer.items) {
        const follows = [0, 1, 2].some((k) => artistId === `${genre}-${(Number(person.slice(1)) + k) % 5}`)
        if (follows) expect(reasons[0]).toMatchObject({ kind: "follow", text: `You follow ${artistId!.toUpperCase()}`, artistId })
        else expect(reasons[0]!.kind).not.toBe("follow")
      }
    }
    const newcomer = await list("nobody", { limit: 3 })
    expect(newcomer.strategy).toBe("popular")
    expect(newcomer.items[0]).toMatchObject({ concertId: "jazz-0-0", reasons: [{ kind: "popular" }] })
  })

  it("leave out what one has tickets for, what is sold out, cancelled or over", async () => {
    const all = async (person: string) => ids(await list(person, { limit: 50 }))
    expect(await all("p0")).not.toContain("rock-4-0")
    expect(await all("p2")).toContain("rock-4-0")
    // 50 of 50 tickets are sold.
    expect(await all("p2")).not.toContain("rock-0-1")
    expect(await all("p2")).toContain("rock-3-1")
    await arrive(event("x", "concert.cancelled", NOW, { concertId: "rock-3-1" }))
    await train()
    expect(await all("p2")).not.toContain("rock-3-1")
    time = NOW + 10.5 * DAY
    expect((await all("p2")).filter((id) => id.startsWith("rock") && id.endsWith("-0"))).toEqual([])
    time = NOW + 60 * 60_000
  })

  it("keep to a city, whatever its case and accents, and say what is popular there", async () => {
    const answer = await list("p0", { city: "koln", limit: 4 })
    expect(new Set(answer.items.map(({ city }) => city))).toEqual(new Set(["Köln"]))
    expect((await list("nobody", { city: "BASEL" })).items[0]!.reasons[0]).toEqual({ kind: "city", text: "Popular in Basel" })
    expect((await list("p0", { city: "Atlantis" })).items).toEqual([])
  })

  it("never bring back what somebody sent away, to that person, and learn from it", async () => {
    const [first, second] = ids(await list("p4"))
    await say("p4", "dismissed", first!)
    await say("p4", "dismissed", first!, second!)
    await say("p4", "shown", first!)
    await say("p4", "clicked", second!)
    const left = ids(await list("p4", { limit: 50 }))
    expect(left).not.toContain(first)
    expect(left).not.toContain(second)
    expect(ids(await list("p0", { limit: 50 }))).toContain(first)
    await arrive(event("e-now", "artist.upserted", NOW, { artistId: "rock-0", name: "ROCK-0", genre: "rock" }))
    time += 10 * 60_000
    expect(await train()).toMatchObject({ trained: true })
    expect(ids(await list("p4", { limit: 50 }))).not.toContain(first)
  })

  it("learn a newcomer's taste from clicks alone", async () => {
    await say("newcomer", "clicked", "jazz-1-0", "jazz-2-1")
    await arrive(event("e-then", "artist.upserted", NOW, { artistId: "rock-0", name: "ROCK-0", genre: "rock" }))
    await train()
    const answer = await list("newcomer", { limit: 4 })
    expect(answer.strategy).toBe("personal")
    expect(answer.items.every(({ artistId }) => artistId!.startsWith("jazz"))).toBe(true)
  })

  it("bound what a person can send away, and say so", async () => {
    for (let n = 0; n < 20; n++) await say("busy", "dismissed", ...Array.from({ length: 50 }, (_, k) => `x-${n}-${k}`))
    await expect(say("busy", "dismissed", "one-more")).rejects.toMatchObject({ code: "limit.dismissed" })
    for (let n = 0; n < 11; n++) await say("busy", "shown", ...Array.from({ length: 50 }, (_, k) => `x-${n}-${k}`))
    for (const items of [
      [],
      Array.from({ length: 51 }, () => ({ concertId: "c", kind: "shown" })),
      [{ concertId: "c", kind: "loved" }],
      [{ concertId: "a b", kind: "shown" }],
    ])
      expect(() => as("busy", () => Recommendation.feedback({ items: items as never }))).toThrow(/items/)
    for (const query of [{ limit: 0 }, { limit: 51 }, { city: "" }]) expect(() => list("p0", query)).toThrow(/limit|city/)
  })

  it("are the same with and without the index", async () => {
    for (const city of [undefined, "Basel"]) {
      const indexed = ids(await list("p1", { limit: 20, city }))
      vi.stubEnv("RECOMMENDATION_SEARCH", "table")
      expect(ids(await list("p1", { limit: 20, city }))).toEqual(indexed)
      vi.stubEnv("RECOMMENDATION_SEARCH", "index")
    }
  })

  it("are read from the table while the index is being filled", async () => {
    const indexed = ids(await list("p1", { limit: 20 }))
    const change = (update: object) =>
      tables.client().send(
        new UpdateTableCommand({
          TableName: "recommendation",
          AttributeDefinitions: ATTRIBUTES,
          VectorIndexUpdates: [update],
        }),
      )
    await change({ Delete: { IndexName: "byTaste" } })
    await change({ Create: VECTORS })
    expect(ids(await list("p1", { limit: 20 }))).toEqual(indexed)
    const status = async () =>
      (await tables.client().send(new DescribeTableCommand({ TableName: "recommendation" }))).Table?.VectorIndexes?.[0]
        ?.IndexStatus
    await eventually(async () => (await status()) === "ACTIVE")
    expect(ids(await list("p1", { limit: 20 }))).toEqual(indexed)
  })

  it("show no artist more than twice and no hall more than three times where there are others", async () => {
    const { items } = await list("p0", { limit: 6 })
    const most = (key: "artistId" | "venueId") =>
      Math.max(...[...new Set(items.map((item) => item[key]))].map((each) => items.filter((item) => item[key] === each).length))
    expect([most("artistId") <= 2, most("venueId") <= 3]).toEqual([true, true])
  })
})

describe("a training", () => {
  const something = () =>
    arrive(event(`more-${time}`, "artist.upserted", time, { artistId: "rock-0", name: "ROCK-0", genre: "rock" }))

  it("does nothing where nothing is new, and pauses where much is", async () => {
    const before = await current()
    expect(await train()).toEqual({ trained: false, because: "fresh" })
    await something()
    time = before!.trainedAt + 59_000
    expect(await train()).toEqual({ trained: false, because: "fresh" })
    time = before!.trainedAt + 61_000
    expect(await train()).toMatchObject({ trained: true })
    time += 7 * 3_600_000
    expect(await train()).toMatchObject({ trained: true })
  })

  it("runs once where two begin at once", async () => {
    await something()
    const outcomes = await Promise.all([train(), train()])
    expect(outcomes.map(({ trained }) => trained).sort()).toEqual([false, true])
  })

  it("that died half-way leaves the old version serving, and the next one goes on when its turn is over", async () => {
    const before = await current()
    const shown = ids(await list("p1"))
    await something()
    expect(await inTime(() => takeTurn(time, 6 * 60_000))).toBe(true)
    expect(await train()).toEqual({ trained: false, because: "busy" })
    expect(ids(await list("p1"))).toEqual(shown)
    expect((await current())?.version).toBe(before!.version)
    time += 6 * 60_000
    expect(await train()).toMatchObject({ trained: true })
  })

  it("that is overtaken switches nothing and leaves nothing behind", async () => {
    const before = (await current())!
    expect(await switchTo({ ...before, version: "theirs" }, before)).toBe(true)
    expect(await switchTo({ ...before, version: "ours" }, before)).toBe(false)
    expect((await current())?.version).toBe("theirs")
    expect(await switchTo(before, (await current())!)).toBe(true)
  })

  it("keeps the version before its own, for who is reading it, and no older one", async () => {
    const first = (await current())!.version
    for (let n = 0; n < 2; n++) {
      await something()
      expect(await train()).toMatchObject({ trained: true })
      time += 10 * 60_000
      if (n === 0) expect(await rows(first)).toBeGreaterThan(30)
    }
    expect(await rows(first)).toBe(0)
  })
})
