import {
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  GetStatementResultV2Command,
  ListSessionsCommand,
} from "@aws-sdk/client-redshift-data"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { lint } from "./index.ts"
import { startWarehouse } from "./testing.ts"

const PLACE = { WorkgroupName: "backline", Database: "backline", WaitTimeSeconds: 25 }
let world: Awaited<ReturnType<typeof startWarehouse>>

async function ask(Sql: string) {
  const { Id, Status, HasResultSet } = await world.client.send(new ExecuteStatementCommand({ ...PLACE, Sql }))
  if (Status !== "FINISHED") throw new Error((await world.client.send(new DescribeStatementCommand({ Id }))).Error)
  if (!HasResultSet) return { names: [], rows: [] }
  const { ColumnMetadata, Records } = await world.client.send(new GetStatementResultCommand({ Id }))
  const value = (field: object) => ("isNull" in field ? null : Object.values(field)[0])
  return { names: ColumnMetadata!.map(({ name }) => name), rows: Records!.map((record) => record.map(value)) }
}
const row = async (sql: string) => (await ask(sql)).rows[0]

beforeAll(async () => {
  world = await startWarehouse()
  await ask(
    "CREATE TABLE t (name VARCHAR(20), glob INTEGER, struct INTEGER, returning INTEGER, sys_id INTEGER, pg_no INTEGER, fetch INTEGER)",
  )
  await ask(
    "INSERT INTO t (name, glob, struct, returning, sys_id, pg_no, fetch) VALUES ('b', 1, 2, 3, 4, 5, 6), ('a', 7, 8, 9, 10, 11, 12)",
  )
})
afterAll(() => world.stop())

// https://docs.aws.amazon.com/redshift/latest/dg/r_pg_keywords.html: none of these is reserved.
describe("a word that Redshift does not reserve", () => {
  it.each([
    ["SELECT name FROM t ORDER BY name", [["a"], ["b"]]],
    [
      "SELECT COUNT(*), name FROM t GROUP BY name ORDER BY 2",
      [
        [1, "a"],
        [1, "b"],
      ],
    ],
    ["SELECT glob, struct, returning, sys_id, pg_no, fetch FROM t WHERE glob = 1", [[1, 2, 3, 4, 5, 6]]],
    ["SELECT t.glob, t.returning FROM t WHERE returning > 3 AND sys_id < 11 ORDER BY glob", [[7, 9]]],
    ["SELECT MAX(name) AS glob FROM t", [["b"]]],
    ["SELECT ROW_NUMBER() OVER (PARTITION BY name ORDER BY glob) AS window FROM t LIMIT 1", [[1]]],
  ] as const)("names a column: %s", async (sql, rows) => {
    expect(lint(sql)).toEqual([])
    expect((await ask(sql)).rows).toEqual(rows)
  })

  it("is still refused where it is another engine's construct", () => {
    for (const sql of [
      "SELECT 1 FROM t WHERE name GLOB 'a*'",
      "DELETE FROM t WHERE glob = 1 RETURNING name",
      "SELECT 1 UNION BY NAME SELECT 2",
      "INSERT INTO t BY NAME SELECT 1 AS glob",
      "SELECT * FROM pg_class",
      "SELECT pg_backend_pid()",
      "SELECT name FROM t FETCH FIRST 1 ROW ONLY",
      "SELECT * FROM information_schema.tables",
      "SELECT struct(1, 2)",
      `SELECT "upper"('a')`,
      "SELECT main.upper('a')",
    ])
      expect(lint(sql), sql).not.toEqual([])
  })
})

// https://docs.aws.amazon.com/redshift/latest/dg/r_ROUND.html https://docs.aws.amazon.com/redshift/latest/dg/r_TRUNC.html
describe("ROUND and TRUNC", () => {
  it.each([
    ["SELECT ROUND(61.23::DECIMAL(4,2), -2)", "100"],
    ["SELECT ROUND(49.99::DECIMAL(4,2), -2)", "0"],
    ["SELECT ROUND(-150, -2)", -200],
    ["SELECT ROUND(28.05::DECIMAL(8,2), 1)", "28.1"],
    ["SELECT ROUND(1250::FLOAT8, -2)", 1300],
    ["SELECT TRUNC(12.5678, 2)", "12.56"],
    ["SELECT TRUNC(1289.99::DECIMAL(8,2), -2)", "1200"],
    ["SELECT TRUNC(-1289, -1)", -1280],
    ["SELECT TRUNC(111.86)", "111"],
  ] as const)("%s is %s", async (sql, value) => {
    expect(await row(sql)).toEqual([value])
  })

  it("are refused where the places are no literal", async () => {
    await expect(ask("SELECT ROUND(1.5, glob) FROM t")).rejects.toThrow("NOT_SIMULATED: ROUND")
  })
})

// https://docs.aws.amazon.com/redshift/latest/dg/JSON_EXTRACT_PATH_TEXT.html https://docs.aws.amazon.com/redshift/latest/dg/JSON_EXTRACT_ARRAY_ELEMENT_TEXT.html
describe("JSON functions", () => {
  it.each([
    [`JSON_EXTRACT_PATH_TEXT('{"2020":{"x":1}}', '2020', 'x')`, "1"],
    [`JSON_EXTRACT_PATH_TEXT('{"a":[5,{"7":"s"}]}', 'a', '1', '7')`, "s"],
    [`JSON_EXTRACT_PATH_TEXT('{"a\\"b":1}', 'zz')`.replace("\\", ""), undefined],
    ["JSON_EXTRACT_ARRAY_ELEMENT_TEXT('[111,112,113]', 2)", "113"],
    ["JSON_EXTRACT_ARRAY_ELEMENT_TEXT('[111,112,113]', -1)", null],
    ["JSON_EXTRACT_ARRAY_ELEMENT_TEXT('[111,112,113]', 3)", null],
    ["JSON_EXTRACT_ARRAY_ELEMENT_TEXT('[1,]', 0, TRUE)", null],
    ["JSON_EXTRACT_PATH_TEXT('{broken', 'a', TRUE)", null],
    ["JSON_ARRAY_LENGTH('[1,2,[3]]')", 3],
    ["JSON_ARRAY_LENGTH('{broken', TRUE)", null],
    ["IS_VALID_JSON_ARRAY('[1]')", true],
    [`IS_VALID_JSON_ARRAY('{"a":1}')`, false],
  ] as const)("%s is %s", async (call, value) => {
    if (value === undefined) await expect(ask(`SELECT ${call}`)).rejects.toThrow("JSON")
    else expect(await row(`SELECT ${call}`)).toEqual([value])
  })

  it("fail over what is no JSON", async () => {
    await expect(ask("SELECT JSON_EXTRACT_PATH_TEXT('{broken', 'a')")).rejects.toThrow("JSON parsing error")
    await expect(ask("SELECT JSON_EXTRACT_ARRAY_ELEMENT_TEXT('[1,]', 0)")).rejects.toThrow("invalid json array object [1,]")
    await expect(ask("SELECT JSON_ARRAY_LENGTH('{}', FALSE)")).rejects.toThrow("invalid json array object {}")
  })
})

// Names of columns without one are PostgreSQL's; the samples of AWS's pages show them: https://docs.aws.amazon.com/redshift/latest/dg/r_COUNT.html
describe("the name of an output column", () => {
  it.each([
    ["SELECT COUNT(*), SUM(glob), 1, name, t.glob FROM t GROUP BY 4, 5", ["count", "sum", "?column?", "name", "glob"]],
    ['SELECT 1 AS "total sales", 2 AS "Net", 3 Gross', ["total sales", "net", "gross"]],
    [
      "SELECT COALESCE(name, 'x'), CASE WHEN glob = 1 THEN 1 END, NVL(name, 'x'), glob + 1 FROM t",
      ["coalesce", "case", "coalesce", "?column?"],
    ],
    ["SELECT glob::BIGINT, 1::BIGINT, CAST(MAX(glob) AS FLOAT8) FROM t GROUP BY 1", ["glob", "int8", "max"]],
    ["SELECT current_user, TRUE, -1, NOT TRUE, NULL", ["current_user", "?column?", "?column?", "?column?", "?column?"]],
    ["SELECT LISTAGG(name) WITHIN GROUP (ORDER BY name), DATEADD(day, 1, DATE '2024-01-01') FROM t", ["listagg", "date_add"]],
    ["SELECT count FROM (SELECT COUNT(*) FROM t)", ["count"]],
    ["SELECT * FROM (SELECT MAX(glob), MIN(glob) FROM t)", ["max", "min"]],
  ] as const)("%s", async (sql, names) => {
    expect((await ask(sql)).names).toEqual(names)
  })

  it("is kept by a table that is made of it", async () => {
    await ask("CREATE TABLE counted AS SELECT COUNT(*), MAX(name) FROM t")
    expect(await row("SELECT count, max FROM counted")).toEqual([2, "b"])
  })
})

describe("the Data API", () => {
  // https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_GetStatementResultV2.html
  it("gives a result as CSV to whoever asked for it, and through the other operation neither", async () => {
    const Sql = `SELECT 1 AS n, 'a,"b"' AS quoted, NULL AS nothing, '' AS empty, 9223372036854775807 AS big, TRUE AS yes`
    const { Id } = await world.client.send(new ExecuteStatementCommand({ ...PLACE, Sql, ResultFormat: "CSV" }))
    const result = await world.client.send(new GetStatementResultV2Command({ Id }))
    expect(result.Records).toEqual([{ CSVRecords: '1,"a,""b""",,"",9223372036854775807,true\r\n' }])
    expect(result).toMatchObject({ ResultFormat: "CSV", TotalNumRows: 1 })
    expect(result.ColumnMetadata!.map(({ name }) => name)).toEqual(["n", "quoted", "nothing", "empty", "big", "yes"])
    expect((await world.client.send(new DescribeStatementCommand({ Id }))).ResultFormat).toBe("CSV")
    await expect(world.client.send(new GetStatementResultCommand({ Id }))).rejects.toThrow("GetStatementResultV2")
    const json = await world.client.send(new ExecuteStatementCommand({ ...PLACE, Sql }))
    await expect(world.client.send(new GetStatementResultV2Command({ Id: json.Id }))).rejects.toThrow("GetStatementResult")
  })

  it("pages CSV, each row once", async () => {
    const Sql =
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) SELECT i, REPEAT('x', 1000) FROM n ORDER BY i"
    const { Id } = await world.client.send(new ExecuteStatementCommand({ ...PLACE, Sql, ResultFormat: "CSV" }))
    const seen: string[] = []
    let NextToken: string | undefined
    do {
      const page = await world.client.send(new GetStatementResultV2Command({ Id, NextToken }))
      seen.push(...page.Records!.flatMap(({ CSVRecords }) => CSVRecords!.trim().split("\r\n")))
      NextToken = page.NextToken
    } while (NextToken)
    expect(seen.map((line) => Number(line.split(",")[0]))).toEqual(Array.from({ length: 3_000 }, (_, i) => i + 1))
  })

  // https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_ListSessions.html
  it("lists the sessions that are open", async () => {
    const { SessionId } = await world.client.send(
      new ExecuteStatementCommand({ ...PLACE, Sql: "SELECT 1", SessionKeepAliveSeconds: 60 }),
    )
    const { Sessions } = await world.client.send(new ListSessionsCommand({}))
    expect(Sessions).toHaveLength(1)
    expect(Sessions![0]).toMatchObject({
      SessionId,
      Status: "AVAILABLE",
      DbUser: "IAM:admin",
      SessionAliveSeconds: 60,
      WorkgroupName: "backline",
    })
    expect((await world.client.send(new ListSessionsCommand({ Status: "BUSY" }))).Sessions).toEqual([])
    await expect(world.client.send(new ListSessionsCommand({ Status: "CLOSED" }))).rejects.toThrow("NOT_SIMULATED")
    await expect(world.client.send(new ListSessionsCommand({ SessionId, Status: "BUSY" }))).rejects.toThrow(
      "together with SessionId",
    )
    world.clock.advance(61_000)
    expect((await world.client.send(new ListSessionsCommand({}))).Sessions).toEqual([])
  })
})
