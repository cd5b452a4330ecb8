import { KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { Product } from "../../packages/start/src/product.ts"
import { randomOf } from "../../packages/season/src/simulate/random.ts"
import { until } from "./product.ts"
import { clientOf, depths, quarantined, resourceOf, select, settled, startHere } from "./support/cloud.ts"
import { countPrograms } from "./support/count.ts"
import { countWarehouse, importInto } from "./support/import.ts"
import { killAtRandom } from "./support/kill.ts"
import { type Orchestra, writeOrchestra } from "./support/orchestra.ts"

const SEED = process.env.BACKLINE_SEED ?? String(Date.now() % 1_000_000)
const DEAD = /Dead|Failures/
/** Bytes that no JSON and no UTF-8 text has, with a NUL among them. */
const POISON = Buffer.from([0x7b, 0x22, 0x69, 0x64, 0x22, 0x3a, 0xff, 0x00, 0xfe, 0x0a])

let orchestra: Orchestra

beforeAll(async () => {
  console.log(`Seed ${SEED}: repeat with BACKLINE_SEED=${SEED}`)
  orchestra = await writeOrchestra(SEED)
})
afterAll(() => orchestra?.remove())

const concert = (concertId: string) => ({
  id: concertId,
  type: "concert.upserted",
  at: 1_750_000_000_000,
  v: 1,
  data: { concertId, venueId: "nowhere", title: "A neighbour", date: "2025-06-15" },
})

/** Puts [concert, POISON, concert] into one shard as an administrator may. Returns where the poison went. */
async function putPoison(local: Product): Promise<{ shard: string; sequence: string }> {
  const client = new KinesisClient(clientOf(local))
  const bodies = [
    Buffer.from(JSON.stringify(concert("before-poison"))),
    POISON,
    Buffer.from(JSON.stringify(concert("after-poison"))),
  ]
  const StreamName = resourceOf(local, "AWS::Kinesis::Stream", "ConcertStream").identity.ref
  const Records = bodies.map((Data) => ({ Data, PartitionKey: "one-shard" }))
  const answer = await client.send(new PutRecordsCommand({ StreamName, Records }))
  client.destroy()
  expect(answer.FailedRecordCount).toBe(0)
  const [, poison] = answer.Records!
  return { shard: poison!.ShardId!, sequence: poison!.SequenceNumber! }
}

const neighbours = (local: Product) =>
  select(local, "SELECT concert_id FROM core.dim_concert WHERE concert_id LIKE '%-poison' ORDER BY concert_id")

describe("an orchestra's history", () => {
  let local: Product
  beforeAll(async () => {
    local = await startHere()
  })
  afterAll(() => local?.stop())

  it("arrives in the warehouse row by row, and the import gives an account of what it could not read", async () => {
    const { code, account, said } = await importInto(local, orchestra.folder)
    const want = countPrograms(orchestra.programs)
    const orchestras = 2
    const events = orchestras + want.venues + want.concerts + want.works
    console.log(`${want.concerts} concerts, ${want.works} works: ${account.events} events in ${account.seconds} s`)
    expect(said).toMatch(/program \d+ is not JSON, skipped/)
    expect(code).toBe(1)
    expect(account).toMatchObject({ files: 2, programs: 300, skipped: 1, events, accepted: events, rejected: 0 })
    expect(await countWarehouse(local)).toEqual(want)
    expect(await quarantined(local)).toEqual([])
  })

  it("keeps what its odd rows say", async () => {
    const rows = await select(
      local,
      "SELECT DISTINCT movement, title FROM core.fact_work WHERE movement IS NOT NULL ORDER BY 1, 2",
    )
    expect(rows.length).toBeGreaterThan(0)
    for (const [movement, title] of rows) {
      expect(movement).toMatch(/^Overture To Act \d+$/)
      expect(title).toMatch(/^(SYMPHONY NO\. \d+|OVERTURE FROM OBERON \(ARR\. \d+\))$/)
    }
    const conductors = await select(local, "SELECT DISTINCT conductor FROM core.fact_work WHERE conductor LIKE '%;%' ORDER BY 1")
    expect(conductors.flat()).toEqual(["Doe, Jane;Roe, Richard", "Poe, Edgar;Moe, Ann"])
  })

  it("imported again changes no count", async () => {
    const before = await countWarehouse(local)
    const { code, account } = await importInto(local, orchestra.folder)
    expect(code).toBe(1)
    expect(account).toMatchObject({ skipped: 1, rejected: 0 })
    expect(await countWarehouse(local)).toEqual(before)
  })

  it("has a record that is no event put aside with its place and its bytes, and its neighbours loaded", async () => {
    const place = await putPoison(local)
    const [line] = await until("the poison is in quarantine", async () => {
      const lines = await quarantined(local)
      return lines.length > 0 && lines
    })
    expect(line).toMatchObject({ ...place, reason: expect.stringMatching(/^input\.json: /) })
    expect(Buffer.from(line!.bytes, "base64")).toEqual(POISON)
    await until("both neighbours are loaded", async () => (await neighbours(local)).length === 2)
    await settled(local)
    expect(await quarantined(local)).toHaveLength(1)
    expect(await depths(local, DEAD)).toEqual({})
  })
})

describe("an orchestra's history whose consumer and loader are killed again and again", () => {
  let local: Product
  beforeAll(async () => {
    local = await startHere()
  })
  afterAll(() => local?.stop())

  it("is counted once all the same, and nothing is left behind", async () => {
    const started = performance.now()
    const over = new AbortController()
    /** What died with a loader is told again after a minute or more; a test waits for the cloud's clock instead of the wall's. */
    const minutes = setInterval(() => local.cloud.clock.advance(60_000), 5_000)
    over.signal.addEventListener("abort", () => clearInterval(minutes))
    const killing = killAtRandom(local, { IngestConsumer: 10, Loader: 10 }, randomOf(`kill ${SEED}`), over.signal)
    const poison = await putPoison(local)
    const { code, account, said } = await importInto(local, orchestra.folder, { rate: 150 })
    /** Where the import was quicker than the killing, another one gives it work: what arrived counts once. */
    let killed = false
    const mark = () => (killed = true)
    void killing.then(mark, mark)
    for (let again = 0; !killed && again < 3; again++) await importInto(local, orchestra.folder, { rate: 300 })
    const { kills, inFlight } = await killing
    await settled(local)
    over.abort()
    console.log(`${kills} kills, ${inFlight} of them at work; imported in ${account.seconds} s`)
    expect(said).not.toContain("Stopped")
    expect(kills).toBe(20)
    expect(inFlight).toBeGreaterThanOrEqual(10)
    expect(code).toBe(1)

    const want = countPrograms(orchestra.programs)
    expect(await neighbours(local)).toHaveLength(2)
    expect(await countWarehouse(local)).toEqual({ ...want, concerts: want.concerts + 2, withoutTime: want.withoutTime + 2 })
    /** A batch that died after its quarantine was written is halved, so a line may stand in two objects, but never another line. */
    const lines = await quarantined(local)
    expect(new Set(lines.map(({ shard, sequence }) => `${shard} ${sequence}`))).toEqual(
      new Set([`${poison.shard} ${poison.sequence}`]),
    )
    for (const { bytes } of lines) expect(Buffer.from(bytes, "base64")).toEqual(POISON)
    expect(await depths(local, DEAD)).toEqual({})
    console.log(`Settled after ${((performance.now() - started) / 1000).toFixed(1)} s`)
  }, 240_000)
})
