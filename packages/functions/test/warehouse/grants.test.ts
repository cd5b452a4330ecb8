import {
  BatchExecuteStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
} from "@aws-sdk/client-redshift-data"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { roleOf, startWarehouse } from "../../../cloud/src/services/redshift-data/testing.ts"
import { BOOTSTRAP, transactionOf } from "../../../core/src/warehouse/migrate.ts"
import { MIGRATIONS } from "../../../core/src/warehouse/migrations/index.ts"
import { catalogue, type Sql } from "./sql-catalogue.ts"

const PLACE = { WorkgroupName: "backline", Database: "backline", WaitTimeSeconds: 25 }
const migrator = roleOf("Migrate", "sys:dba:sys:secadmin")
const loader = roleOf("Loader", "backline_loader")
const reader = roleOf("Reader", "backline_reader")
const trainer = roleOf("Trainer", "backline_trainer")
const tastes = roleOf("Tastes", "backline_tastes")

let warehouse: Awaited<ReturnType<typeof startWarehouse>>

async function batch(Sqls: string[]): Promise<string | undefined> {
  const { Id, Status } = await warehouse.client.send(new BatchExecuteStatementCommand({ ...PLACE, Sqls }))
  return Status === "FINISHED" ? undefined : (await warehouse.client.send(new DescribeStatementCommand({ Id }))).Error
}

async function one({ sql, values }: Pick<Sql, "sql" | "values">): Promise<string | undefined> {
  const Parameters = Object.entries(values).map(([name, value]) => ({ name, value: String(value) }))
  const { Id, Status } = await warehouse.client.send(
    new ExecuteStatementCommand({ ...PLACE, Sql: sql, Parameters: Parameters.length ? Parameters : undefined }),
  )
  return Status === "FINISHED" ? undefined : (await warehouse.client.send(new DescribeStatementCommand({ Id }))).Error
}

/** Of each question, one that reads each set of tables. */
const asked = (wanted: Sql["kind"]) => [
  ...new Map(
    catalogue()
      .filter(({ kind }) => kind === wanted)
      .map((query) => [`${query.name} ${(query.sql.match(/\b(?:core|ops)\.\w+/g) ?? []).join(" ")}`, query]),
  ).values(),
]
const questions = [
  { role: "backline_reader", who: reader, queries: asked("query") },
  { role: "backline_trainer", who: trainer, queries: asked("learning") },
  { role: "backline_tastes", who: tastes, queries: asked("tastes") },
]
/** The transactions of the loader, by their table; COPY fills a temporary table, which needs no grant. */
const loads = new Map<string, string[]>()
for (const { name, sql } of catalogue())
  if (name.startsWith("load ") && !sql.startsWith("COPY")) loads.set(name, [...(loads.get(name) ?? []), sql])

/** What the loader and the readers do, until something is denied; of the queries, those that name the table; of all roles, or one. */
async function product(about: RegExp, role?: string): Promise<string | undefined> {
  const roles = (wanted: string) => role === undefined || role === wanted
  warehouse.actAs(loader)
  for (const sqls of roles("backline_loader") ? loads.values() : []) {
    if (!sqls.some((sql) => about.test(sql))) continue
    const error = await batch(sqls)
    if (error) return error
  }
  for (const { who, queries } of questions.filter(({ role }) => roles(role))) {
    warehouse.actAs(who)
    for (const query of queries) {
      if (!about.test(query.sql)) continue
      const error = await one(query)
      if (error) return error
    }
  }
  return undefined
}

beforeAll(async () => {
  warehouse = await startWarehouse()
  warehouse.resources.push(migrator, loader, reader, trainer, tastes)
  warehouse.actAs(migrator)
  for (const sqls of [[...BOOTSTRAP], ...MIGRATIONS.map(transactionOf)]) expect(await batch(sqls)).toBeUndefined()
})
afterAll(() => warehouse.stop())

describe("the grants of the migrations", () => {
  it("are enough for every statement of the loader and of the readers", async () => {
    expect(await product(/./)).toBeUndefined()
  })

  it("are needed, each of them: without it a statement is denied by the name of what it lacks", async () => {
    warehouse.actAs("admin")
    const held: { role: string; privilege: string; on: string; name: string }[] = []
    for (const schema of ["core", "ops"])
      for (const role of schema === "core"
        ? ["backline_reader", "backline_trainer", "backline_tastes", "backline_loader"]
        : ["backline_reader", "backline_loader"])
        held.push({ role, privilege: "USAGE", on: `SCHEMA ${schema}`, name: schema })
    for (const [role, privilege, on] of TABLES) held.push({ role, privilege, on, name: on.split(".")[1]! })
    for (const { role, privilege, on, name } of held) {
      warehouse.actAs("admin")
      expect(await one({ sql: `REVOKE ${privilege} ON ${on} FROM ROLE ${role}`, values: {} })).toBeUndefined()
      const denied = await product(new RegExp(`\\b${on.replace("SCHEMA ", "")}\\b`), role)
      expect(denied, `${role} without ${privilege} on ${on}`).toMatch(
        new RegExp(`permission denied for (?:schema|relation) ${name}$`),
      )
      warehouse.actAs("admin")
      expect(await one({ sql: `GRANT ${privilege} ON ${on} TO ROLE ${role}`, values: {} })).toBeUndefined()
    }
    expect(held).toHaveLength(6 + TABLES.length)
  })

  it("are the ones listed here and no others", async () => {
    for (const [role, who] of [
      ["backline_reader", reader],
      ["backline_trainer", trainer],
      ["backline_loader", loader],
      ["backline_tastes", tastes],
    ] as const) {
      warehouse.actAs(who)
      for (const on of NAMES)
        for (const privilege of ["SELECT", "INSERT", "UPDATE", "DELETE"]) {
          const listed = (wanted: string) => TABLES.some(([r, p, t]) => r === role && p === wanted && t === on)
          const needed = privilege === "SELECT" || privilege === "INSERT" ? [privilege] : [privilege, "SELECT"]
          const denied = await one({ sql: TRIES[privilege]!(on), values: {} })
          expect(denied === undefined, `${role}: ${privilege} on ${on} said ${denied}`).toBe(needed.every(listed))
          if (denied) expect(denied).toMatch(/permission denied for (?:schema|relation) \w+$/)
        }
    }
  })

  it("let nobody but the migrations define anything or hand anything on", async () => {
    for (const who of [reader, trainer, tastes, loader]) {
      warehouse.actAs(who)
      for (const sql of [
        "CREATE TABLE core.own (n INTEGER)",
        "CREATE SCHEMA own",
        "CREATE VIEW core.own AS SELECT name FROM core.dim_venue",
        "DROP TABLE core.dim_venue",
        "DROP SCHEMA core CASCADE",
        "TRUNCATE core.dim_venue",
        "ALTER TABLE core.dim_venue ADD COLUMN n INTEGER",
        'ALTER TABLE core.dim_venue OWNER TO "IAMR:Reader"',
        "GRANT SELECT ON ops.migration TO ROLE backline_reader",
        "GRANT INSERT ON core.dim_venue TO PUBLIC",
        "GRANT ROLE backline_loader TO ROLE backline_reader",
        "GRANT CREATE TABLE TO ROLE backline_reader",
        "CREATE ROLE own",
        "DROP ROLE backline_loader",
        "REVOKE SELECT ON core.dim_venue FROM ROLE backline_loader",
      ])
        expect(await one({ sql, values: {} }), sql).toMatch(/permission denied|must be owner/)
    }
  })

  it("are held under the name that Redshift gives a role", async () => {
    warehouse.actAs(reader)
    const { Id } = await warehouse.client.send(new ExecuteStatementCommand({ ...PLACE, Sql: "SELECT current_user" }))
    const { Records } = await warehouse.client.send(new GetStatementResultCommand({ Id }))
    expect(Records).toEqual([[{ stringValue: "IAMR:Reader" }]])
  })
})

const DIMENSIONS = ["dim_artist", "dim_venue", "dim_concert", "dim_cancellation"]
const FACTS = ["fact_ticket", "fact_work", "fact_soloist", "fact_price", "fact_view", "fact_follow"]
const AGGREGATES = ["agg_concert", "agg_sale"]
const NAMES = [
  ...[...DIMENSIONS, ...FACTS, ...AGGREGATES].map((table) => `core.${table}`),
  ...["load_ledger", "load_batch", "rejected_event", "load_mutex", "migration"].map((table) => `ops.${table}`),
]
const each = (role: string, schema: string, tables: readonly string[], privileges: string) =>
  tables.flatMap((table) => privileges.split(" ").map((privilege) => [role, privilege, `${schema}.${table}`] as const))
const TABLES = [
  ...each(
    "backline_reader",
    "core",
    [...DIMENSIONS, "fact_work", "fact_soloist", "fact_price", "fact_view", ...AGGREGATES],
    "SELECT",
  ),
  ...each("backline_reader", "ops", ["load_batch", "rejected_event"], "SELECT"),
  ...each(
    "backline_trainer",
    "core",
    ["dim_concert", "dim_venue", "dim_cancellation", "fact_ticket", "fact_view", "fact_price"],
    "SELECT",
  ),
  ...each("backline_loader", "core", DIMENSIONS, "SELECT INSERT UPDATE"),
  ...each("backline_loader", "core", FACTS, "SELECT INSERT"),
  ...each("backline_tastes", "core", [...DIMENSIONS, "fact_ticket", "fact_view", "fact_follow", ...AGGREGATES], "SELECT"),
  ...each("backline_loader", "core", AGGREGATES, "SELECT INSERT DELETE"),
  ...each("backline_loader", "ops", ["load_ledger", "load_batch", "rejected_event"], "SELECT INSERT"),
  ...each("backline_loader", "ops", ["load_mutex"], "UPDATE"),
]
const KEY: Record<string, string> = {
  load_ledger: "batch_id",
  load_batch: "batch_id",
  rejected_event: "batch_id",
  load_mutex: "name",
  migration: "id",
}
const keyOf = (on: string): string => {
  const table = on.split(".")[1]!
  return (
    KEY[table] ??
    (table === "dim_artist"
      ? "artist_id"
      : table === "dim_venue"
        ? "venue_id"
        : table === "fact_follow"
          ? "artist_id"
          : "concert_id")
  )
}
const TRIES: Record<string, (on: string) => string> = {
  SELECT: (on) => `SELECT COUNT(*) FROM ${on}`,
  INSERT: (on) => `INSERT INTO ${on} (${keyOf(on)}) SELECT 'x' WHERE 1 = 0`,
  UPDATE: (on) => `UPDATE ${on} SET ${keyOf(on)} = 'x' WHERE 1 = 0`,
  DELETE: (on) => `DELETE FROM ${on} WHERE 1 = 0`,
}
