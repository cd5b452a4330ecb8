import { setTimeout as sleep } from "node:timers/promises"
import { caller, type Product, until } from "../test/e2e/product.ts"
import { peakMemory, processTree } from "./process-tree.ts"
import { start } from "./product.ts"
import type { Report } from "./table.ts"

const BATCH = 500
const IN_FLIGHT = 4
const SMALL = 20_000
const FULL = 130_000

/** Works performed in made-up concerts: the commonest event of a real import, about 400 bytes each. */
function* events(count: number) {
  for (let index = 0; index < count; index++) {
    const concert = Math.floor(index / 5)
    yield {
      id: `bench-work-${index}`,
      type: "work.performed",
      at: 1_700_000_000_000 + index,
      v: 1,
      data: {
        concertId: `bench-concert-${concert}`,
        position: (index % 5) + 1,
        workId: `work-${index % 3_000}`,
        composer: `Composer, Number ${index % 300}`,
        title: `SYMPHONY NO. ${index % 9} IN D MINOR, OP. ${index % 130}`,
        conductor: `Conductor, Number ${index % 80}`,
        soloists: [{ name: `Soloist, Number ${index % 700}`, instrument: "Piano", role: "S" }],
      },
    }
  }
}

function* batches(count: number) {
  let batch: unknown[] = []
  for (const event of events(count)) {
    batch.push(event)
    if (batch.length === BATCH) {
      yield batch
      batch = []
    }
  }
  if (batch.length > 0) yield batch
}

/** Microseconds of CPU that JSON.parse alone takes per event of these bytes. */
function parseCost(count: number): number {
  const texts = [...batches(Math.min(count, 20_000))].map((batch) => JSON.stringify({ events: batch }))
  const parseAll = () => texts.reduce((sum, text) => sum + JSON.parse(text).events.length, 0)
  parseAll()
  const rounds = 15
  const before = process.cpuUsage()
  let parsed = 0
  for (let round = 0; round < rounds; round++) parsed += parseAll()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / parsed
}

async function send(product: Product, count: number): Promise<Map<string, bigint>> {
  const post = caller(product)
  const source = batches(count)
  const last = new Map<string, bigint>()
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      for (const first of source) {
        let batch = first
        while (batch.length > 0) {
          const { status, headers, body } = await post("/events", { events: batch })
          if (status === 429 || status === 503) {
            await sleep(1000 * Number(headers.get("retry-after") ?? 1))
            continue
          }
          if (status !== 202) throw new Error(`POST /events answered ${status}: ${JSON.stringify(body)}`)
          for (const { stream, shard, sequence } of body.positions) {
            const key = `${stream} ${shard}`
            const position = BigInt(sequence)
            if (position > (last.get(key) ?? 0n)) last.set(key, position)
          }
          const again = batch
          batch = body.rejected.map(({ index }: { index: number }) => again[index])
          if (batch.length > 0) await sleep(300)
        }
      }
    }),
  )
  return last
}

/** From the first POST until the warehouse holds everything: rate, and CPU of every process of the product. */
export async function ingest({ full }: { full: boolean }): Promise<Report> {
  const count = full ? FULL : SMALL
  const parse = parseCost(count)
  const product = await start("--quiet-data")
  try {
    await send(product, 1_000)
    await sleep(3_000)
    const before = processTree(product.child.pid!).cpuMs
    const memory = peakMemory(product.child.pid!)
    const started = performance.now()
    const last = await send(product, count)
    await until(
      "the warehouse holds everything",
      async () => {
        const { body } = await caller(product)("/ingest/progress")
        return [...last].every(([key, position]) =>
          body.shards.some((each: any) => `${each.stream} ${each.shard}` === key && BigInt(each.loaded ?? 0) >= position),
        )
      },
      120_000,
      250,
    )
    const seconds = (performance.now() - started) / 1000
    const cpuPerEvent = ((processTree(product.child.pid!).cpuMs - before) * 1000) / count
    return {
      bench: "ingest",
      figures: {
        events: count,
        eventsPerSecond: count / seconds,
        cpuUsPerEvent: cpuPerEvent,
        parseUsPerEvent: parse,
        cpuOverParse: cpuPerEvent / parse,
        peakMb: memory.stop(),
      },
      goals: { cpuOverParse: { max: 30 }, peakMb: { max: 1024 } },
      notes: {
        events: "posted in batches of 500, 4 in flight",
        eventsPerSecond: "first POST to last row in the warehouse; two shards take 2,000 records/s at most, as in AWS",
        cpuUsPerEvent: "all processes: gateway, handlers, stream, consumer, Parquet, loader, warehouse",
        parseUsPerEvent: "JSON.parse of the same bytes",
        cpuOverParse: "whole path over JSON.parse",
        peakMb: "greatest sum of resident memory over all processes",
      },
    }
  } finally {
    await product.stop()
  }
}
