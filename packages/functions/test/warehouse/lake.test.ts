import { parquetOf } from "@backline/core/lake/parquet"
import { rowsOf } from "@backline/core/lake/rows"
import { LAKE_TABLES, type LakeTable, TOPICS } from "@backline/core/lake/tables"
import type { Event } from "@backline/core/event"
import { SAMPLES } from "@backline/core/event/samples"
import { DuckDBInstance } from "@duckdb/node-api"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, it } from "vitest"

const SQL_TYPES = { text: "VARCHAR", integer: "BIGINT", double: "DOUBLE", boolean: "BOOLEAN" } as const
const bare: Event = {
  id: "bare",
  type: "work.performed",
  at: -4_000_000_000_000,
  v: 1,
  data: { concertId: "c", position: 2, workId: "w", title: "Ünïcödé 🎻", soloists: [] },
}
const placed = [...(SAMPLES as Event[]), bare].map((event, index) => ({
  event,
  shard: "shardId-000000000000",
  sequence: String(900 + index),
  arrivedAt: 1_790_000_000_000 + index,
}))

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lake-"))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function read(table: LakeTable) {
  const path = join(folder, `${table}.parquet`)
  const rows = rowsOf(placed)[table]
  await writeFile(path, parquetOf(table, rows))
  const connection = await (await DuckDBInstance.create(":memory:")).connect()
  const reader = await connection.runAndReadAll(`SELECT * FROM read_parquet('${path}', hive_partitioning=false)`)
  const columns = reader.columnNames().map((name, index) => [name, String(reader.columnType(index))])
  const found = reader
    .getRowObjects()
    .map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, typeof cell === "bigint" ? Number(cell) : cell])),
    )
  connection.closeSync()
  return { columns, found, rows }
}

it.each(TOPICS)("a file of %s reads back column by column and cell by cell in another engine", async (table) => {
  const { columns, found, rows } = await read(table)
  expect(columns).toEqual(LAKE_TABLES[table].map(({ name, type }) => [name, SQL_TYPES[type]]))
  expect(rows.length).toBeGreaterThan(0)
  expect(found).toEqual(rows)
})

it("sequence numbers in files sort as text", async () => {
  const { found } = await read("ticket")
  const sequences = found.map(({ sequence_number }) => String(sequence_number))
  expect(sequences).toEqual([...sequences].sort())
  expect(sequences.every((sequence) => sequence.length === 64)).toBe(true)
})
