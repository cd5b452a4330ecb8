import type * as z from "zod"
import { parse } from "../fn.ts"
import { type Columns, query, type RowOf } from "../warehouse/index.ts"
import { cacheKey, find, keep, type Stored } from "./cache.ts"
import type { Bound, Statement } from "./statement.ts"
import { currentVersion } from "./version.ts"

export type { Statement } from "./statement.ts"
export * as statements from "./statements/index.ts"
export { currentVersion, type DataVersion } from "./version.ts"

/** More rows are no answer to a question. */
const MAX_ROWS = 1_000

/** Rows with what proves them: the SQL, its parameters and when the data was loaded. */
export interface Result<C extends Columns = Columns> {
  /** Id of the run in the Data API; of the run that filled the cache, where `cached`. */
  statementId: string
  sql: string
  /** Values of the SQL's named parameters. */
  params: Readonly<Record<string, string | number>>
  /** At most 1,000. */
  rows: RowOf<C>[]
  /** Whether there were more rows. */
  truncated: boolean
  /** Epoch milliseconds of the last load, null before the first. */
  loadedAt: number | null
  cached: boolean
}

/** Runs under way in this process: many who ask the same at once are one query. */
const flights = new Map<string, Promise<Stored>>()

async function execute(statement: Pick<Statement, "name" | "row">, bound: Bound, key: string, version: number): Promise<Stored> {
  const stored = await query(bound.sql, bound.values, statement.row, { name: statement.name, maxRows: MAX_ROWS })
  await keep(key, version, stored)
  return stored
}

function share(flight: string, start: () => Promise<Stored>): Promise<Stored> {
  const running = flights.get(flight)
  if (running) return running
  const started = start().finally(() => flights.delete(flight))
  flights.set(flight, started)
  return started
}

/**
 * Answers a named statement: from the cache where the warehouse has loaded nothing since, else from the warehouse.
 * Throws `input.invalid` for parameters, what the statement itself refuses (`input.currency`), `unavailable.query_timeout`, `unavailable.warehouse` or `limit.warehouse` for the warehouse.
 */
export async function run<P extends z.ZodObject, C extends Columns>(
  statement: Statement<P, C>,
  params: z.input<P>,
): Promise<Result<C>> {
  const parsed = parse(statement.params, params)
  const bound = statement.bind(parsed)
  const key = cacheKey(statement.name, bound)
  const [{ version, loadedAt }, hit] = await Promise.all([currentVersion(), find(key)])
  const cached = hit?.version === version
  const stored = cached ? hit : await share(`${key} ${version}`, () => execute(statement, bound, key, version))
  const { statementId, truncated } = stored
  const rows = stored.rows as RowOf<C>[]
  for (const row of rows) statement.verify?.(row, parsed)
  return { statementId, sql: bound.sql, params: bound.values, rows, truncated, loadedAt, cached }
}
