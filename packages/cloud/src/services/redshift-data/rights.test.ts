import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import {
  BatchExecuteStatementCommand,
  DescribeStatementCommand,
  DescribeTableCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  ListTablesCommand,
} from "@aws-sdk/client-redshift-data"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { rolesOfTag } from "./rights/user.ts"
import { roleOf, startWarehouse } from "./testing.ts"

const PLACE = { WorkgroupName: "backline", Database: "backline", WaitTimeSeconds: 25 }
const owner = roleOf("Owner", "sys:dba:sys:secadmin")
const reader = roleOf("Reader", "reading")
const writer = roleOf("Writer", "writing")
const nobody = roleOf("Nobody")

type World = Awaited<ReturnType<typeof startWarehouse>>
let world: World

/** `undefined` when it ran, else what it said. */
async function says(sql: string | string[], world_ = world): Promise<string | undefined> {
  const { Id, Status } = await (Array.isArray(sql)
    ? world_.client.send(new BatchExecuteStatementCommand({ ...PLACE, Sqls: sql }))
    : world_.client.send(new ExecuteStatementCommand({ ...PLACE, Sql: sql })))
  return Status === "FINISHED" ? undefined : (await world_.client.send(new DescribeStatementCommand({ Id }))).Error
}

async function rows(sql: string): Promise<unknown[]> {
  const { Id } = await world.client.send(new ExecuteStatementCommand({ ...PLACE, Sql: sql }))
  const { Records } = await world.client.send(new GetStatementResultCommand({ Id }))
  return Records!.map((record) => record.map((field) => Object.values(field)[0]))
}

async function start(file?: string): Promise<World> {
  const started = await startWarehouse({ file })
  started.resources.push(owner, reader, writer, nobody)
  return started
}

const SETUP = [
  "CREATE SCHEMA shop",
  "CREATE SCHEMA vault",
  "CREATE TABLE shop.sale (id INTEGER, price INTEGER)",
  "CREATE TABLE shop.note (id INTEGER)",
  "CREATE TABLE vault.secret (id INTEGER, word VARCHAR(20))",
  "INSERT INTO vault.secret VALUES (1, 'open')",
  "INSERT INTO shop.sale VALUES (1, 10)",
  "CREATE VIEW shop.opened AS SELECT s.id, s.word FROM vault.secret s",
  "CREATE ROLE reading",
  "CREATE ROLE writing",
  "GRANT USAGE ON SCHEMA shop TO ROLE reading, ROLE writing",
  "GRANT SELECT ON shop.sale, shop.opened TO ROLE reading",
  "GRANT SELECT, INSERT, UPDATE, DELETE ON shop.sale TO ROLE writing",
]

beforeAll(async () => {
  world = await start()
  world.actAs(owner)
  expect(await says(SETUP)).toBeUndefined()
})
afterAll(() => world.stop())

describe("database privileges", () => {
  // https://docs.aws.amazon.com/redshift/latest/dg/r_GRANT.html https://docs.aws.amazon.com/redshift/latest/dg/r_Privileges.html
  const SALE = "permission denied for relation sale"
  const OWN = "must be owner of relation sale"
  const KINDS: [sql: string, reader: string | undefined, writer: string | undefined, nobody: string | undefined][] = [
    ["SELECT * FROM shop.sale", undefined, undefined, "schema shop"],
    ["INSERT INTO shop.sale VALUES (2, 5)", SALE, undefined, "schema shop"],
    ["INSERT INTO shop.sale SELECT id, price FROM shop.sale WHERE 1 = 0", SALE, undefined, "schema shop"],
    ["UPDATE shop.sale SET price = 1 WHERE id = 9", SALE, undefined, "schema shop"],
    ["DELETE FROM shop.sale WHERE id = 9", SALE, undefined, "schema shop"],
    ["CREATE TEMP TABLE mine AS SELECT * FROM shop.sale", undefined, undefined, "schema shop"],
    ["CREATE TABLE shop.own (n INTEGER)", "schema shop", "schema shop", "schema shop"],
    ["CREATE TABLE shop.own AS SELECT 1 AS n", "schema shop", "schema shop", "schema shop"],
    ["SELECT id INTO shop.own FROM shop.sale", "schema shop", "schema shop", "schema shop"],
    ["CREATE VIEW shop.own AS SELECT 1 AS n", "schema shop", "schema shop", "schema shop"],
    ["CREATE OR REPLACE VIEW shop.opened AS SELECT 1 AS n", "schema shop", "schema shop", "schema shop"],
    ["TRUNCATE shop.sale", OWN, OWN, "schema shop"],
    ["DROP TABLE shop.sale", OWN, OWN, "schema shop"],
    ["ALTER TABLE shop.sale ADD COLUMN n INTEGER", OWN, OWN, "schema shop"],
    ["ALTER TABLE shop.sale RENAME TO sold", OWN, OWN, "schema shop"],
    ["VACUUM shop.sale", OWN, OWN, "schema shop"],
    ["LOCK TABLE shop.sale", SALE, undefined, "schema shop"],
    ["DROP SCHEMA shop CASCADE", "must be owner of schema shop", "must be owner of schema shop", "must be owner of schema shop"],
    ["CREATE SCHEMA own", "database backline", "database backline", "database backline"],
    ["CREATE ROLE own", "denied to create role", "denied to create role", "denied to create role"],
    ["GRANT SELECT ON shop.sale TO PUBLIC", SALE, SALE, "schema shop"],
    ["REVOKE SELECT ON shop.sale FROM ROLE reading", SALE, SALE, "schema shop"],
    ["GRANT USAGE ON SCHEMA vault TO ROLE reading", "schema vault", "schema vault", "schema vault"],
    ["GRANT ROLE writing TO ROLE reading", "denied to grant role", "denied to grant role", "denied to grant role"],
    ["SELECT * FROM vault.secret", "schema vault", "schema vault", "schema vault"],
    ["SELECT * FROM shop.note", "relation note", "relation note", "schema shop"],
    ["COPY shop.sale FROM 's3://lake/x' IAM_ROLE default FORMAT AS PARQUET", SALE, "does not exist", "schema shop"],
    [
      "MERGE INTO shop.sale USING shop.note ON shop.sale.id = note.id WHEN MATCHED THEN UPDATE SET price = 1 WHEN NOT MATCHED THEN INSERT VALUES (1, 1)",
      "relation note",
      "relation note",
      "schema shop",
    ],
  ]
  it.each(KINDS)("decide who may %s", async (sql, ...expected) => {
    for (const [i, role] of [reader, writer, nobody].entries()) {
      world.actAs(role)
      const said = await says(sql)
      if (expected[i] === undefined) expect(said, role.logicalId).toBeUndefined()
      else expect(said, role.logicalId).toContain(expected[i])
    }
  })

  it("find every relation that a statement reads, wherever and however it is written", async () => {
    world.actAs(reader)
    for (const sql of [
      "SELECT (SELECT MAX(id) FROM vault.secret)",
      "SELECT 1 FROM shop.sale WHERE id IN (SELECT id FROM vault.secret)",
      "SELECT 1 FROM shop.sale UNION ALL SELECT id FROM vault.secret",
      "WITH vault AS (SELECT 1 AS id) SELECT * FROM vault.secret",
      "WITH secret AS (SELECT * FROM vault.secret) SELECT 1",
      "SELECT * FROM (SELECT 1 AS a) x, VAULT.Secret",
      'SELECT * FROM "vault"."secret"',
      "SELECT * FROM/**/vault /* . */ . -- a comment\n secret",
      "SELECT id FROM shop.sale ORDER BY (SELECT MAX(id) FROM vault.secret)",
      "SELECT COUNT(*) FROM shop.sale GROUP BY id HAVING COUNT(*) > (SELECT MAX(id) FROM vault.secret)",
      "SELECT id FROM shop.sale QUALIFY ROW_NUMBER() OVER (ORDER BY id) = (SELECT MAX(id) FROM vault.secret)",
      "SELECT CASE WHEN EXISTS (SELECT 1 FROM vault.secret) THEN 1 END",
      "CREATE TEMP TABLE taken AS SELECT * FROM vault.secret",
      "CREATE TEMP TABLE taken (LIKE vault.secret)",
      "SELECT * INTO TEMP TABLE taken FROM vault.secret",
    ])
      expect(await says(sql), sql).toContain("permission denied for schema vault")
    world.actAs(writer)
    for (const sql of [
      "INSERT INTO shop.sale VALUES ((SELECT MAX(id) FROM vault.secret), 1)",
      "UPDATE shop.sale SET price = (SELECT MAX(id) FROM vault.secret)",
      "UPDATE shop.sale SET price = 1 FROM vault.secret s WHERE s.id = sale.id",
      "DELETE FROM shop.sale USING vault.secret s WHERE s.id = shop.sale.id",
      "DELETE FROM shop.sale WHERE id IN (SELECT id FROM vault.secret)",
    ])
      expect(await says(sql), sql).toContain("permission denied for schema vault")
    expect(await says(["SELECT 1", "SELECT * FROM vault.secret"])).toContain("permission denied for schema vault")
    expect(await says("WITH sale AS (SELECT 7 AS id) SELECT id FROM sale")).toBeUndefined()
  })

  it("stop nobody, the administrator neither, at what is only the engine's", async () => {
    for (const who of [reader, "admin"] as const) {
      world.actAs(who)
      for (const sql of [
        'SELECT * FROM "/etc/hostname"',
        'SELECT * FROM "x.csv"',
        `SELECT * FROM "read_text"('/etc/hostname')`,
        `SELECT * FROM main.read_csv('/etc/hostname')`,
        `SELECT * FROM read_csv('/etc/hostname') AS (a VARCHAR)`,
        'SELECT * FROM "duckdb_tables"',
        "SELECT * FROM system.information_schema.tables",
        'SELECT * FROM "information_schema".tables',
        'SELECT * FROM "pg_catalog".pg_class',
        'SELECT * FROM "redshift_system".privilege',
        'INSERT INTO "redshift_system".privilege SELECT 1',
        'DELETE FROM "redshift_system".owner',
        'DROP SCHEMA "redshift_system" CASCADE',
        'CREATE TABLE "redshift_system".x (n INTEGER)',
        "SELECT * FROM (SHOW TABLES)",
        "SELECT * FROM (DESCRIBE shop.sale)",
        "PRAGMA database_list",
        "SET threads = 1",
        "ATTACH 'x' AS y",
        "INSTALL httpfs",
        "EXPORT DATABASE 'x'",
        "CALL pragma_version()",
      ])
        expect(await says(sql), sql).toMatch(/NOT_SIMULATED|does not exist|syntax error|permission denied|unacceptable/)
    }
    world.actAs(owner)
    expect(await says("SELECT * FROM shop.sale")).toBeUndefined()
  })

  // https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_VIEW.html
  it("let a view be read with its owner's rights, for as long as the owner has them", async () => {
    world.actAs(reader)
    expect(await rows("SELECT word FROM shop.opened")).toEqual([["open"]])
    world.actAs("admin")
    await says('ALTER TABLE vault.secret OWNER TO "IAM:admin"')
    await says("CREATE SCHEMA deep")
    await says([
      "CREATE TABLE deep.x (n INTEGER)",
      "GRANT USAGE, CREATE ON SCHEMA deep TO ROLE writing",
      "GRANT SELECT ON deep.x TO ROLE writing",
    ])
    world.actAs(writer)
    expect(await says("CREATE VIEW deep.v AS SELECT n FROM deep.x")).toBeUndefined()
    expect(await says(["GRANT SELECT ON deep.v TO ROLE reading"])).toBeUndefined()
    world.actAs("admin")
    await says("GRANT USAGE ON SCHEMA deep TO ROLE reading")
    world.actAs(reader)
    expect(await says("SELECT * FROM deep.v")).toBeUndefined()
    world.actAs("admin")
    await says("REVOKE SELECT ON deep.x FROM ROLE writing")
    world.actAs(reader)
    expect(await says("SELECT * FROM deep.v")).toContain("permission denied for relation x")
    world.actAs("admin")
    await says('ALTER TABLE vault.secret OWNER TO "IAMR:Owner"')
  })

  it("come and go with the transaction that grants, drops or makes again", async () => {
    world.actAs(owner)
    expect(await says(["GRANT SELECT ON shop.note TO ROLE reading", "SELECT 1 / 0"])).toContain("division by zero")
    world.actAs(reader)
    expect(await says("SELECT * FROM shop.note")).toContain("permission denied for relation note")
    world.actAs(owner)
    expect(await says("GRANT SELECT ON shop.note TO ROLE reading")).toBeUndefined()
    world.actAs(reader)
    expect(await says("SELECT * FROM shop.note")).toBeUndefined()
    world.actAs(owner)
    expect(await says(["ALTER TABLE shop.note RENAME TO noted"])).toBeUndefined()
    world.actAs(reader)
    expect(await says("SELECT * FROM shop.noted")).toBeUndefined()
    world.actAs(owner)
    expect(await says(["DROP TABLE shop.noted", "CREATE TABLE shop.note (id INTEGER)"])).toBeUndefined()
    world.actAs(reader)
    expect(await says("SELECT * FROM shop.note")).toContain("permission denied for relation note")
  })

  it("reach through roles of roles, groups, PUBLIC, default privileges and the option to hand on", async () => {
    world.actAs(owner)
    expect(
      await says([
        "CREATE TABLE shop.many (n INTEGER)",
        "CREATE ROLE middle",
        "GRANT SELECT ON shop.many TO ROLE middle",
        "GRANT ROLE middle TO ROLE reading",
        "GRANT INSERT ON shop.many TO ROLE writing WITH GRANT OPTION",
      ]),
    ).toBeUndefined()
    world.actAs(reader)
    expect(await says("SELECT * FROM shop.many")).toBeUndefined()
    world.actAs(writer)
    expect(await says("SELECT * FROM shop.many")).toContain("permission denied")
    expect(await says("GRANT INSERT ON shop.many TO PUBLIC")).toBeUndefined()
    expect(await says("GRANT SELECT ON shop.many TO PUBLIC")).toContain("permission denied")
    world.actAs(reader)
    expect(await says("INSERT INTO shop.many VALUES (1)")).toBeUndefined()
    world.actAs(owner)
    expect(await says(["REVOKE ROLE middle FROM ROLE reading", "REVOKE INSERT ON shop.many FROM PUBLIC"])).toBeUndefined()
    world.actAs(reader)
    expect(await says("SELECT * FROM shop.many")).toContain("permission denied")
    expect(await says("INSERT INTO shop.many VALUES (1)")).toContain("permission denied")
    world.actAs(owner)
    // https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_DEFAULT_PRIVILEGES.html
    expect(
      await says([
        "ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT SELECT ON TABLES TO ROLE reading",
        "CREATE TABLE shop.later (n INTEGER)",
      ]),
    ).toBeUndefined()
    world.actAs(reader)
    expect(await says("SELECT * FROM shop.later")).toBeUndefined()
    world.actAs("admin")
    expect(
      await says([
        'CREATE GROUP team WITH USER "IAMR:Nobody"',
        "GRANT USAGE ON SCHEMA shop TO GROUP team",
        "GRANT SELECT ON shop.later TO GROUP team",
      ]),
    ).toBeUndefined()
    world.actAs(nobody)
    expect(await says("SELECT * FROM shop.later")).toBeUndefined()
    world.actAs("admin")
    expect(await says('ALTER GROUP team DROP USER "IAMR:Nobody"')).toBeUndefined()
    world.actAs(nobody)
    expect(await says("SELECT * FROM shop.later")).toContain("permission denied for schema shop")
    world.actAs("admin")
    expect(await says("REVOKE CREATE ON SCHEMA public FROM PUBLIC")).toBeUndefined()
    world.actAs(nobody)
    expect(await says("CREATE TABLE public.mine (n INTEGER)")).toContain("permission denied for schema public")
  })

  it("refuse by name what is not kept, and whom nobody made", async () => {
    world.actAs(owner)
    for (const [sql, message] of [
      ["GRANT SELECT (id) ON shop.sale TO ROLE reading", "NOT_SIMULATED: privileges on columns"],
      ["GRANT EXECUTE ON FUNCTION f() TO ROLE reading", "NOT_SIMULATED"],
      ["GRANT SELECT ON shop.sale TO ROLE ghost", 'role "ghost" does not exist'],
      ["GRANT SELECT ON shop.sale TO ghost", 'user "ghost" does not exist'],
      ["GRANT SELECT ON shop.ghost TO ROLE reading", 'relation "shop.ghost" does not exist'],
      ["CREATE ROLE reading", 'role "reading" already exists'],
      ["DROP ROLE ghost", 'role "ghost" does not exist'],
    ] as const)
      expect(await says(sql)).toContain(message)
  })

  it("show each what it has access to, and its own statements and sessions alone", async () => {
    world.actAs(reader)
    const seen = await rows("SELECT table_schema, table_name FROM svv_tables ORDER BY 1, 2")
    expect(seen).toContainEqual(["shop", "sale"])
    expect(seen).not.toContainEqual(["vault", "secret"])
    expect(await rows("SELECT COUNT(*) FROM svv_columns WHERE table_schema = 'vault'")).toEqual([[0]])
    const list = async () =>
      (await world.client.send(new ListTablesCommand({ ...PLACE, WaitTimeSeconds: undefined } as never))).Tables!.map(
        ({ name }) => name,
      )
    expect(await list()).not.toContain("secret")
    const secret = { WorkgroupName: "backline", Database: "backline", Schema: "vault", Table: "secret" }
    expect((await world.client.send(new DescribeTableCommand(secret))).ColumnList).toEqual([])
    world.actAs("admin")
    expect(await list()).toContain("secret")
    world.actAs(owner)
    expect((await world.client.send(new DescribeTableCommand(secret))).ColumnList).toHaveLength(2)
    const { Id, SessionId } = await world.client.send(
      new ExecuteStatementCommand({ ...PLACE, Sql: "SELECT word FROM vault.secret", SessionKeepAliveSeconds: 60 }),
    )
    world.actAs(reader)
    await expect(world.client.send(new GetStatementResultCommand({ Id }))).rejects.toThrow("Query does not exist")
    await expect(world.client.send(new ExecuteStatementCommand({ Sql: "SELECT 1", SessionId }))).rejects.toThrow("does not exist")
  })

  it("outlive a restart, and so does what was revoked", async () => {
    const folder = mkdtempSync(join(tmpdir(), "backline-rights-"))
    const file = join(folder, "warehouse.duckdb")
    try {
      const first = await start(file)
      first.actAs(owner)
      expect(await says([...SETUP, "REVOKE SELECT ON shop.opened FROM ROLE reading"], first)).toBeUndefined()
      first.actAs("admin")
      expect(await says("REVOKE CREATE ON SCHEMA public FROM PUBLIC", first)).toBeUndefined()
      await first.stop()
      const second = await start(file)
      second.actAs(reader)
      expect(await says("SELECT * FROM shop.sale", second)).toBeUndefined()
      expect(await says("SELECT * FROM shop.opened", second)).toContain("permission denied for relation opened")
      expect(await says("DELETE FROM shop.sale", second)).toContain("permission denied for relation sale")
      expect(await says("CREATE TABLE public.x (n INTEGER)", second)).toContain("permission denied for schema public")
      second.actAs(owner)
      expect(await says("GRANT SELECT ON shop.opened TO ROLE reading", second)).toBeUndefined()
      await second.stop()
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it("take the names of an IAM role's tag apart, where the system's own roles have a colon too", () => {
    expect(rolesOfTag("sys:dba:sys:secadmin")).toEqual(["sys:dba", "sys:secadmin"])
    expect(rolesOfTag("a:sys:monitor:b")).toEqual(["a", "sys:monitor", "b"])
    expect(rolesOfTag("")).toEqual([])
  })
})
