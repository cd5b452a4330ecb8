import { AwsError } from "../../../service.ts"
import { columnsOf } from "../engine/like.ts"
import { catalogInput, checkedDatabase, lookUp } from "./catalog.ts"
import { onWorkgroup, operation } from "./operation.ts"
import { pageOf } from "./paging.ts"

const NAMES: Record<string, string> = {
  SMALLINT: "int2",
  INTEGER: "int4",
  BIGINT: "int8",
  FLOAT: "float4",
  DOUBLE: "float8",
  BOOLEAN: "bool",
  VARCHAR: "varchar",
  DATE: "date",
  TIMESTAMP: "timestamp",
  JSON: "super",
}

export const describeTable = operation({
  input: catalogInput,
  access: onWorkgroup("DescribeTable"),
  async run(input, request, warehouse) {
    checkedDatabase(input, warehouse)
    const { Table: table, Schema: schema = "public" } = input
    if (!table) throw new AwsError("ValidationException", "Table is required.")
    const place = schema === "public" ? "main" : schema
    const columns = await lookUp(warehouse, request, async (connection) => {
      const seen = await connection.values(
        "SELECT 1 FROM redshift_system.svv_tables WHERE table_schema = lower($schema) AND table_name = lower($table)",
        { schema, table },
      )
      return seen.length ? columnsOf(connection, { schema: place, table }) : []
    })
    const { items, next } = pageOf(columns, input.NextToken, input.MaxResults || 1_000)
    const ColumnList = items.map(({ name, type, nullable, fallback, bytes }) => {
      const [, width, scale] = /^DECIMAL\((\d+),(\d+)\)$/.exec(type) ?? []
      return {
        name,
        label: name,
        schemaName: schema,
        tableName: table,
        typeName: width ? "numeric" : (NAMES[type] ?? type.toLowerCase()),
        nullable: nullable ? 1 : 0,
        columnDefault: fallback,
        length: type === "VARCHAR" ? (bytes ?? 65_535) : Number(width ?? 0),
        precision: Number(width ?? 0),
        scale: Number(scale ?? 0),
        isSigned: width !== undefined,
        isCurrency: false,
        isCaseSensitive: type === "VARCHAR",
      }
    })
    return { body: { TableName: columns.length ? table : undefined, ColumnList, NextToken: next } }
  },
})
