import { tmpdir } from "node:os"
import { join } from "node:path"
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api"
import { Connection } from "./connection.ts"
import { RIGHTS_SQL } from "../rights/tables.ts"
import { COPY_FOLDER } from "./copy.ts"
import { SYSTEM_SQL } from "./macros.ts"

/** DuckDB set up to answer as Redshift does. One process owns a file: a second one fails to open it. */
export class Engine {
  /** Set once a default or a view asks the clock: from then on each statement sets it, which costs 0.4 ms. */
  usesClock: boolean
  /** Counts what changed what exists or who may do what. */
  definitions = 0

  private constructor(
    private readonly instance: DuckDBInstance,
    persistent: boolean,
  ) {
    this.usesClock = persistent
  }

  /** In memory, or in `file`, which is made when missing. */
  static async open(file?: string): Promise<Engine> {
    const instance = await DuckDBInstance.create(file ?? ":memory:", {
      threads: "2",
      memory_limit: "384MB",
      // What does not fit spills beside other temporary files, never into the working folder.
      temp_directory: join(tmpdir(), `backline-duckdb-${process.pid}`),
      default_null_order: "postgres",
      // Typed macros are kept in files of this version on.
      storage_compatibility_version: "v1.4.0",
      // Statements come from callers: no network and no extension is loaded for them.
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
    })
    const connection = await instance.connect()
    await connection.run("SET GLOBAL integer_division = true")
    await connection.run("SET GLOBAL TimeZone = 'UTC'")
    if (file !== undefined) await refuseWithoutRights(connection, file)
    for (const sql of [...SYSTEM_SQL, ...RIGHTS_SQL]) {
      // A macro that a column's default of the file uses cannot be replaced; it stays as it was made.
      await connection.run(sql).catch((error: unknown) => {
        if (!String(error).includes("depend on it")) throw error
      })
    }
    // Whatever a statement says, it reads no file but those that COPY fetched, and changes no setting.
    await connection.run(`SET GLOBAL allowed_directories = ['${COPY_FOLDER}']`)
    await connection.run("SET GLOBAL enable_external_access = false")
    await connection.run("SET GLOBAL lock_configuration = true")
    connection.closeSync()
    return new Engine(instance, file !== undefined)
  }

  async connect(): Promise<Connection> {
    return new Connection(await this.instance.connect())
  }

  /**
   * Writes the log into the file. A log that holds a changed table whose columns are checked cannot be read again after a crash, so it is not left
   * lying. Readers who are under way may keep it from being written; then the next change of a table does.
   */
  async settle(connection: Connection): Promise<void> {
    await connection.run("CHECKPOINT").catch(() => undefined)
  }

  close(): void {
    this.instance.closeSync()
  }
}

/** A file that was written before privileges were kept does not say who owns its tables, nor who may read them. */
async function refuseWithoutRights(connection: DuckDBConnection, file: string): Promise<void> {
  const result = await connection.run(
    `SELECT count(*) FILTER (schema_name <> 'redshift_system'), count(*) FILTER (schema_name = 'redshift_system' AND table_name = 'owner') FROM duckdb_tables() WHERE NOT temporary`,
  )
  const [tables, owners] = (await result.getRows())[0]!.map(Number)
  if (tables && !owners)
    throw new Error(
      `${file} was written by an earlier version, which kept no database privileges: start afresh in another data folder.`,
    )
}
