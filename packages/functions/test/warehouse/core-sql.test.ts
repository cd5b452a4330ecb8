import * as statements from "@backline/core/analytics/statements"
import { TOPICS } from "@backline/core/lake/tables"
import { statementsOf } from "@backline/core/warehouse/load/statements"
import { BOOTSTRAP, transactionOf } from "@backline/core/warehouse/migrate"
import { MIGRATIONS } from "@backline/core/warehouse/migrations/index"
import {
  BatchExecuteStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
} from "@aws-sdk/client-redshift-data"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { lint } from "../../../cloud/src/services/redshift-data/lint/index.ts"
import { startWarehouse } from "../../../cloud/src/services/redshift-data/testing.ts"

const PLACE = { WorkgroupName: "backline", Database: "backline", WaitTimeSeconds: 25 }
const FILTERS = {
  from: "1950-01-01",
  to: "1960-01-01",
  venue: "Carnegie",
  city: "NY",
  artist: "x",
  season: "1955",
  composer: "Beethoven, Ludwig van",
  work: "NO. 5",
  conductor: "B",
  soloist: "H",
}
/** Inputs of all statements; each takes the ones its schema accepts. */
const INPUTS: Record<string, unknown>[] = [
  {},
  { limit: 5 },
  { artistId: "a" },
  { venueId: "a" },
  { concertId: "a" },
  { text: "ludwig van" },
  { days: 30 },
  ...["day", "month", "year", "season", "decade", "total"].flatMap((period) =>
    ["concerts", "tickets", "revenue", "performances"].map((measure) => ({ period, measure })),
  ),
  ...["composer", "work", "conductor", "soloist", "venue", "city", "season", "artist"].map((of) => ({ of })),
  ...["concerts", "tickets", "revenue", "score"].flatMap((by) => [{ by }, { by, currency: "EUR" }]),
  { period: "month", measure: "revenue", currency: "EUR" },
  ...["sale", "concert"].flatMap((of) => ["day", "week", "month"].map((by) => ({ of, by }))),
  ...["artists", "cities", "works"].flatMap((of) => [{ of }, { of, by: "revenue", currency: "EUR" }]),
]

const bound = Object.values(statements).flatMap((statement) => {
  const known = (input: object) => Object.fromEntries(Object.entries(input).filter(([name]) => name in statement.params.shape))
  return INPUTS.flatMap((input) => ("days" in input ? [input] : [input, { ...known(FILTERS), ...input }])).flatMap((input) => {
    const parsed = statement.params.safeParse(input)
    return parsed.success
      ? [{ name: statement.name, columns: Object.keys(statement.row), ...statement.bind(parsed.data as never) }]
      : []
  })
})

let warehouse: Awaited<ReturnType<typeof startWarehouse>>
const batch = async (Sqls: string[]) => {
  const { Id } = await warehouse.client.send(new BatchExecuteStatementCommand({ ...PLACE, Sqls }))
  return warehouse.client.send(new DescribeStatementCommand({ Id }))
}

beforeAll(async () => {
  warehouse = await startWarehouse()
})
afterAll(() => warehouse.stop())

describe("the SQL of core", () => {
  it("migrates within what both engines understand, once", async () => {
    for (const sqls of [[...BOOTSTRAP], ...MIGRATIONS.map(transactionOf)]) {
      for (const sql of sqls) expect(lint(sql, { batch: true }), sql).toEqual([])
      expect((await batch(sqls)).Error).toBeUndefined()
    }
    expect((await batch(transactionOf(MIGRATIONS[0]!))).Error).toContain("is already applied")
  })

  it.each(TOPICS)("loads %s within what both engines understand", async (table) => {
    const object = {
      table,
      key: "k.parquet",
      bytes: 1,
      rows: 1,
      stream: "concert",
      shard: "shardId-000000000000",
      firstSequence: "1",
      lastSequence: "2",
    } as const
    const sqls = statementsOf(table, "b".repeat(32), "lake", [object])
    for (const sql of sqls) expect(lint(sql, { batch: true }), sql).toEqual([])
    expect((await batch(sqls.filter((sql) => !sql.startsWith("COPY")))).Error).toBeUndefined()
  })

  it("asks every question with typed columns, and gets the ones it declares", async () => {
    expect(new Set(bound.map(({ name }) => name)).size).toBe(Object.keys(statements).length)
    for (const { name, sql, values, columns } of bound) {
      expect(lint(sql, { query: true }), `${name}: ${sql}`).toEqual([])
      const Parameters = Object.entries(values).map(([key, value]) => ({ name: key, value: String(value) }))
      const { Id, Status } = await warehouse.client.send(
        new ExecuteStatementCommand({ ...PLACE, Sql: sql, Parameters: Parameters.length ? Parameters : undefined }),
      )
      expect(Status, `${name}: ${sql}`).toBe("FINISHED")
      const { ColumnMetadata } = await warehouse.client.send(new GetStatementResultCommand({ Id }))
      expect(ColumnMetadata!.map((column) => column.name)).toEqual(columns)
    }
  })
})
