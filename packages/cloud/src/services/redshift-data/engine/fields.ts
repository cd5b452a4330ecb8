import { DuckDBTypeId, type DuckDBType, type DuckDBValue } from "@duckdb/node-api"
import { NotSimulated } from "../sql/error.ts"

/** One column as ColumnMetadata describes it. */
export interface Column {
  name: string
  label: string
  typeName: string
  precision: number
  scale: number
  length: number
  nullable: 0 | 1 | 2
  isSigned: boolean
  isCaseSensitive: boolean
  isCurrency: boolean
  schemaName: string
  tableName: string
}

/** How a type is called and written: one member of the Field union, already as JSON, so that 64-bit numbers keep their digits. */
interface Kind {
  typeName: string
  precision: number
  scale: number
  numeric?: boolean
  write(value: DuckDBValue): string
}

const text = (value: DuckDBValue): string => `{"stringValue":${JSON.stringify(String(value))}}`
const long = (value: DuckDBValue): string => `{"longValue":${String(value)}}`
/** JSON has no infinities; AWS writes them as strings. */
const double = (value: DuckDBValue): string =>
  `{"doubleValue":${Number.isFinite(value) ? String(value) : JSON.stringify(String(value))}}`

const NULL = `{"isNull":true}`

const KINDS: Partial<Record<DuckDBTypeId, Kind>> = {
  [DuckDBTypeId.BOOLEAN]: { typeName: "bool", precision: 1, scale: 0, write: (value) => `{"booleanValue":${String(value)}}` },
  [DuckDBTypeId.TINYINT]: { typeName: "int2", precision: 5, scale: 0, numeric: true, write: long },
  [DuckDBTypeId.SMALLINT]: { typeName: "int2", precision: 5, scale: 0, numeric: true, write: long },
  [DuckDBTypeId.INTEGER]: { typeName: "int4", precision: 10, scale: 0, numeric: true, write: long },
  [DuckDBTypeId.BIGINT]: { typeName: "int8", precision: 19, scale: 0, numeric: true, write: long },
  [DuckDBTypeId.HUGEINT]: { typeName: "int8", precision: 19, scale: 0, numeric: true, write: long },
  [DuckDBTypeId.FLOAT]: { typeName: "float4", precision: 8, scale: 8, numeric: true, write: double },
  [DuckDBTypeId.DOUBLE]: { typeName: "float8", precision: 17, scale: 17, numeric: true, write: double },
  [DuckDBTypeId.VARCHAR]: { typeName: "varchar", precision: 65_535, scale: 0, write: text },
  [DuckDBTypeId.DATE]: { typeName: "date", precision: 13, scale: 0, write: text },
  [DuckDBTypeId.TIME]: { typeName: "time", precision: 15, scale: 6, write: text },
  [DuckDBTypeId.TIMESTAMP]: { typeName: "timestamp", precision: 29, scale: 6, write: text },
  [DuckDBTypeId.TIMESTAMP_TZ]: { typeName: "timestamptz", precision: 35, scale: 6, write: text },
  [DuckDBTypeId.INTERVAL]: { typeName: "interval", precision: 49, scale: 6, write: text },
  [DuckDBTypeId.SQLNULL]: { typeName: "varchar", precision: 65_535, scale: 0, write: text },
}

/** The kind of a column; what Redshift has no type for is refused. */
function kindOf(type: DuckDBType): Kind {
  if (type.typeId === DuckDBTypeId.DECIMAL) {
    const { width, scale } = type
    return { typeName: "numeric", precision: width, scale, numeric: true, write: text }
  }
  const kind = KINDS[type.typeId]
  if (!kind) throw new NotSimulated(`a result column of type ${String(type)}`)
  return type.alias === "JSON" ? { ...kind, typeName: "super" } : kind
}

export function column(name: string, type: DuckDBType): Column {
  const kind = kindOf(type)
  const label = name.toLowerCase()
  return {
    name: label,
    label,
    typeName: kind.typeName,
    precision: kind.precision,
    scale: kind.scale,
    length: 0,
    nullable: 1,
    isSigned: kind.numeric ?? false,
    isCaseSensitive: kind.typeName === "varchar",
    isCurrency: false,
    schemaName: "",
    tableName: "",
  }
}

/** Writes one row as the JSON of Field[]. */
export function rowWriter(types: readonly DuckDBType[]): (row: readonly DuckDBValue[]) => string {
  const writers = types.map((type) => kindOf(type).write)
  return (row) => `[${row.map((value, i) => (value === null ? NULL : writers[i]!(value))).join(",")}]`
}
