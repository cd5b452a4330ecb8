import {
  BatchExecuteStatementCommand,
  CancelStatementCommand,
  DescribeStatementCommand,
  DescribeTableCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  ListDatabasesCommand,
  ListSchemasCommand,
  ListStatementsCommand,
  ListTablesCommand,
  paginateGetStatementResult,
  type BatchExecuteStatementInput,
  type ExecuteStatementInput,
} from "@aws-sdk/client-redshift-data"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import type { AwsRequest } from "../../service.ts"
import type { StatementEvent } from "./index.ts"
import { startWarehouse } from "./testing.ts"

const PLACE = { WorkgroupName: "backline", Database: "backline" }
const events: StatementEvent[] = []
let warehouse: Awaited<ReturnType<typeof startWarehouse>>

beforeAll(async () => {
  warehouse = await startWarehouse({ onStatement: (event) => events.push(event) })
})
afterAll(() => warehouse.stop())

const execute = (Sql: string, more: Partial<ExecuteStatementInput> = {}) =>
  warehouse.client.send(new ExecuteStatementCommand({ ...PLACE, Sql, WaitTimeSeconds: 20, ...more }))
const batch = (Sqls: string[], more: Partial<BatchExecuteStatementInput> = {}) =>
  warehouse.client.send(new BatchExecuteStatementCommand({ ...PLACE, Sqls, WaitTimeSeconds: 20, ...more }))
const describeId = (Id: string | undefined, WaitTimeSeconds?: number) =>
  warehouse.client.send(new DescribeStatementCommand({ Id, WaitTimeSeconds }))
const result = (Id: string | undefined) => warehouse.client.send(new GetStatementResultCommand({ Id }))
const values = async (Sql: string, more?: Partial<ExecuteStatementInput>) => {
  const { Id, Status } = await execute(Sql, more)
  if (Status !== "FINISHED") throw new Error((await describeId(Id)).Error)
  return (await result(Id)).Records!.map((row) => row.map((field) => Object.values(field)[0] as unknown))
}
/** A request without HTTP around it. */
const requestOf = (json: object) =>
  ({ json, signal: new AbortController().signal, caller: { kind: "admin" } }) as unknown as AwsRequest
const inProcess = async (operation: string, json: object): Promise<{ Id: string }> =>
  JSON.parse((await warehouse.service.handle(requestOf(json), operation, warehouse.cloud)).body as string)
const SLOW = "SELECT CAST(COUNT(*) AS BIGINT) AS n FROM hundred a, hundred b, hundred c, hundred d, hundred e"

describe("one statement", () => {
  it("answers typed fields and lower-case column metadata", async () => {
    const { Id, Status, HasResultSet } = await execute(
      "SELECT CAST(1 AS BIGINT) AS One, CAST(1.50 AS NUMERIC(10,2)) AS price, CAST(0.5 AS FLOAT8) AS half, TRUE AS yes, CAST('x' AS VARCHAR(10)) AS name, DATE '1842-12-07' AS day, TIMESTAMP '2024-01-01 10:00:00.5' AS moment, CAST(NULL AS INTEGER) AS nothing",
    )
    expect([Status, HasResultSet]).toEqual(["FINISHED", true])
    const { Records, ColumnMetadata, TotalNumRows } = await result(Id)
    expect(Records).toEqual([
      [
        { longValue: 1 },
        { stringValue: "1.50" },
        { doubleValue: 0.5 },
        { booleanValue: true },
        { stringValue: "x" },
        { stringValue: "1842-12-07" },
        { stringValue: "2024-01-01 10:00:00.5" },
        { isNull: true },
      ],
    ])
    expect(ColumnMetadata!.map(({ name, typeName }) => `${name} ${typeName}`)).toEqual([
      "one int8",
      "price numeric",
      "half float8",
      "yes bool",
      "name varchar",
      "day date",
      "moment timestamp",
      "nothing int4",
    ])
    expect(TotalNumRows).toBe(1)
  })

  it("writes 64-bit integers with all their digits", async () => {
    const { Id } = await execute("SELECT CAST(9007199254740993 AS BIGINT) AS big")
    const response = await warehouse.service.handle(requestOf({ Id }), "GetStatementResult", warehouse.cloud)
    expect(response.body).toContain('"longValue":9007199254740993')
  })

  it("fails in PostgreSQL's words, and with NOT_SIMULATED for what it cannot answer alike", async () => {
    for (const [sql, error] of [
      ["SELECT * FROM nothing", 'ERROR: relation "nothing" does not exist'],
      ["SELECT AVG(x) FROM t", "NOT_SIMULATED: AVG without a cast"],
      ["UNLOAD ('x') TO 's3://b/k'", "NOT_SIMULATED: UNLOAD"],
    ] as const) {
      const { Id, Status } = await execute(sql)
      expect(Status).toBe("FAILED")
      expect((await describeId(Id)).Error).toContain(error)
      await expect(result(Id)).rejects.toMatchObject({ name: "ResourceNotFoundException" })
    }
  })

  it("binds parameters, and refuses unused ones and empty lists", async () => {
    expect(
      await values("SELECT CAST(:a AS INTEGER) + CAST(:b AS INTEGER) AS n, ':a' AS text", {
        Parameters: [
          { name: "a", value: "2" },
          { name: "b", value: "3" },
        ],
      }),
    ).toEqual([[5, ":a"]])
    await expect(execute("SELECT 1", { Parameters: [{ name: "a", value: "2" }] })).rejects.toThrow("Unused parameters: [a]")
    await expect(execute("SELECT :a", { Parameters: [] })).rejects.toMatchObject({ name: "ValidationException" })
    await expect(execute("SELECT :a", { Parameters: [{ name: "a", value: "" }] })).rejects.toMatchObject({
      name: "ValidationException",
    })
    await expect(values("SELECT :missing")).rejects.toThrow('syntax error at or near ":"')
  })

  it("pages a large result with the SDK's paginator, each row once", async () => {
    await execute(
      "CREATE TABLE hundred AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT i FROM n",
    )
    const { Id } = await execute(
      "SELECT CAST(a.i * 10000 + b.i * 100 + c.i AS BIGINT) AS n, CAST(REPEAT('x', 50) AS VARCHAR(50)) AS pad FROM hundred a, hundred b, hundred c WHERE c.i <= 2 ORDER BY 1",
    )
    const seen = new Set<number>()
    let pages = 0
    for await (const { Records } of paginateGetStatementResult({ client: warehouse.client }, { Id })) {
      pages++
      for (const [n] of Records!) seen.add(n!.longValue!)
    }
    expect(pages).toBeGreaterThan(1)
    expect(seen.size).toBe(20_000)
    await expect(warehouse.client.send(new GetStatementResultCommand({ Id, NextToken: "nonsense" }))).rejects.toMatchObject({
      name: "ValidationException",
    })
  })

  it("refuses a row above 64 KB", async () => {
    await expect(
      values("SELECT CAST(REPEAT('x', 65600) AS VARCHAR(65535)) AS a, CAST(REPEAT('x', 100) AS VARCHAR(100)) AS b"),
    ).rejects.toThrow("64 KB")
  })
})

describe("a batch", () => {
  it("runs as one transaction and has a result per statement", async () => {
    const { Id } = await batch(
      [
        "CREATE TABLE kept (a INTEGER)",
        "INSERT INTO kept VALUES (CAST(:n AS INTEGER))",
        "SELECT CAST(a AS INTEGER) AS a FROM kept",
      ],
      { Parameters: [{ name: "n", value: "7" }] },
    )
    const described = await describeId(Id)
    expect(described.SubStatements!.map((part) => `${part.Status} ${part.HasResultSet}`)).toEqual([
      "FINISHED false",
      "FINISHED false",
      "FINISHED true",
    ])
    expect((await result(`${Id}:3`)).Records).toEqual([[{ longValue: 7 }]])
    await expect(result(Id)).rejects.toThrow("<Id>:<n>")
    await expect(describeId(`${Id}:9`)).rejects.toMatchObject({ name: "ResourceNotFoundException" })
  })

  it("leaves nothing when one statement fails", async () => {
    const { Id, Status } = await batch(["CREATE TABLE lost (a INTEGER)", "INSERT INTO lost SELECT 1 / 0", "SELECT 1"])
    expect(Status).toBe("FAILED")
    const described = await describeId(Id)
    expect(described.Error).toBe("Query #2 failed with ERROR: division by zero")
    expect(described.SubStatements!.map((part) => part.Status)).toEqual(["FINISHED", "FAILED", "ABORTED"])
    await expect(values("SELECT * FROM lost")).rejects.toThrow('relation "lost" does not exist')
  })

  it("keeps what came before the failure under AUTO_COMMIT", async () => {
    await batch(["CREATE TABLE stays (a INTEGER)", "SELECT 1 / 0"], { ExecutionMode: "AUTO_COMMIT" })
    expect(await values("SELECT COUNT(*) AS n FROM stays")).toEqual([[0]])
  })

  it("refuses 0 and 41 statements, and what commits the transaction", async () => {
    await expect(batch([])).rejects.toMatchObject({ name: "ValidationException" })
    await expect(batch(Array(41).fill("SELECT 1"))).rejects.toMatchObject({ name: "ValidationException" })
    const { Id } = await batch(["TRUNCATE stays"])
    expect((await describeId(Id)).Error).toContain("NOT_SIMULATED: TRUNCATE in a batch")
  })
})

describe("names, tokens and limits", () => {
  it("gives the same statement for the same ClientToken for eight hours", async () => {
    const again = async () => (await execute("INSERT INTO stays VALUES (1)", { ClientToken: "once" })).Id
    const first = await again()
    expect(await Promise.all(Array.from({ length: 20 }, again))).toEqual(Array(20).fill(first))
    expect(await values("SELECT COUNT(*) AS n FROM stays")).toEqual([[1]])
    warehouse.clock.advance(8 * 3_600_000)
    expect(await again()).not.toBe(first)
  })

  it("forgets a statement after 24 hours", async () => {
    const { Id } = await execute("SELECT 1")
    warehouse.clock.advance(24 * 3_600_000 + 1)
    await expect(result(Id)).rejects.toMatchObject({ name: "ResourceNotFoundException" })
  })

  it("refuses an unknown workgroup, database, cluster, id, and 100 KB of text", async () => {
    await expect(execute("SELECT 1", { WorkgroupName: "other" })).rejects.toThrow("Redshift endpoint doesn't exist")
    await expect(execute("SELECT 1", { Database: "other" })).rejects.toThrow('database "other" does not exist')
    await expect(execute("SELECT 1", { ClusterIdentifier: "c" })).rejects.toThrow("NOT_SIMULATED")
    await expect(execute(`SELECT '${"x".repeat(100_000)}'`)).rejects.toMatchObject({ name: "ValidationException" })
    await expect(describeId("00000000-0000-0000-0000-000000000000")).rejects.toThrow("Query does not exist.")
    await expect(describeId("1")).rejects.toMatchObject({ name: "ValidationException" })
  })

  it("takes 500 active statements and refuses the next", async () => {
    const direct = (Sql: string) => inProcess("ExecuteStatement", { ...PLACE, Sql })
    const hold = await Promise.all(Array.from({ length: 3 }, () => direct(SLOW)))
    const queued = await Promise.all(Array.from({ length: 497 }, () => direct("SELECT 1")))
    await expect(execute("SELECT 1")).rejects.toMatchObject({ name: "ActiveStatementsExceededException" })
    await Promise.all(hold.map(({ Id }) => warehouse.client.send(new CancelStatementCommand({ Id }))))
    const ends = await Promise.all([...hold, queued.at(-1)!].map(async ({ Id }) => (await describeId(Id, 20)).Status))
    expect(ends).toEqual(["ABORTED", "ABORTED", "ABORTED", "FINISHED"])
    await vi.waitFor(() => expect(warehouse.service.state!()).toMatchObject({ open: 0 }), 10_000)
  })

  it("asks IAM for the action and for GetCredentials on the workgroup", () => {
    const asked = warehouse.service.authorize(
      { headers: { "x-amz-target": "RedshiftData.ExecuteStatement" }, json: { ...PLACE, Sql: "SELECT 1" } } as never,
      warehouse.cloud,
    )
    const arn = expect.stringMatching(/^arn:aws:redshift-serverless:eu-west-1:000000000000:workgroup\/[0-9a-f-]{36}$/)
    expect(asked).toEqual({
      operation: "ExecuteStatement",
      access: [
        { action: "redshift-data:ExecuteStatement", resource: arn },
        { action: "redshift-serverless:GetCredentials", resource: arn },
      ],
    })
  })
})

describe("cancel and wait", () => {
  it("aborts a running statement at once and rolls its work back", async () => {
    const { Id } = await batch(["INSERT INTO stays VALUES (99)", `INSERT INTO stays ${SLOW.replace("BIGINT", "INTEGER")}`], {
      WaitTimeSeconds: 1,
    })
    expect((await describeId(Id)).Status).toBe("STARTED")
    const started = performance.now()
    expect((await warehouse.client.send(new CancelStatementCommand({ Id }))).Status).toBe(true)
    expect((await describeId(Id, 10)).Status).toBe("ABORTED")
    expect(performance.now() - started).toBeLessThan(2_000)
    expect(await values("SELECT COUNT(*) AS n FROM stays WHERE a = 99")).toEqual([[0]])
    await expect(warehouse.client.send(new CancelStatementCommand({ Id }))).rejects.toMatchObject({ name: "ValidationException" })
  })

  it("waits inside GetStatementResult too", async () => {
    const { Id } = await execute("SELECT CAST(COUNT(*) AS BIGINT) AS n FROM hundred a, hundred b, hundred c", {
      WaitTimeSeconds: undefined,
    })
    const { Records } = await warehouse.client.send(new GetStatementResultCommand({ Id, WaitTimeSeconds: 20 }))
    expect(Records).toEqual([[{ longValue: 1_000_000 }]])
  })

  it("tells the end of a statement that asked for an event", async () => {
    await execute("SELECT 1 AS one", { WithEvent: true, StatementName: "load-1" })
    expect(events.at(-1)).toMatchObject({ statementName: "load-1", state: "FINISHED", rows: 1 })
  })
})

describe("a file", () => {
  it("keeps the warehouse over a restart, with its limits and its clock", async () => {
    const folder = await mkdtemp(join(tmpdir(), "backline-warehouse-"))
    const once = async (Sqls: string[]) => {
      const kept = await startWarehouse({ file: join(folder, "warehouse.duckdb") })
      const { Id, Status } = await kept.client.send(new BatchExecuteStatementCommand({ ...PLACE, Sqls, WaitTimeSeconds: 20 }))
      const { Error: error } = await kept.client.send(new DescribeStatementCommand({ Id }))
      await kept.stop()
      return error ?? Status
    }
    expect(
      await once(["CREATE TABLE kept (a VARCHAR(3), made TIMESTAMP DEFAULT GETDATE())", "INSERT INTO kept (a) VALUES ('abc')"]),
    ).toBe("FINISHED")
    expect(await once(["SELECT 1 / CASE WHEN a = 'abc' AND made IS NOT NULL THEN 1 ELSE 0 END FROM kept"])).toBe("FINISHED")
    expect(await once(["INSERT INTO kept (a) VALUES ('abcd')"])).toContain("value too long for type character varying(3)")
    await rm(folder, { recursive: true })
  })
})

describe("sessions and catalog", () => {
  it("keeps temporary tables in a session and nowhere else", async () => {
    const { SessionId } = await execute("CREATE TEMP TABLE mine AS SELECT 1 AS a", { SessionKeepAliveSeconds: 60 })
    const inSession = (Sql: string) => execute(Sql, { WorkgroupName: undefined, Database: undefined, SessionId })
    expect((await inSession("SELECT a FROM mine")).Status).toBe("FINISHED")
    await expect(values("SELECT a FROM mine")).rejects.toThrow('relation "mine" does not exist')
    warehouse.clock.advance(61_000)
    await expect(inSession("SELECT a FROM mine")).rejects.toThrow("expired")
  })

  it("lists statements, databases, schemas and tables, and describes one", async () => {
    await batch(["CREATE SCHEMA core", "CREATE TABLE core.thing (id VARCHAR(64) NOT NULL, price NUMERIC(12,2))"])
    const { client } = warehouse
    expect((await client.send(new ListDatabasesCommand(PLACE))).Databases).toEqual(["backline"])
    expect((await client.send(new ListSchemasCommand({ ...PLACE, SchemaPattern: "c%" }))).Schemas).toEqual(["core"])
    expect((await client.send(new ListTablesCommand({ ...PLACE, SchemaPattern: "core" }))).Tables).toEqual([
      { schema: "core", name: "thing", type: "TABLE" },
    ])
    const { ColumnList } = await client.send(new DescribeTableCommand({ ...PLACE, Schema: "core", Table: "thing" }))
    expect(
      ColumnList!.map(({ name, typeName, length, precision, nullable }) => [name, typeName, length, precision, nullable]),
    ).toEqual([
      ["id", "varchar", 64, 0, 0],
      ["price", "numeric", 12, 12, 1],
    ])
    const { Statements, NextToken } = await client.send(new ListStatementsCommand({ MaxResults: 2, Status: "FINISHED" }))
    expect(Statements).toHaveLength(2)
    expect(NextToken).toBeDefined()
  })
})
