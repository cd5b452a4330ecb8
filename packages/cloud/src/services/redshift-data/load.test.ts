import {
  BatchExecuteStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
} from "@aws-sdk/client-redshift-data"
import { createHash } from "node:crypto"
import { readdirSync } from "node:fs"
import { tmpdir } from "node:os"
import { parquetWriteBuffer } from "hyparquet-writer"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startWarehouse } from "./testing.ts"

const PLACE = { WorkgroupName: "backline", Database: "backline" }
let warehouse: Awaited<ReturnType<typeof startWarehouse>>

interface Ticket {
  event_id: string | null
  event_type: string
  concert_id: string
  recorded_at_ms: bigint | null
  price_cents: bigint
  quantity: bigint
  sequence_number: string
}

const ticket = (n: number, change: Partial<Ticket> = {}): Ticket => ({
  event_id: `e${n}`,
  event_type: n % 2 ? "ticket.sold" : "ticket.scanned",
  concert_id: `c${n % 50}`,
  recorded_at_ms: BigInt(n % 3 ? 1_700_000_000_000 + n * 1_000 : -4_000_000_000_000 + n),
  price_cents: BigInt(1_000 + (n % 90)),
  quantity: BigInt(1 + (n % 4)),
  sequence_number: String(n).padStart(20, "0"),
  ...change,
})
const tickets = (from: number, to: number): Ticket[] => Array.from({ length: to - from }, (_, i) => ticket(from + i))

const TYPES = {
  event_id: "STRING",
  event_type: "STRING",
  concert_id: "STRING",
  recorded_at_ms: "INT64",
  price_cents: "INT64",
  quantity: "INT64",
  sequence_number: "STRING",
} as const
const COLUMNS = Object.keys(TYPES) as (keyof Ticket)[]

/** Puts one Parquet file into the lake; gives its key. */
function put(key: string, rows: Ticket[], columns: readonly (keyof Ticket)[] = COLUMNS): string {
  const buffer = parquetWriteBuffer({
    columnData: columns.map((name) => ({ name, data: rows.map((row) => row[name]), type: TYPES[name], nullable: true })),
    rowGroupSize: 100_000,
  })
  warehouse.objects.set(`/lake/${key}`, Buffer.from(buffer))
  return key
}

function manifest(id: string, keys: string[], bytes?: number): string {
  const entries = keys.map((key) => ({
    url: `s3://lake/${key}`,
    mandatory: true,
    meta: { content_length: bytes ?? warehouse.objects.get(`/lake/${key}`)?.length ?? 1 },
  }))
  warehouse.objects.set(`/lake/manifests/${id}.manifest`, Buffer.from(JSON.stringify({ entries })))
  return `s3://lake/manifests/${id}.manifest`
}

/** The load of one batch of objects, as the loader does it. */
const loadSql = (url: string, keys: string[]): string[] => [
  "LOCK TABLE ops.load_mutex",
  "CREATE TEMP TABLE stg (LIKE staging.ticket)",
  `COPY stg FROM '${url}' IAM_ROLE default FORMAT AS PARQUET MANIFEST`,
  `INSERT INTO ops.rejected_event SELECT :batch_id, CASE WHEN event_id IS NULL THEN 'event_id missing' WHEN recorded_at_ms IS NULL THEN 'time missing' ELSE 'bad amount' END, event_id, GETDATE()
   FROM stg WHERE event_id IS NULL OR recorded_at_ms IS NULL OR price_cents < 0`,
  `CREATE TEMP TABLE stg_new AS SELECT s.event_id, s.event_type, s.concert_id, CAST(s.quantity AS INTEGER) AS quantity, s.price_cents, TIMESTAMP 'epoch' + (s.recorded_at_ms / 1000) * INTERVAL '1 second' AS recorded_at
   FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY event_id ORDER BY sequence_number DESC) AS rn FROM stg WHERE event_id IS NOT NULL AND recorded_at_ms IS NOT NULL AND price_cents >= 0) s
   LEFT JOIN core.fact_ticket t ON t.event_id = s.event_id WHERE s.rn = 1 AND t.event_id IS NULL`,
  "INSERT INTO core.fact_ticket (event_id, event_type, concert_id, quantity, price_cents, recorded_at, batch_id) SELECT event_id, event_type, concert_id, quantity, price_cents, recorded_at, :batch_id FROM stg_new",
  "CREATE TEMP TABLE touched AS SELECT DISTINCT concert_id FROM stg_new",
  "DELETE FROM core.agg_concert USING touched WHERE core.agg_concert.concert_id = touched.concert_id",
  `INSERT INTO core.agg_concert SELECT f.concert_id, SUM(f.quantity), SUM(f.price_cents * f.quantity) FROM core.fact_ticket f JOIN touched d ON d.concert_id = f.concert_id WHERE f.event_type = 'ticket.sold' GROUP BY 1`,
  `INSERT INTO ops.load_ledger SELECT n.object_key, :batch_id, GETDATE() FROM (${keys.map((key) => `SELECT '${key}' AS object_key`).join(" UNION ALL ")}) n LEFT JOIN ops.load_ledger l ON l.object_key = n.object_key WHERE l.object_key IS NULL`,
]

async function load(keys: string[], token?: string) {
  const id = token ?? createHash("sha256").update(keys.join()).digest("hex").slice(0, 32)
  const { Id, Status } = await warehouse.client.send(
    new BatchExecuteStatementCommand({
      ...PLACE,
      Sqls: loadSql(manifest(id, keys), keys),
      Parameters: [{ name: "batch_id", value: id }],
      ClientToken: id,
      StatementName: `load-${id}`,
      WaitTimeSeconds: 30,
    }),
  )
  return {
    Status,
    Error: Status === "FAILED" ? (await warehouse.client.send(new DescribeStatementCommand({ Id }))).Error : undefined,
  }
}

async function values(Sql: string): Promise<unknown[][]> {
  const { Id, Status } = await warehouse.client.send(new ExecuteStatementCommand({ ...PLACE, Sql, WaitTimeSeconds: 30 }))
  if (Status !== "FINISHED") throw new Error((await warehouse.client.send(new DescribeStatementCommand({ Id }))).Error)
  return (await warehouse.client.send(new GetStatementResultCommand({ Id }))).Records!.map((row) =>
    row.map((field) => Object.values(field)[0] as unknown),
  )
}

const facts = async () =>
  (
    await values(
      "SELECT COUNT(*) AS n, COUNT(DISTINCT event_id) AS d, SUM(quantity) AS q, SUM(price_cents * quantity) AS r, MIN(recorded_at) AS first FROM core.fact_ticket",
    )
  )[0]

/** The same figures from the events themselves. */
const expected = (events: Ticket[]) => {
  const first = events.reduce((least, event) => (event.recorded_at_ms! < least ? event.recorded_at_ms! : least), 10n ** 15n)
  const sum = (value: (event: Ticket) => bigint) => Number(events.reduce((total, event) => total + value(event), 0n))
  return [
    events.length,
    events.length,
    sum((event) => event.quantity),
    sum((event) => event.quantity * event.price_cents),
    new Date(Number(first / 1_000n) * 1_000).toISOString().slice(0, 19).replace("T", " "),
  ]
}

beforeAll(async () => {
  warehouse = await startWarehouse()
  const { Status } = await warehouse.client.send(
    new BatchExecuteStatementCommand({
      ...PLACE,
      WaitTimeSeconds: 30,
      Sqls: [
        "CREATE SCHEMA IF NOT EXISTS core",
        "CREATE SCHEMA IF NOT EXISTS ops",
        "CREATE SCHEMA IF NOT EXISTS staging",
        "CREATE TABLE ops.load_mutex (id INTEGER)",
        "CREATE TABLE staging.ticket (event_id VARCHAR(64), event_type VARCHAR(40), concert_id VARCHAR(64), recorded_at_ms BIGINT, price_cents BIGINT, quantity BIGINT, sequence_number VARCHAR(128))",
        "CREATE TABLE core.fact_ticket (event_id VARCHAR(64) NOT NULL, event_type VARCHAR(40), concert_id VARCHAR(64), quantity INTEGER, price_cents BIGINT, recorded_at TIMESTAMP, batch_id VARCHAR(64)) DISTKEY(concert_id) SORTKEY(recorded_at)",
        "CREATE TABLE core.agg_concert (concert_id VARCHAR(64), sold BIGINT, revenue_cents BIGINT)",
        "CREATE TABLE ops.rejected_event (batch_id VARCHAR(64), reason VARCHAR(100), event_id VARCHAR(64), rejected_at TIMESTAMP)",
        "CREATE TABLE ops.load_ledger (object_key VARCHAR(1024), batch_id VARCHAR(64), loaded_at TIMESTAMP)",
      ],
    }),
  )
  expect(Status).toBe("FINISHED")
})
afterAll(() => warehouse.stop())

describe("loading the lake", () => {
  const all = tickets(0, 20_000)

  it("loads two objects exactly, before 1970 too", async () => {
    expect(await load([put("a.parquet", all.slice(0, 10_000)), put("b.parquet", all.slice(10_000))])).toEqual({
      Status: "FINISHED",
      Error: undefined,
    })
    expect(await facts()).toEqual(expected(all))
  })

  it("changes nothing when the batch, its objects under another id, or an overlapping object come again", async () => {
    await load(["a.parquet", "b.parquet"])
    await load(["a.parquet", "b.parquet"], "another-batch-id")
    await load([put("overlap.parquet", all.slice(9_000, 11_000))])
    expect(await facts()).toEqual(expected(all))
    expect(await values("SELECT COUNT(*) AS n FROM ops.load_ledger")).toEqual([[3]])
  })

  it("inserts once when two loaders bring the same object at the same time", async () => {
    const key = put("twice.parquet", tickets(20_000, 21_000))
    const results = await Promise.all([load([key], "loader-1"), load([key], "loader-2")])
    expect(results.map(({ Status }) => Status)).toEqual(["FINISHED", "FINISHED"])
    expect(await facts()).toEqual(expected(tickets(0, 21_000)))
  })

  it("sets bad rows aside and loads the rest", async () => {
    const bad = [
      ticket(30_001, { event_id: null }),
      ticket(30_002, { recorded_at_ms: null }),
      ticket(30_003, { price_cents: -1n }),
    ]
    await load([put("mixed.parquet", [...bad, ...tickets(21_000, 21_003)])])
    expect(await values("SELECT reason FROM ops.rejected_event ORDER BY reason")).toEqual([
      ["bad amount"],
      ["event_id missing"],
      ["time missing"],
    ])
    expect(await facts()).toEqual(expected(tickets(0, 21_003)))
  })

  it("keeps the aggregate equal to an independent sum", async () => {
    const sold = new Map<string, [number, number]>()
    for (const { event_type, concert_id, quantity, price_cents } of tickets(0, 21_003)) {
      if (event_type !== "ticket.sold") continue
      const [n, cents] = sold.get(concert_id) ?? [0, 0]
      sold.set(concert_id, [n + Number(quantity), cents + Number(quantity * price_cents)])
    }
    const rows = await values("SELECT concert_id, sold, revenue_cents FROM core.agg_concert ORDER BY concert_id")
    expect(rows).toEqual([...sold].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, sums]) => [id, ...sums]))
  })

  it("shows nothing of a load whose COPY fails, and says why", async () => {
    const before = await facts()
    const cases: [keys: string[], says: string][] = [
      [["missing.parquet"], "Status 404,Error NoSuchKey"],
      [[put("narrow.parquet", tickets(40_000, 40_001), COLUMNS.slice(1))], "Unmatched number of columns"],
      [
        [
          put("swapped.parquet", tickets(40_000, 40_001), [
            "event_id",
            "event_type",
            "concert_id",
            "sequence_number",
            "price_cents",
            "quantity",
            "recorded_at_ms",
          ]),
        ],
        "incompatible Parquet schema",
      ],
      [[put("long.parquet", [ticket(40_000, { event_id: "x".repeat(65) })])], "value too long for type character varying(64)"],
    ]
    for (const [keys, says] of cases) {
      const { Status, Error } = await load([put("good.parquet", tickets(50_000, 50_100)), ...keys])
      expect(Status).toBe("FAILED")
      expect(Error).toMatch(/^Query #3 failed with ERROR: /)
      expect(Error).toContain(says)
    }
    expect(await facts()).toEqual(before)
  })

  it("copies only with a role that the namespace has", async () => {
    const { Id } = await warehouse.client.send(
      new ExecuteStatementCommand({
        ...PLACE,
        WaitTimeSeconds: 30,
        Sql: "COPY staging.ticket FROM 's3://lake/a.parquet' IAM_ROLE 'arn:aws:iam::000000000000:role/other' FORMAT AS PARQUET",
      }),
    )
    expect((await warehouse.client.send(new DescribeStatementCommand({ Id }))).Error).toContain(
      "not authorized to assume IAM Role",
    )
  })

  it("merges dimensions by version whatever the order", async () => {
    const run = (Sqls: string[]) =>
      warehouse.client.send(new BatchExecuteStatementCommand({ ...PLACE, Sqls, WaitTimeSeconds: 30 }))
    await run(["CREATE TABLE core.dim_venue (venue_id VARCHAR(64), name VARCHAR(300), version BIGINT)"])
    const updates = Array.from({ length: 300 }, (_, i) => ({ id: `v${i % 20}`, version: (i * 7_919) % 300 }))
    for (let from = 0; from < updates.length; from += 30) {
      const rows = updates
        .slice(from, from + 30)
        .map(({ id, version }) => `SELECT '${id}' AS venue_id, 'name ${version}' AS name, CAST(${version} AS BIGINT) AS version`)
      const { Status } = await run([
        "LOCK TABLE ops.load_mutex",
        `CREATE TEMP TABLE stg AS ${rows.join(" UNION ALL ")}`,
        "CREATE TEMP TABLE stg_v1 AS SELECT venue_id, name, version FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY venue_id ORDER BY version DESC) AS rn FROM stg) s WHERE s.rn = 1",
        "DELETE FROM stg_v1 USING core.dim_venue WHERE core.dim_venue.venue_id = stg_v1.venue_id AND core.dim_venue.version >= stg_v1.version",
        `MERGE INTO core.dim_venue USING stg_v1 ON core.dim_venue.venue_id = stg_v1.venue_id WHEN MATCHED THEN UPDATE SET name = stg_v1.name, version = stg_v1.version
         WHEN NOT MATCHED THEN INSERT (venue_id, name, version) VALUES (stg_v1.venue_id, stg_v1.name, stg_v1.version)`,
      ])
      expect(Status).toBe("FINISHED")
    }
    const latest = new Map<string, number>()
    for (const { id, version } of updates) latest.set(id, Math.max(version, latest.get(id) ?? -1))
    const rows = await values("SELECT venue_id, name, version FROM core.dim_venue ORDER BY venue_id")
    expect(rows).toEqual(
      [...latest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, version]) => [id, `name ${version}`, version]),
    )
  })

  it("loads every object under a prefix and says how many rows it copied", async () => {
    put("many/1.parquet", tickets(60_000, 60_010))
    put("many/2.parquet", tickets(60_010, 60_015))
    const { Id } = await warehouse.client.send(
      new BatchExecuteStatementCommand({
        ...PLACE,
        WaitTimeSeconds: 30,
        Sqls: [
          "CREATE TEMP TABLE stg (LIKE staging.ticket)",
          "COPY stg FROM 's3://lake/many/' IAM_ROLE default PARQUET",
          "SELECT CAST(PG_LAST_COPY_COUNT() AS BIGINT) AS n",
        ],
      }),
    )
    expect((await warehouse.client.send(new GetStatementResultCommand({ Id: `${Id}:3` }))).Records).toEqual([[{ longValue: 15 }]])
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`backline-copy-${process.pid}-`))).toEqual([])
  })
})
