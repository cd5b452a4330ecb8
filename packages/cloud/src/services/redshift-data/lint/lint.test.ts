import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { tokenize } from "../sql/tokens.ts"
import { lint } from "./index.ts"

const REFUSED: [sql: string, says: string][] = [
  ["INSERT INTO t (a) VALUES (1) ON CONFLICT DO NOTHING", "ON CONFLICT"],
  ["DELETE FROM t RETURNING id", "RETURNING"],
  ["SELECT DISTINCT ON (a) a FROM t", "DISTINCT ON"],
  ["SELECT COUNT(*) FILTER (WHERE a > 1) FROM t", "FILTER"],
  ["SELECT ARRAY[1, 2]", "arrays"],
  ["SELECT STRING_AGG(a, ',') FROM t", "LISTAGG"],
  ["SELECT ARRAY_AGG(a) FROM t", "LISTAGG"],
  ["SELECT * FROM GENERATE_SERIES(1, 3)", "GENERATE_SERIES"],
  ["SELECT * FROM (VALUES (1)) v (a)", "VALUES as a table"],
  ["SELECT * FROM t, LATERAL (SELECT 1) x", "LATERAL"],
  ["SELECT a IS DISTINCT FROM b FROM t", "IS DISTINCT FROM"],
  ["CREATE INDEX i ON t (a)", "CREATE INDEX"],
  ["CREATE TABLE t (a SERIAL)", "SERIAL"],
  ["CREATE TABLE t (a UUID)", "UUID"],
  ["CREATE TABLE t (a JSON)", "JSON"],
  ["SELECT CORR(a, b) FROM t", "CORR"],
  ["SELECT REGR_SLOPE(a, b) FROM t", "not in Redshift"],
  ["SELECT * FROM READ_PARQUET('x')", "READ_PARQUET"],
  ["SELECT * FROM 'x.parquet'", "FROM 'file'"],
  ["SELECT a FROM t ORDER BY ALL", "ORDER BY ALL"],
  ["SELECT a, COUNT(*) FROM t GROUP BY ALL", "GROUP BY ALL"],
  ["SELECT {'a': 1}", "structs"],
  ["SELECT a::json FROM t", "JSON"],
  ["SELECT AVG(a) FROM t", "AVG"],
  ["SELECT DATEDIFF(week, a, b) FROM t", "week"],
  ["SELECT TO_CHAR(a, '999D99') FROM t", "TO_CHAR of a number"],
  ["SELECT TO_CHAR(a, 'Month') FROM t", "Month"],
  ["SELECT at FROM t", "`at`"],
  ["SELECT SUM(a) OVER (ORDER BY b) FROM t", "without a frame"],
  ["SELECT ROW_NUMBER() OVER (ORDER BY a NULLS LAST) FROM t", "NULLS"],
  ["SELECT '\\d'", "backslash"],
  ["SELECT a * :p FROM t", "arithmetic"],
  ["SELECT NOW()", "GETDATE"],
  ["SELECT CURRENT_TIMESTAMP", "GETDATE"],
  ["SELECT FROBNICATE(1)", "FROBNICATE"],
  ["CREATE TABLE t (tag VARCHAR(5))", "reserved"],
  ["CREATE TABLE t (a CHAR(3))", "VARCHAR(n)"],
  ["CREATE PROCEDURE p() AS $$ BEGIN END $$", "procedures"],
  ["MERGE INTO t x USING s ON x.a = s.a WHEN MATCHED THEN UPDATE SET a = 1", "alias"],
  ["MERGE INTO t USING (SELECT 1 AS a) s ON t.a = s.a WHEN MATCHED THEN UPDATE SET a = 1", "stage it"],
  [
    "MERGE INTO t USING s ON t.a = s.a WHEN MATCHED AND s.a > 1 THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (1)",
    "WHEN MATCHED THEN",
  ],
  ["COPY t FROM 's3://b/k' IAM_ROLE default FORMAT AS JSON 'auto'", "COPY"],
  ["UNLOAD ('SELECT 1') TO 's3://b/k'", "UNLOAD"],
  ["ATTACH 'x'", "ATTACH"],
  ["SELECT x -> x + 1", "->"],
  ["SELECT a[1] FROM t", "subscripts"],
  ["SELECT table_name FROM information_schema.tables", "SVV_TABLES"],
  ["SELECT * FROM pg_tables", "SVV_TABLES"],
  ["SELECT DATE_PART(century, a) FROM t", "century"],
  ["WITH x AS (SELECT 1) INSERT INTO t SELECT 1", "WITH in front"],
]

describe("lint", () => {
  it.each(REFUSED)("refuses %s", (sql, says) => {
    const problems = lint(sql)
    expect(problems.map(({ message }) => message).join("; ")).toContain(says)
  })

  it("knows what a transaction cannot hold", () => {
    for (const sql of ["TRUNCATE t", "VACUUM t", "ALTER TABLE a APPEND FROM b"]) {
      expect(lint(sql)).toEqual([])
      expect(lint(sql, { batch: true })[0]!.message).toContain("batch")
    }
  })

  it("asks an API query to say the type and name of every column", () => {
    expect(
      lint("SELECT CAST(COUNT(*) AS BIGINT) AS n, CAST(v.name AS VARCHAR(300)) AS name FROM v GROUP BY 2", { query: true }),
    ).toEqual([])
    expect(lint("SELECT COUNT(*) AS n FROM v", { query: true })).toHaveLength(1)
    expect(lint("WITH x AS (SELECT a FROM t) SELECT CAST(a AS INTEGER) FROM x", { query: true })).toHaveLength(1)
  })

  it("says where", () => {
    expect(lint("SELECT 1, AVG(a) FROM t")[0]!.at).toBe(10)
  })

  it("never throws, whatever the text", () => {
    const piece = fc.constantFrom(
      "SELECT",
      "FROM",
      "(",
      ")",
      ",",
      "'",
      '"',
      "CASE",
      "END",
      "::",
      "/",
      "*",
      "INTERVAL '1 second'",
      "OVER",
      "a",
      "1",
      ":p",
      "CAST",
      "AS",
      "INTO",
      "TOP",
      "/*",
      "--",
      "CREATE TABLE",
      "COPY",
      "MERGE INTO",
      "~",
      "LISTAGG(",
      "WITHIN GROUP",
      ";",
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 4 })), { maxLength: 20 }), (parts) =>
        Array.isArray(lint(parts.join(" "))),
      ),
      { numRuns: 500 },
    )
  })

  it("finds a parameter only where it is one", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const literal = `'${text.replaceAll("'", "''")}'`
        const comment = `/* ${text.replaceAll("*/", "").replaceAll("/*", "")} */`
        return tokenize(`SELECT ${literal} ${comment} , :p::int`).filter((token) => token.kind === "parameter").length === 1
      }),
    )
  })
})
