import type { DuckDBConnection } from "@duckdb/node-api"
import { SqlError } from "../sql/error.ts"
import { column, rowWriter, type Column } from "./fields.ts"
import { toSqlError } from "./messages.ts"

/** A result, kept as the JSON text of its rows: exact, small, and its size is known. */
export interface Rows {
  columns: Column[]
  /** Each the JSON of one Field[]. */
  rows: string[]
  bytes: number
}

/** Redshift's limits of a result: https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html */
const RESULT_BYTES = 100 * 1024 * 1024
const ROW_BYTES = 64 * 1024

type Parameters = Readonly<Record<string, string>>

/** One database session: temporary tables and variables live as long as it does. */
export class Connection {
  private closed = false

  constructor(private readonly duckdb: DuckDBConnection) {}

  /** Runs SQL; gives the number of rows it changed. Throws SqlError. */
  async run(sql: string, parameters: Parameters = {}): Promise<number> {
    try {
      return (await this.duckdb.run(sql, used(sql, parameters))).rowsChanged
    } catch (error) {
      throw toSqlError(error)
    }
  }

  /** Runs a query of our own and gives its values. */
  async values(sql: string, parameters: Parameters = {}): Promise<Record<string, unknown>[]> {
    try {
      return await (await this.duckdb.run(sql, used(sql, parameters))).getRowObjectsJS()
    } catch (error) {
      throw toSqlError(error)
    }
  }

  /** Runs a query and writes its rows; it streams, so a result beyond the limits fails before it fills the memory. */
  async query(sql: string, parameters: Parameters = {}): Promise<Rows> {
    try {
      const result = await this.duckdb.stream(sql, used(sql, parameters))
      const types = result.columnTypes()
      const columns = result.columnNames().map((name, i) => column(name, types[i]!))
      const write = rowWriter(types)
      const rows: string[] = []
      let bytes = 0
      for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
        for (const values of chunk.getRows()) {
          const row = write(values)
          if (row.length > ROW_BYTES && sizeOf(values) > ROW_BYTES) throw new SqlError("A row of the result is larger than 64 KB")
          rows.push(row)
          bytes += row.length
        }
        if (bytes > RESULT_BYTES) throw new SqlError("Query result size exceeded 100 MB: select fewer rows or UNLOAD them")
      }
      return { columns, rows, bytes }
    } catch (error) {
      throw toSqlError(error)
    }
  }

  /** Stops what runs now; it fails, and the caller rolls back. */
  interrupt(): void {
    if (!this.closed) this.duckdb.interrupt()
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    this.duckdb.closeSync()
  }
}

/** Bytes of the values themselves, without their JSON. */
const sizeOf = (values: readonly unknown[]): number =>
  values.reduce<number>((sum, value) => sum + Buffer.byteLength(String(value)), 0)

/** Binding a name that the statement does not use is an error of the engine. `$name` in a literal is text. */
function used(sql: string, parameters: Parameters): Record<string, string> | undefined {
  const given = Object.entries(parameters)
  if (given.length === 0) return undefined
  const outside = sql.replaceAll(/'(?:[^']|'')*'/g, "")
  const bound = given.filter(([name]) => new RegExp(`\\$${name}(?![A-Za-z0-9_])`).test(outside))
  return bound.length ? Object.fromEntries(bound) : undefined
}
