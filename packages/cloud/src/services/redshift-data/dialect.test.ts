import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Engine } from "./engine/engine.ts"
import type { Connection } from "./engine/connection.ts"
import { execute } from "./engine/execute.ts"
import { lint } from "./lint/index.ts"
import { plan } from "./statements/index.ts"
import { fakeCloud } from "./testing.ts"

const NOW = "2024-02-29 13:14:15.678901"
let engine: Engine
let connection: Connection

const run = async (sql: string, parameters: Record<string, string> = {}) =>
  (await execute(connection, plan(sql, NOW), parameters, fakeCloud().cloud, () => false)).rows

/** Values as the API would give them; NULL is null. */
const ask = async (sql: string, parameters?: Record<string, string>) => {
  const rows = (await run(sql, parameters))!.rows.map((row) => JSON.parse(row) as Record<string, unknown>[])
  return rows.map((row) => row.map((field) => ("isNull" in field ? null : Object.values(field)[0])))
}

beforeAll(async () => {
  engine = await Engine.open()
  connection = await engine.connect()
  await run(
    "CREATE TABLE sale (id INTEGER NOT NULL ENCODE az64, venue VARCHAR(10) ENCODE zstd, qty INTEGER, price NUMERIC(12,2), at_time TIMESTAMP, doc VARCHAR(MAX)) DISTSTYLE KEY DISTKEY(id) COMPOUND SORTKEY(at_time, id)",
  )
  await run(
    `INSERT INTO sale VALUES (1, 'Hall', 2, 10.50, '2024-01-31 10:00:00', '{"a":{"b":"x","n":[1,2]}}'), (2, 'Hall', 3, 20.00, '2024-02-01 23:30:00', NULL), (3, 'Dome', NULL, 5.25, '2023-12-31 23:59:59', '{broken')`,
  )
})
afterAll(() => {
  connection.close()
  engine.close()
})

const QUERIES: [sql: string, rows: unknown[][]][] = [
  ["SELECT 7 / 2, -7 / 2, 7 % 4", [[3, -3, 3]]],
  ["SELECT CAST(7 AS FLOAT8) / 2, CAST(1 AS FLOAT) / 3 > 0.3333333", [[3.5, true]]],
  ["SELECT qty FROM sale ORDER BY qty DESC", [[null], [3], [2]]],
  ["SELECT TOP 2 id FROM sale ORDER BY id DESC", [[3], [2]]],
  ["SELECT id FROM (SELECT TOP 1 id FROM sale ORDER BY id) s", [[1]]],
  ["SELECT venue FROM sale MINUS SELECT 'Dome'", [["Hall"]]],
  [
    "SELECT NVL(qty, 0), NVL2(qty, 'y', 'n') FROM sale ORDER BY id",
    [
      [2, "y"],
      [3, "y"],
      [0, "n"],
    ],
  ],
  ["SELECT DECODE(qty, 2, 'two', NULL, 'none', 'many') FROM sale ORDER BY id", [["two"], ["many"], ["none"]]],
  [
    "SELECT DATEADD(month, 1, '2024-01-31'), DATEADD(hour, -2, CAST('2024-01-01' AS TIMESTAMP)), DATEADD('day', 1, DATE '2024-02-28')",
    [["2024-02-29 00:00:00", "2023-12-31 22:00:00", "2024-02-29 00:00:00"]],
  ],
  [
    "SELECT DATEDIFF(day, '2024-01-01 23:59:59', '2024-01-02 00:00:00'), DATEDIFF(hour, '2024-01-01 00:59:00', '2024-01-01 01:01:00'), DATEDIFF(month, DATE '2024-01-31', DATE '2024-02-01')",
    [[1, 1, 1]],
  ],
  ["SELECT GETDATE(), SYSDATE, CURRENT_DATE", [["2024-02-29 13:14:15", "2024-02-29 13:14:15.678901", "2024-02-29"]]],
  [
    "SELECT ADD_MONTHS('2024-02-29', 1), ADD_MONTHS(DATE '2024-01-15', -1), LAST_DAY(DATE '2024-02-01')",
    [["2024-03-31 00:00:00", "2023-12-15 00:00:00", "2024-02-29"]],
  ],
  [
    "SELECT CONVERT_TIMEZONE('America/New_York', '2024-07-01 12:00:00'), CONVERT_TIMEZONE('Europe/Berlin', 'UTC', '2024-07-01 12:00:00')",
    [["2024-07-01 08:00:00", "2024-07-01 10:00:00"]],
  ],
  [
    "SELECT TO_CHAR(at_time, 'YYYY-MM-DD\"T\"HH24:MI:SS'), TO_CHAR(at_time, 'Mon DD, FMDay') FROM sale WHERE id = 1",
    [["2024-01-31T10:00:00", "Jan 31, Wednesday"]],
  ],
  ["SELECT TO_DATE('31.01.2024', 'DD.MM.YYYY'), TO_DATE('20240131', 'YYYYMMDD')", [["2024-01-31", "2024-01-31"]]],
  [
    "SELECT EXTRACT(year FROM at_time), DATE_PART(dow, at_time), DATE_PART('quarter', at_time) FROM sale WHERE id = 1",
    [[2024, 3, 1]],
  ],
  ["SELECT EXTRACT(epoch FROM TIMESTAMP '1969-12-31 23:59:00')", [[-60]]],
  [
    "SELECT DATE_TRUNC('month', at_time), DATE_TRUNC('week', DATE '2024-02-29') FROM sale WHERE id = 2",
    [["2024-02-01 00:00:00", "2024-02-26 00:00:00"]],
  ],
  ["SELECT TIMESTAMP 'epoch' + (CAST(-4000000000000 AS BIGINT) / 1000) * INTERVAL '1 second'", [["1843-03-31 16:53:20"]]],
  ["SELECT TRUNC(at_time), TRUNC(2.7), TRUNC(CAST(-2.7 AS FLOAT8)) FROM sale WHERE id = 1", [["2024-01-31", "2", -2]]],
  [
    "SELECT REGEXP_REPLACE('aXbX', 'X', '-'), REGEXP_REPLACE('ab', '(a)(b)', '$2$1'), REGEXP_SUBSTR('ab12', '[0-9]+'), REGEXP_SUBSTR('ab', '[0-9]'), REGEXP_COUNT('aXbX', 'X'), REGEXP_INSTR('abab', 'b$')",
    [["a-b-", "ba", "12", "", 2, 4]],
  ],
  [
    "SELECT venue ~ 'al', venue !~ '^H', venue SIMILAR TO 'H%', venue NOT SIMILAR TO '_all' FROM sale WHERE id = 1",
    [[true, false, true, false]],
  ],
  ["SELECT LEN('äbc'), CHARINDEX('b', 'abc'), INITCAP('the o''neil hALL'), OCTET_LENGTH('ä')", [[3, 2, "The O'Neil Hall", 2]]],
  ["SELECT CONCAT('a', NULL), 'a' || NULL, CONCAT('a', 'b')", [[null, null, "ab"]]],
  [
    "SELECT SUBSTRING('caterpillar', -2, 5), SUBSTRING('abc', 2), SUBSTRING('abcdef' FROM 2 FOR 3), SUBSTR('abc', 1, 2)",
    [["ca", "bc", "bcd", "ab"]],
  ],
  [
    "SELECT SHA2('a', 256), MD5('a')",
    [["ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb", "0cc175b9c0f1b6a831c399e269772661"]],
  ],
  ["SELECT CAST('abcdef' AS VARCHAR(3)), 'äö'::varchar(3), CAST('abc' AS TEXT)", [["abc", "ä", "abc"]]],
  [
    "SELECT CAST('a€b' AS VARCHAR(3)), '€'::varchar(2), CAST('😀x' AS VARCHAR(4)), CAST(REPEAT('ä', 40000) AS VARCHAR(65535)) = REPEAT('ä', 32767)",
    [["a", "", "😀", true]],
  ],
  [
    "SELECT CAST('5' AS INTEGER) + 1, '12'::int, CONVERT(INTEGER, '7'), CAST(2.5 AS NUMERIC), 1.255::numeric(10,2)",
    [[6, 12, 7, "3", "1.26"]],
  ],
  ["SELECT LISTAGG(DISTINCT venue, ', ') WITHIN GROUP (ORDER BY venue) FROM sale", [["Dome, Hall"]]],
  [
    "SELECT venue, RATIO_TO_REPORT(price) OVER (PARTITION BY venue) = 1 FROM sale WHERE id <> 2 ORDER BY 1",
    [
      ["Dome", true],
      ["Hall", true],
    ],
  ],
  ["SELECT APPROXIMATE COUNT(DISTINCT venue), HLL(id), COUNT(DISTINCT venue) FROM sale", [[2, 3, 2]]],
  [
    "SELECT APPROXIMATE PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY id), PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY id), MEDIAN(id) FROM sale",
    [[2, 2, 2]],
  ],
  [
    "SELECT LAG(qty) IGNORE NULLS OVER (ORDER BY id), LEAD(qty, 1) OVER (ORDER BY id) FROM sale ORDER BY id",
    [
      [null, 3],
      [2, null],
      [3, null],
    ],
  ],
  [
    "SELECT id, SUM(price) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) FROM sale ORDER BY id",
    [
      [1, "10.50"],
      [2, "30.50"],
      [3, "35.75"],
    ],
  ],
  ["SELECT id FROM sale QUALIFY ROW_NUMBER() OVER (PARTITION BY venue ORDER BY id DESC) = 1 ORDER BY id", [[2], [3]]],
  [
    "SELECT venue, SUM(qty) FROM sale GROUP BY ROLLUP (venue) ORDER BY venue NULLS LAST",
    [
      ["Dome", null],
      ["Hall", 5],
      [null, 5],
    ],
  ],
  ["WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT i FROM n ORDER BY i", [[1], [2], [3]]],
  ["SELECT price * 2 AS twice, twice + 1 FROM sale WHERE id = 1", [["21.00", "22.00"]]],
  ["SELECT AVG(CAST(qty AS FLOAT8)), AVG(price::float8) > 11, SUM(qty), MAX(price) FROM sale", [[2.5, true, 5, "20.00"]]],
  ["SELECT BOOL_OR(qty > 2), COUNT(*), COUNT(qty) FROM sale", [[true, 3, 2]]],
  [
    "SELECT JSON_EXTRACT_PATH_TEXT(doc, 'a', 'b'), JSON_EXTRACT_PATH_TEXT(doc, 'a', 'n'), JSON_EXTRACT_PATH_TEXT(doc, 'zz') FROM sale WHERE id = 1",
    [["x", "[1,2]", null]],
  ],
  [
    "SELECT JSON_EXTRACT_PATH_TEXT(doc, 'a', TRUE), IS_VALID_JSON(doc), CAN_JSON_PARSE('[1]') FROM sale WHERE id = 3",
    [[null, false, true]],
  ],
  ["SELECT JSON_SERIALIZE(JSON_PARSE('{\"a\":1}')), JSON_ARRAY_LENGTH('[1,2]')", [['{"a":1}', 2]]],
  ["SELECT GREATEST(1, NULL, 3), LEAST(2, 1), COALESCE(NULL, 'x'), NULLIF(1, 1)", [[3, 1, "x", null]]],
  [
    "SELECT TRIM(BOTH 'x' FROM 'xax'), BTRIM('  a '), LPAD('7', 3, '0'), REPEAT('ab', 2), SPLIT_PART('a,b', ',', 2), UPPER('ä'), POSITION('b' IN 'ab')",
    [["a", "a", "007", "abab", "b", "Ä", 2]],
  ],
  ["SELECT 'Beethoven, Ludwig van' ILIKE '%LUDWIG%', 'a' LIKE 'A', LOWER('Ä')", [[true, false, "ä"]]],
  ["SELECT CAST(NULL AS BIGINT), CAST(9223372036854775807 AS VARCHAR), TRUE", [[null, "9223372036854775807", true]]],
  ["SELECT table_schema, table_type FROM svv_tables WHERE table_name = 'sale'", [["public", "BASE TABLE"]]],
  ["SELECT COUNT(*) FROM public.sale WHERE at_time >= '2024-01-01' AND at_time < DATEADD(day, 1, DATE '2024-02-01')", [[2]]],
  ["SELECT MOD(7, 4), ROUND(2.5), ROUND(1.257, 2), CEIL(1.2), POWER(2, 10)", [[3, "3", "1.26", "2", 1024]]],
  ["SELECT CAST('2024-07-01 12:00:00' AS TIMESTAMP) AT TIME ZONE 'America/New_York'", [["2024-07-01 16:00:00+00"]]],
  ["SELECT CASE WHEN id = 1 THEN 10 ELSE 4 END / CASE WHEN id = 1 THEN 3 ELSE 2 END FROM sale ORDER BY id LIMIT 2", [[3], [2]]],
]

describe("what both engines understand", () => {
  it.each(QUERIES)("%s", async (sql, rows) => {
    expect(lint(sql)).toEqual([])
    expect(await ask(sql)).toEqual(rows)
  })

  it("binds :name as a value and leaves literals, casts and comments alone", async () => {
    expect(
      await ask(
        "SELECT ':venue', id::varchar -- :no\n /* :no /* :no */ */ FROM sale WHERE venue = :venue AND price > CAST(:price AS NUMERIC(12,2)) LIMIT :n",
        { venue: "Hall", price: "5", n: "1" },
      ),
    ).toEqual([[":venue", "1"]])
    expect(await ask("SELECT :1 || '$p_1 :1'", { 1: "one" })).toEqual([["one$p_1 :1"]])
    expect(await ask("SELECT COUNT(*) FROM sale WHERE venue = :v", { v: "x' OR '1'='1" })).toEqual([[0]])
  })
})

describe("statements that change", () => {
  it("limits a VARCHAR in bytes, with Redshift's words, also in a table made LIKE another", async () => {
    await run("CREATE TABLE short (name VARCHAR(3), note VARCHAR)")
    await expect(run("INSERT INTO short VALUES ('äö', 'x')")).rejects.toThrow("value too long for type character varying(3)")
    await run("CREATE TEMP TABLE stage (LIKE short)")
    await expect(run("INSERT INTO stage VALUES ('abcd', 'x')")).rejects.toThrow("value too long for type character varying(3)")
    await expect(run(`INSERT INTO short VALUES ('a', '${"x".repeat(257)}')`)).rejects.toThrow("character varying(256)")
  })

  it("keeps duplicates of a primary key, as Redshift does, and counts IDENTITY up", async () => {
    await run("CREATE TABLE keyed (id INTEGER PRIMARY KEY, n BIGINT IDENTITY(1, 1), UNIQUE (id))")
    await run("INSERT INTO keyed (id) VALUES (1)")
    await run("INSERT INTO keyed (id) VALUES (1)")
    expect(await ask("SELECT id, n FROM keyed ORDER BY n")).toEqual([
      [1, 1],
      [1, 2],
    ])
    await expect(run("INSERT INTO keyed (id) VALUES (NULL)")).rejects.toThrow("Cannot insert a NULL value into column id")
  })

  it("understands #temp, SELECT INTO, CREATE TABLE AS with keys, and views without binding", async () => {
    await run("CREATE TABLE #mine AS SELECT id FROM sale")
    await run("SELECT id, price INTO TEMP TABLE picked FROM sale WHERE id < 3")
    await run("CREATE TABLE copied DISTKEY(id) SORTKEY(id) AS SELECT id FROM sale")
    await run("CREATE OR REPLACE VIEW seen AS SELECT id FROM copied WITH NO SCHEMA BINDING")
    expect(await ask("SELECT (SELECT COUNT(*) FROM #mine), (SELECT COUNT(*) FROM picked), (SELECT COUNT(*) FROM seen)")).toEqual([
      [3, 2, 3],
    ])
  })

  it("merges, and refuses a source with two rows for one target", async () => {
    await run("CREATE TABLE target (id INTEGER, name VARCHAR(20))")
    await run("CREATE TEMP TABLE source (id INTEGER, name VARCHAR(20))")
    await run("INSERT INTO target VALUES (1, 'old')")
    await run("INSERT INTO source VALUES (1, 'new'), (2, 'two')")
    const merge =
      "MERGE INTO target USING source ON target.id = source.id WHEN MATCHED THEN UPDATE SET name = source.name WHEN NOT MATCHED THEN INSERT (id, name) VALUES (source.id, source.name)"
    expect(lint(merge)).toEqual([])
    await run(merge)
    expect(await ask("SELECT id, name FROM target ORDER BY id")).toEqual([
      [1, "new"],
      [2, "two"],
    ])
    await run("INSERT INTO source VALUES (2, 'twice')")
    await expect(run(merge)).rejects.toThrow("Found multiple matches to update the same tuple")
  })

  it("deletes and updates by another table, appends a table, and truncates", async () => {
    await run("CREATE TABLE a (id INTEGER, n INTEGER)")
    await run("CREATE TABLE b (id INTEGER, n INTEGER)")
    await run("INSERT INTO a VALUES (1, 1), (2, 2)")
    await run("INSERT INTO b VALUES (2, 20)")
    await run("UPDATE a SET n = b.n FROM b WHERE a.id = b.id")
    expect(await ask("SELECT n FROM a ORDER BY id")).toEqual([[1], [20]])
    await run("DELETE FROM a USING b WHERE a.id = b.id")
    await run("ALTER TABLE a APPEND FROM b")
    expect(await ask("SELECT (SELECT COUNT(*) FROM a), (SELECT COUNT(*) FROM b)")).toEqual([[2, 0]])
    await run("ALTER TABLE a ADD COLUMN note VARCHAR(20) DEFAULT 'none' ENCODE lzo")
    expect(await ask("SELECT note FROM a LIMIT 1")).toEqual([["none"]])
    await run("TRUNCATE a")
    expect(await ask("SELECT COUNT(*) FROM a")).toEqual([[0]])
  })

  it("accepts what has no effect here, when the table exists", async () => {
    for (const sql of [
      "VACUUM sale",
      "ANALYZE sale",
      "GRANT SELECT ON sale TO ROLE reader",
      "CREATE ROLE reader",
      "COMMENT ON TABLE sale IS 'x'",
      "LOCK TABLE sale",
      "ALTER TABLE sale ALTER SORTKEY (id)",
    ])
      await run(sql)
    await expect(run("LOCK TABLE nothing")).rejects.toThrow('relation "nothing" does not exist')
  })
})

describe("values", () => {
  it("come back as they went in, a thousand of them", async () => {
    await run(
      "CREATE TABLE kept (id INTEGER, text VARCHAR(MAX), whole BIGINT, exact NUMERIC(38,18), half FLOAT8, moment TIMESTAMP, day DATE, yes BOOLEAN)",
    )
    const text = fc
      .oneof(fc.string({ minLength: 1, unit: "binary" }), fc.string({ minLength: 1 }))
      .filter((value) => !value.includes("\0") && value.isWellFormed())
    const row = fc.record({
      text,
      whole: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
      exact: fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n }).map(decimal),
      half: fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
      moment: fc
        .integer({ min: -5_000_000_000_000, max: 4_102_444_800_000 })
        .map((ms) => new Date(ms).toISOString().slice(0, 23).replace("T", " ")),
      yes: fc.boolean(),
    })
    const rows = fc.sample(row, 1_000)
    for (let from = 0; from < rows.length; from += 100) {
      const parameters: Record<string, string> = {}
      const selects = rows.slice(from, from + 100).map((values, i) => {
        for (const [name, value] of Object.entries(values)) parameters[`${name}${i}`] = String(value)
        return `SELECT ${from + i}, :text${i}, CAST(:whole${i} AS BIGINT), CAST(:exact${i} AS NUMERIC(38,18)), CAST(:half${i} AS FLOAT8), CAST(:moment${i} AS TIMESTAMP), CAST(CAST(:moment${i} AS TIMESTAMP) AS DATE), CAST(:yes${i} AS BOOLEAN)`
      })
      await run(`INSERT INTO kept ${selects.join(" UNION ALL ")}`, parameters)
    }
    const back = await ask("SELECT text, CAST(whole AS VARCHAR) AS whole, exact, half, moment, day, yes FROM kept ORDER BY id")
    const written = rows.map(({ text, whole, exact, half, moment, yes }) => [
      text,
      whole,
      exact,
      half === 0 ? 0 : half,
      moment.replace(/\.?0{1,3}$/, ""),
      moment.slice(0, 10),
      yes,
    ])
    expect(back.map((values) => values.map((value) => (value === 0 ? 0 : value)))).toEqual(written)
  })
})

/** 18 decimals of an integer count of them. */
const decimal = (n: bigint): string =>
  `${n < 0n ? "-" : ""}${String(n < 0n ? -n : n)
    .padStart(19, "0")
    .replace(/(.{18})$/, ".$1")}`

describe("errors", () => {
  it.each([
    ["SELECT 1 / 0", "division by zero"],
    ["SELECT price / (qty - 2) FROM sale", "division by zero"],
    ["SELECT * FROM nothing", 'relation "nothing" does not exist'],
    ["SELECT * FROM s.t", 'schema "s" does not exist'],
    ["SELECT nothing FROM sale", 'column "nothing" does not exist'],
    ["SELECT CAST('x' AS INTEGER)", 'invalid input syntax for integer: "x"'],
    ["SELEC 1", 'syntax error at or near "SELEC"'],
    ["SELECT 1; SELECT 2", "cannot insert multiple commands"],
    ["CREATE TABLE sale (id INTEGER)", 'relation "sale" already exists'],
    ["SELECT id, COUNT(*) FROM sale", 'column "id" must appear in the GROUP BY clause'],
    ["SELECT CAST(3000000000 AS INTEGER)", "integer out of range"],
    ["SELECT 'open", "syntax error"],
    ["SELECT (1", "syntax error"],
  ])("%s says: %s", async (sql, message) => {
    await expect((async () => run(sql))()).rejects.toThrow(message)
  })
})
