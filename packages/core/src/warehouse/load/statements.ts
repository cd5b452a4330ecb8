import { versionInKey } from "../../lake/object.ts"
import { columnsOf, LAKE_TABLES, type LakeTable } from "../../lake/tables.ts"
import { AGGREGATES } from "./aggregates.ts"
import { type LoadObject, manifestKey } from "./object.ts"
import { COMMON_REJECTS, TABLES, type TableLoad } from "./table.ts"

const SQL_TYPE = { text: "VARCHAR(900)", integer: "BIGINT", double: "FLOAT8", boolean: "BOOLEAN" } as const

/** Positional COPY: the staging table has exactly the file's columns in the file's order. */
const staging = (table: LakeTable): string =>
  `CREATE TEMP TABLE stg (${LAKE_TABLES[table].map(({ name, type }) => `${name} ${SQL_TYPE[type]}`).join(", ")})`

/** Each staged row with the first reason against it, or NULL. */
const checked = ({ rejects }: TableLoad): string => `CREATE TEMP TABLE stg_checked AS
SELECT s.*, CAST(CASE
${[...COMMON_REJECTS, ...rejects].map(([condition, reason]) => `  WHEN ${condition} THEN '${reason}'`).join("\n")}
  ELSE NULL END AS VARCHAR(64)) AS reject_reason
FROM stg s`

/** Recorded once, although the same record may be staged by two overlapping objects or two batches. */
const recordRejects = (
  table: LakeTable,
  batch: string,
): string => `INSERT INTO ops.rejected_event (batch_id, table_name, reason, event_id, shard, sequence_number, rejected_at)
SELECT DISTINCT '${batch}', '${table}', s.reject_reason, CAST(s.event_id AS VARCHAR(80)), CAST(s.shard AS VARCHAR(130)), CAST(s.sequence_number AS VARCHAR(130)), GETDATE()
FROM stg_checked s
LEFT JOIN ops.rejected_event r ON r.table_name = '${table}' AND COALESCE(r.event_id, '') = COALESCE(s.event_id, '')
  AND COALESCE(r.shard, '') = COALESCE(s.shard, '') AND COALESCE(r.sequence_number, '') = COALESCE(s.sequence_number, '')
WHERE s.reject_reason IS NOT NULL AND r.batch_id IS NULL`

const select = (columns: Readonly<Record<string, string>>): string =>
  Object.entries(columns)
    .map(([name, expression]) => `${expression} AS ${name}`)
    .join(",\n  ")

/** Facts: the first arrival of an event id, unless the table has it already. */
function factSteps(load: TableLoad, batch: string): string[] {
  const columns = { event_id: "CAST(s.event_id AS VARCHAR(80))", ...load.columns }
  const names = Object.keys(columns).join(", ")
  return [
    `CREATE TEMP TABLE stg_new AS
SELECT ${select(columns)}
FROM (SELECT c.*, ROW_NUMBER() OVER (PARTITION BY c.event_id ORDER BY c.sequence_number, c.shard) AS arrival FROM stg_checked c WHERE c.reject_reason IS NULL) s
LEFT JOIN ${load.target} t ON t.event_id = s.event_id
WHERE s.arrival = 1 AND t.event_id IS NULL`,
    `INSERT INTO ${load.target} (${names}, batch_id) SELECT ${names}, '${batch}' FROM stg_new`,
  ]
}

/** Dimensions: the newest version of a key, unless the table has it or a newer one; MERGE then finds nothing stale. */
function dimensionSteps({ target, key, columns }: TableLoad): string[] {
  const all = {
    ...columns,
    version: "CAST(s.recorded_at_ms AS BIGINT)",
    sequence_number: "CAST(s.sequence_number AS VARCHAR(130))",
    loaded_at: "GETDATE()",
  }
  const names = Object.keys(all)
  return [
    `CREATE TEMP TABLE stg_new AS
SELECT ${select(all)}
FROM (SELECT c.*, ROW_NUMBER() OVER (PARTITION BY c.${key} ORDER BY c.recorded_at_ms DESC, c.sequence_number DESC, c.event_id DESC) AS age FROM stg_checked c WHERE c.reject_reason IS NULL) s
WHERE s.age = 1`,
    `DELETE FROM stg_new USING ${target} WHERE ${target}.${key} = stg_new.${key} AND (${target}.version > stg_new.version
  OR (${target}.version = stg_new.version AND ${target}.sequence_number >= stg_new.sequence_number))`,
    `MERGE INTO ${target} USING stg_new ON ${target}.${key} = stg_new.${key}
WHEN MATCHED THEN UPDATE SET ${names
      .filter((name) => name !== key)
      .map((name) => `${name} = stg_new.${name}`)
      .join(", ")}
WHEN NOT MATCHED THEN INSERT (${names.join(", ")}) VALUES (${names.map((name) => `stg_new.${name}`).join(", ")})`,
  ]
}

/** Keys have up to about 250 bytes, so 200 of them are half of what one statement may have. */
const OBJECTS_PER_INSERT = 200

function ledgerSteps(objects: readonly LoadObject[], batch: string): string[] {
  const inserts: string[] = []
  for (let n = 0; n < objects.length; n += OBJECTS_PER_INSERT) {
    const rows = objects.slice(n, n + OBJECTS_PER_INSERT).map(({ key, bytes, rows }) => `('${key}', ${bytes}, ${rows})`)
    inserts.push(`INSERT INTO stg_object (object_key, object_bytes, object_rows) VALUES ${rows.join(", ")}`)
  }
  return [
    "CREATE TEMP TABLE stg_object (object_key VARCHAR(1024), object_bytes BIGINT, object_rows BIGINT)",
    ...inserts,
    `INSERT INTO ops.load_ledger (object_key, batch_id, object_bytes, object_rows, loaded_at)
SELECT n.object_key, '${batch}', n.object_bytes, n.object_rows, GETDATE()
FROM stg_object n LEFT JOIN ops.load_ledger l ON l.object_key = n.object_key WHERE l.object_key IS NULL`,
  ]
}

/** Of what is new in a table whose facts say when they came. */
const timed = ({ columns }: TableLoad, timing: "late" | "early"): string =>
  "timing" in columns ? `(SELECT COUNT(*) FROM stg_new WHERE timing = '${timing}')` : "0"

const record = (
  table: LakeTable,
  batch: string,
): string => `INSERT INTO ops.load_batch (batch_id, table_name, objects, rows_staged, rows_rejected, rows_loaded, rows_late, rows_early, last_arrived_ms, loaded_at)
SELECT '${batch}', '${table}', (SELECT COUNT(*) FROM stg_object), (SELECT COUNT(*) FROM stg),
  (SELECT COUNT(*) FROM stg_checked WHERE reject_reason IS NOT NULL), (SELECT COUNT(*) FROM stg_new), ${timed(TABLES[table], "late")},
  ${timed(TABLES[table], "early")}, (SELECT MAX(ingested_at_ms) FROM stg), GETDATE()
FROM (SELECT COUNT(*) AS n FROM ops.load_batch WHERE batch_id = '${batch}') known WHERE known.n = 0`

/**
 * The transaction that loads a batch of one table: all of it or nothing, and nothing new when it runs again.
 * LOCK comes first, since the snapshot is taken at the first read: two anti-joins under snapshot isolation would both insert.
 */
export function statementsOf(table: LakeTable, batch: string, bucket: string, objects: readonly LoadObject[]): string[] {
  const load = TABLES[table]
  /** Files of an older version lack what was appended since: it stays NULL. */
  const columns = columnsOf(table, versionInKey(objects[0]?.key ?? "")).map(({ name }) => name)
  return [
    "LOCK TABLE ops.load_mutex",
    staging(table),
    `COPY stg (${columns.join(", ")}) FROM 's3://${bucket}/${manifestKey(batch)}' IAM_ROLE default FORMAT AS PARQUET MANIFEST`,
    checked(load),
    recordRejects(table, batch),
    ...(load.kind === "fact" ? factSteps(load, batch) : dimensionSteps(load)),
    ...(AGGREGATES[table] ?? []),
    ...ledgerSteps(objects, batch),
    record(table, batch),
  ]
}
