import { expect, test } from "vitest"
import { TOPICS } from "../../lake/tables.ts"
import { MAX_STATEMENT_BYTES, MAX_STATEMENTS } from "../index.ts"
import { MIGRATIONS } from "../migrations/index.ts"
import { batchId, type LoadObject, MAX_OBJECTS } from "./object.ts"
import { statementsOf } from "./statements.ts"
import { TABLES } from "./table.ts"

const longest = "9".repeat(129)
const objects = (table: LoadObject["table"]): LoadObject[] =>
  Array.from({ length: MAX_OBJECTS }, (_, n) => ({
    table,
    key: `events/v=1/topic=${table}/dt=2024-05-01/hr=10/shardId-000000000000-${longest}-${longest.slice(4)}${1_000 + n}.parquet`,
    bytes: 10_000_000_000,
    rows: 1_000_000,
    stream: "concert",
    shard: "shardId-000000000000",
    firstSequence: "1",
    lastSequence: "2",
  }))

test.each(TOPICS)("a full batch of %s stays inside the Data API's limits", (table) => {
  const all = objects(table)
  const sqls = statementsOf(table, batchId(all.map(({ key }) => key)), "a-bucket", all)
  expect(sqls.length).toBeLessThan(MAX_STATEMENTS)
  expect(Math.max(...sqls.map((sql) => Buffer.byteLength(sql)))).toBeLessThan(MAX_STATEMENT_BYTES)
  expect(sqls[0]).toBe("LOCK TABLE ops.load_mutex")
})

test("every column that a load writes is a column of its table", () => {
  const ddl = MIGRATIONS.flatMap(({ sqls }) => sqls)
  for (const { target, columns } of Object.values(TABLES)) {
    const created = ddl.find((sql) => sql.includes(`CREATE TABLE IF NOT EXISTS ${target} (`))
    const added = ddl.filter((sql) => sql.startsWith(`ALTER TABLE ${target} ADD COLUMN`))
    const create = [created, ...added].join("\n")
    for (const name of Object.keys(columns)) expect(create, `${target}.${name}`).toMatch(new RegExp(`[\\s,(]${name} [A-Z]`))
  }
})

test("every migration leaves room for its lock, its guard and its ledger entry", () => {
  for (const { sqls } of MIGRATIONS) expect(sqls.length).toBeLessThanOrEqual(MAX_STATEMENTS - 4)
  expect(MIGRATIONS.map(({ id }) => id)).toEqual(MIGRATIONS.map((_, n) => String(n + 1).padStart(3, "0")))
})
