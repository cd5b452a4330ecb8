import type { Context, SQSRecord } from "aws-lambda"
import { afterAll, beforeAll, expect, test } from "vitest"
import type { Event } from "../../../core/src/event/index.ts"
import type { LakeObject } from "../../../core/src/lake/object.ts"
import { query } from "../../../core/src/warehouse/index.ts"
import { migrate } from "../../../core/src/warehouse/migrate.ts"
import { startStores, toLake } from "./stores.ts"
import { handler } from "../../src/queues/loader.ts"

let stores: Awaited<ReturnType<typeof startStores>>
beforeAll(async () => {
  stores = await startStores()
  await migrate()
})
afterAll(() => stores.stop())

const record = (object: LakeObject | string, messageId: string, receives: number): SQSRecord =>
  ({
    messageId,
    body: typeof object === "string" ? object : JSON.stringify(object),
    attributes: { ApproximateReceiveCount: String(receives) },
  }) as SQSRecord
const deliver = async (Records: SQSRecord[], ms = 120_000): Promise<string[]> =>
  (await handler({ Records }, { getRemainingTimeInMillis: () => ms } as Context)).batchItemFailures.map(
    ({ itemIdentifier }) => itemIdentifier,
  )

let next = 1
async function ticketObject(id: string): Promise<LakeObject> {
  const event: Event = {
    id,
    type: "ticket.sold",
    at: 1,
    v: 1,
    data: { concertId: "c", orderId: "o", quantity: 1, priceCents: 1, currency: "USD" },
  }
  return (await toLake([event], (next += 10)))[0]!
}
const loaded = async (): Promise<string[]> =>
  (
    await query("SELECT CAST(event_id AS VARCHAR(80)) AS id FROM core.fact_ticket ORDER BY event_id", {}, { id: "text" })
  ).rows.map(({ id }) => id)

test("what cannot be read goes back alone, and tables do not fail each other", async () => {
  const [venue] = await toLake(
    [{ id: "v", type: "venue.upserted", at: 1, v: 1, data: { venueId: "v", name: "Hall" } }],
    (next += 10),
  )
  const gone = { ...(await ticketObject("lost")), key: "events/v=1/topic=ticket/gone.parquet" }
  expect(
    await deliver([
      record(venue!, "m1", 1),
      record("{not json", "m2", 1),
      record(gone, "m3", 1),
      record({ ...venue!, key: "it's" }, "m4", 1),
    ]),
  ).toEqual(["m4", "m2", "m3"])
  const { rows } = await query("SELECT CAST(name AS VARCHAR(900)) AS name FROM core.dim_venue", {}, { name: "text" })
  expect(rows).toEqual([{ name: "Hall" }])
})

test("an object that cannot be loaded stands alone from its second delivery on: all its neighbours are loaded", async () => {
  const good = await Promise.all(["t1", "t2", "t3", "t4", "t5"].map(ticketObject))
  const gone = { ...(await ticketObject("t6")), key: "events/v=1/topic=ticket/missing.parquet" }
  const all = (receives: number) =>
    [...good.slice(0, 3), gone, ...good.slice(3)].map((object, n) => record(object, `m${n}`, receives))
  expect(await deliver(all(1))).toHaveLength(6)
  expect(await loaded()).toEqual([])
  expect(await deliver(all(2))).toEqual(["m3"])
  expect(await loaded()).toEqual(["t1", "t2", "t3", "t4", "t5"])
})

test("without time for another load the messages go back untouched", async () => {
  expect(await deliver([record(await ticketObject("late"), "m1", 1)], 10_000)).toEqual(["m1"])
  expect(await loaded()).not.toContain("late")
})
