import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Cloud } from "../../../service.ts"
import { SqlError } from "../sql/error.ts"
import { quote } from "../sql/scan.ts"
import { quoteName } from "../statements/names.ts"
import type { Copy } from "../statements/plan.ts"
import type { Connection } from "./connection.ts"
import { columnsOf } from "./like.ts"
import { fetchObject, objectsOf, urlOf, type S3Object } from "./objects.ts"

/** Objects on their way into a table: the only files that the engine may read. */
export const COPY_FOLDER = join(tmpdir(), `backline-copy-${process.pid}`)

/** Target column types that each Parquet type may fill: COPY converts nothing. https://docs.aws.amazon.com/redshift/latest/dg/copy-usage_notes-copy-from-columnar.html */
const FILLS: Record<string, RegExp> = {
  BIGINT: /^BIGINT$/,
  INTEGER: /^INTEGER$/,
  SMALLINT: /^SMALLINT$/,
  VARCHAR: /^(?:VARCHAR|JSON)$/,
  DOUBLE: /^DOUBLE$/,
  FLOAT: /^FLOAT$/,
  BOOLEAN: /^BOOLEAN$/,
  DATE: /^DATE$/,
  TIMESTAMP: /^TIMESTAMP$/,
}

/** Loads Parquet objects by position, one after the other. Gives the number of rows. The caller's transaction decides whether they stay. */
export async function copyParquet(connection: Connection, copy: Copy, cloud: Cloud, stopped: () => boolean): Promise<number> {
  const reader = { cloud, role: roleOf(copy.role, cloud) }
  const table = await columnsOf(connection, copy.target)
  const relation = copy.table.replaceAll('"', "").replace(/^main\./, "public.")
  if (table.length === 0) throw new SqlError(`relation "${relation}" does not exist`)
  const columns = (copy.columns ?? table.map(({ name }) => name)).map((name) => {
    const column = table.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase())
    if (!column) throw new SqlError(`column "${name}" of relation "${relation}" does not exist`)
    return column
  })
  await mkdir(COPY_FOLDER, { recursive: true })
  const folder = await mkdtemp(join(COPY_FOLDER, "load-"))
  try {
    let rows = 0
    for (const [i, object] of (await objectsOf(copy, reader)).entries()) {
      if (stopped()) break
      const bytes = await fetchObject(object, reader).catch((error: unknown) => {
        if (object.optional && error instanceof SqlError && /NoSuchKey/.test(error.message)) return undefined
        throw error
      })
      if (!bytes) continue
      if (object.bytes !== undefined && object.bytes !== bytes.length)
        throw new SqlError(`${urlOf(object)} has ${bytes.length} bytes, its manifest says ${object.bytes}`)
      const file = join(folder, `${i}.parquet`)
      await writeFile(file, bytes)
      // hive_partitioning would turn dt=… in a key into columns.
      const source = `read_parquet(${quote(file)}, hive_partitioning = false)`
      await checkSchema(connection, source, columns, object)
      rows += await connection.run(
        `INSERT INTO ${copy.table} (${columns.map(({ name }) => quoteName(name)).join(", ")}) SELECT * FROM ${source}`,
      )
      await rm(file)
    }
    await connection.run(`SET VARIABLE copied = ${rows}`)
    return rows
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The ARN of the role that reads the objects: one of the namespace's. */
function roleOf(role: string, cloud: Cloud): string {
  const [namespace] = cloud.resources("AWS::RedshiftServerless::Namespace")
  const { DefaultIamRoleArn: fallback, IamRoles: roles = [] } = (namespace?.properties ?? {}) as {
    DefaultIamRoleArn?: string
    IamRoles?: string[]
  }
  if (role === "default" && !fallback) throw new SqlError("No default IAM role is set for the namespace: set DefaultIamRoleArn")
  const arn = role === "default" ? fallback! : role
  if (arn !== fallback && !roles.includes(arn))
    throw new SqlError(`User arn:aws:redshift is not authorized to assume IAM Role ${arn}: add it to IamRoles of the namespace`)
  return arn
}

async function checkSchema(
  connection: Connection,
  source: string,
  columns: { name: string; type: string }[],
  object: S3Object,
): Promise<void> {
  const file = await connection.values(`DESCRIBE SELECT * FROM ${source}`)
  if (file.length !== columns.length) {
    throw new SqlError(
      `Spectrum Scan Error. Unmatched number of columns between table and file. Table columns: ${columns.length}, Data columns: ${file.length}, File name: ${urlOf(object)}`,
    )
  }
  for (const [i, column] of columns.entries()) {
    const type = String(file[i]!.column_type)
    if (FILLS[type]?.test(column.type)) continue
    throw new SqlError(
      `Spectrum Scan Error. File '${urlOf(object)}' has an incompatible Parquet schema for column '${column.name}'. Column type: ${column.type}, Parquet schema: ${type} ${String(file[i]!.column_name)}`,
    )
  }
}
