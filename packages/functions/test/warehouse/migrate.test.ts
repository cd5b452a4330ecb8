import { afterAll, beforeAll, expect, test } from "vitest"
import { query, transaction } from "../../../core/src/warehouse/index.ts"
import { migrate } from "../../../core/src/warehouse/migrate.ts"
import { MIGRATIONS } from "../../../core/src/warehouse/migrations/index.ts"
import type { Migration } from "../../../core/src/warehouse/migrations/migration.ts"
import { startStores } from "./stores.ts"

let stores: Awaited<ReturnType<typeof startStores>>
beforeAll(async () => {
  stores = await startStores()
})
afterAll(() => stores.stop())

const ledger = async () =>
  (await query("SELECT CAST(id AS VARCHAR(16)) AS id FROM ops.migration ORDER BY id", {}, { id: "text" })).rows.map(
    ({ id }) => id,
  )

test("runs at once, on an empty warehouse, apply every migration once between them", async () => {
  const runs = await Promise.all([migrate(), migrate(), migrate()])
  const ids = MIGRATIONS.map(({ id }) => id)
  expect(runs.flatMap(({ applied }) => applied).sort()).toEqual(ids)
  expect(await ledger()).toEqual(ids)
})

test("a second run applies nothing", async () => {
  expect(await migrate()).toEqual({ applied: [] })
})

test("a new migration runs alone, and one that fails leaves nothing behind", async () => {
  const next: Migration = {
    id: "900",
    name: "next",
    sqls: ["CREATE TABLE core.extra (n INTEGER)", "INSERT INTO core.extra SELECT 1"],
  }
  const broken: Migration = {
    id: "901",
    name: "broken",
    sqls: ["INSERT INTO core.extra SELECT 2", "INSERT INTO core.nothing SELECT 1"],
  }
  await expect(migrate([...MIGRATIONS, next, broken])).rejects.toMatchObject({ code: "internal.query_failed" })
  const { rows } = await query("SELECT CAST(n AS INTEGER) AS n FROM core.extra", {}, { n: "integer" })
  expect(rows).toEqual([{ n: 1 }])
  expect(await ledger()).toContain("900")
  expect(await ledger()).not.toContain("901")
})

test("a changed migration is refused before anything runs", async () => {
  const [first, ...rest] = MIGRATIONS
  const changed = { ...first!, sqls: [...first!.sqls, "SELECT 1"] }
  const extra: Migration = { id: "902", name: "extra", sqls: ["CREATE TABLE core.more (n INTEGER)"] }
  await expect(migrate([changed, ...rest, extra])).rejects.toMatchObject({
    kind: "conflict",
    code: "conflict.migration",
    message: expect.stringContaining("001-dimensions"),
  })
  expect(await ledger()).not.toContain("902")
})

test("the guard fails a transaction whose migration is already applied", async () => {
  const { transactionOf } = await import("../../../core/src/warehouse/migrate.ts")
  await expect(transaction(transactionOf(MIGRATIONS[0]!), { name: "again" })).rejects.toMatchObject({
    code: "internal.query_failed",
  })
  expect(await ledger()).toHaveLength(MIGRATIONS.length + 1)
})
