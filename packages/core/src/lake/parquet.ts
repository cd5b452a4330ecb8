import { type BasicType, type ColumnSource, parquetWriteBuffer } from "hyparquet-writer"
import { type Cell, type Column, columnsOf, type ColumnType, type LakeTable, lakeVersion } from "./tables.ts"

const PARQUET = { text: "STRING", integer: "INT64", double: "DOUBLE", boolean: "BOOLEAN" } as const satisfies Record<
  ColumnType,
  BasicType
>

const columnOf = ({ name, type }: Column, rows: readonly Record<string, Cell>[]): ColumnSource => ({
  name,
  type: PARQUET[type],
  nullable: true,
  data: rows.map((row) => {
    const cell = row[name] ?? null
    return type === "integer" && cell !== null ? BigInt(cell) : cell
  }),
})

/** One flat Parquet file (snappy) of the table's version. The same rows give the same bytes: nothing in it knows when or where it was written. */
export function parquetOf(
  table: LakeTable,
  rows: readonly Record<string, Cell>[],
  version: number = lakeVersion(table),
): Uint8Array {
  const columnData = columnsOf(table, version).map((column) => columnOf(column, rows))
  // One row group: a batch has at most 10,000 records, and the default of 1,000 rows for the first group only helps previews.
  return new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 100_000, createdBy: "backline" }))
}
