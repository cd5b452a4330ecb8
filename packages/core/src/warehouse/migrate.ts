import { AppError } from "../error.ts"
import { log } from "../logger.ts"
import { pause } from "../pause.ts"
import { query, transaction } from "./index.ts"
import { checksumOf, MIGRATIONS } from "./migrations/index.ts"
import type { Migration } from "./migrations/migration.ts"

/** The ledger and the writers' mutex have to exist before the first migration can be guarded by them. */
export const BOOTSTRAP = [
  "CREATE SCHEMA IF NOT EXISTS ops",
  "CREATE TABLE IF NOT EXISTS ops.load_mutex (name VARCHAR(16))",
  "CREATE TABLE IF NOT EXISTS ops.migration (id VARCHAR(16) NOT NULL, name VARCHAR(64) NOT NULL, checksum VARCHAR(32) NOT NULL, applied_at TIMESTAMP NOT NULL)",
] as const

const LEDGER_SQL = `SELECT CAST(id AS VARCHAR(16)) AS id, CAST(checksum AS VARCHAR(32)) AS checksum FROM ops.migration ORDER BY id`

/**
 * One transaction. LOCK comes first, since the snapshot is taken at the first read; whoever waited for it then fails at the guard, whose
 * cast cannot be done once the ledger has this id (no engine has an IF here, and Redshift keeps no primary key).
 */
export function transactionOf(migration: Migration): string[] {
  const { id, name, sqls } = migration
  return [
    "LOCK TABLE ops.load_mutex",
    `SELECT CAST(CASE WHEN COUNT(*) = 0 THEN '0' ELSE 'migration ${id} is already applied' END AS INTEGER) AS guard FROM ops.migration WHERE id = '${id}'`,
    ...sqls,
    `INSERT INTO ops.migration (id, name, checksum, applied_at) SELECT '${id}', '${name}', '${checksumOf(migration)}', GETDATE()`,
  ]
}

async function applied(): Promise<Map<string, string>> {
  const { rows } = await query(LEDGER_SQL, {}, { id: "text", checksum: "text" }, { name: "migrate-ledger" })
  return new Map(rows.map(({ id, checksum }) => [id, checksum]))
}

/** CREATE … IF NOT EXISTS by two sessions at once can still collide in the catalogue; the second attempt finds what the first one's rival made. */
async function bootstrap(): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await transaction(BOOTSTRAP, { name: "migrate-bootstrap" })
      return
    } catch (error) {
      if (attempt === 3) throw error
      await pause(attempt, 500)
    }
  }
}

function check(migration: Migration, ledger: Map<string, string>): boolean {
  const checksum = ledger.get(migration.id)
  if (checksum === undefined) return false
  if (checksum === checksumOf(migration)) return true
  throw new AppError(
    "conflict",
    "conflict.migration",
    `Migration ${migration.id}-${migration.name} was changed after it ran here. Restore it and put the change into a new migration.`,
  )
}

/**
 * Brings the schema up to date and returns the ids that this run applied. Runs again, or twice at once, without harm; an applied migration
 * whose text changed throws `conflict.migration` before anything runs.
 */
export async function migrate(migrations: readonly Migration[] = MIGRATIONS): Promise<{ applied: string[] }> {
  await bootstrap()
  let ledger = await applied()
  const open = migrations.filter((migration) => !check(migration, ledger))
  const done: string[] = []
  for (const migration of open) {
    const name = `migrate-${migration.id}-${migration.name}`
    try {
      await transaction(transactionOf(migration), { name })
    } catch (error) {
      ledger = await applied()
      if (!check(migration, ledger)) throw error
      log.info("migration was applied by another run", { migration: name })
      continue
    }
    log.info("migration was applied", { migration: name })
    done.push(migration.id)
  }
  return { applied: done }
}
