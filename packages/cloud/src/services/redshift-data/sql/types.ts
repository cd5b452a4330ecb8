import { NotSimulated, SqlError } from "./error.ts"
import { closing, startsWith, unexpected } from "./scan.ts"
import type { Token } from "./tokens.ts"

export interface SqlType {
  /** The engine's type. */
  engine: string
  /** Bytes a VARCHAR may hold; a cast cuts there, a column refuses more. */
  bytes?: number
  /** Index after the type. */
  end: number
}

/** Redshift's names and the engine's; FLOAT is 8 bytes there and 4 here, NUMERIC alone has no decimals there and three here. */
const NAMES: Record<string, string> = {
  SMALLINT: "SMALLINT",
  INT2: "SMALLINT",
  INTEGER: "INTEGER",
  INT: "INTEGER",
  INT4: "INTEGER",
  BIGINT: "BIGINT",
  INT8: "BIGINT",
  REAL: "REAL",
  FLOAT4: "REAL",
  FLOAT: "DOUBLE",
  FLOAT8: "DOUBLE",
  BOOLEAN: "BOOLEAN",
  BOOL: "BOOLEAN",
  DATE: "DATE",
  TIMESTAMP: "TIMESTAMP",
  TIMESTAMPTZ: "TIMESTAMPTZ",
  TIME: "TIME",
  SUPER: "JSON",
  NUMERIC: "DECIMAL",
  DECIMAL: "DECIMAL",
  VARCHAR: "VARCHAR",
  NVARCHAR: "VARCHAR",
  TEXT: "VARCHAR",
}

/** Types that Redshift does not have, or whose padding and formats are not reproduced here. */
const REFUSED: Record<string, string> = {
  CHAR: "CHAR pads with blanks: write VARCHAR(n)",
  CHARACTER: "CHAR pads with blanks: write VARCHAR(n)",
  NCHAR: "CHAR pads with blanks: write VARCHAR(n)",
  BPCHAR: "CHAR pads with blanks: write VARCHAR(n)",
  UUID: "Redshift has no UUID type: write VARCHAR(36)",
  JSON: "Redshift has no JSON type: write SUPER or VARCHAR",
  JSONB: "Redshift has no JSON type: write SUPER or VARCHAR",
  BYTEA: "Redshift has no BYTEA type",
  SERIAL: "Redshift has no SERIAL type: write BIGINT IDENTITY(1, 1)",
  BIGSERIAL: "Redshift has no SERIAL type: write BIGINT IDENTITY(1, 1)",
  ENUM: "Redshift has no ENUM type: write VARCHAR",
  STRUCT: "STRUCT is not a Redshift type",
  MAP: "MAP is not a Redshift type",
  HUGEINT: "HUGEINT is not a Redshift type: write NUMERIC(38, 0)",
  DOUBLE: "DOUBLE alone is not a Redshift type: write FLOAT8",
  TIMETZ: "TIMETZ",
  VARBYTE: "VARBYTE",
  GEOMETRY: "GEOMETRY",
  GEOGRAPHY: "GEOGRAPHY",
  HLLSKETCH: "HLLSKETCH",
  OID: "OID",
  STRING: "STRING is not a Redshift type: write VARCHAR(n)",
}

export const isTypeName = (key: string): boolean => key in NAMES || key in REFUSED

/** Reads the type at `at`. In a column a VARCHAR without length holds 256 bytes, in a cast it holds what comes. */
export function parseType(tokens: readonly Token[], at: number, place: "column" | "cast"): SqlType {
  const token = tokens[at]
  if (!token) throw new SqlError(unexpected(token))
  if (startsWith(tokens, at, "DOUBLE", "PRECISION")) return { engine: "DOUBLE", end: at + 2 }
  const varying = startsWith(tokens, at, "CHARACTER", "VARYING")
  const name = varying ? "VARCHAR" : token.key
  if (name in REFUSED) throw new NotSimulated(REFUSED[name]!)
  const engine = NAMES[name]
  if (!engine || token.kind !== "word") throw new SqlError(`type "${token.text}" does not exist`)
  let end = at + (varying ? 2 : 1)
  let args: string[] = []
  if (tokens[end]?.key === "(") {
    const close = closing(tokens, end)
    args = tokens
      .slice(end + 1, close)
      .filter((part) => part.key !== ",")
      .map((part) => part.key)
    end = close + 1
  }
  if (engine === "VARCHAR") {
    const bytes = args[0] === "MAX" ? 65_535 : args[0] ? Number(args[0]) : name === "TEXT" || place === "column" ? 256 : undefined
    return { engine, bytes, end }
  }
  if (engine === "DECIMAL") return { engine: `DECIMAL(${args[0] ?? 18}, ${args[1] ?? 0})`, end }
  if (engine === "TIMESTAMP" || engine === "TIME") {
    const zone = startsWith(tokens, end, "WITH", "TIME", "ZONE")
    if (zone && engine === "TIME") throw new NotSimulated("TIME WITH TIME ZONE")
    if (zone) return { engine: "TIMESTAMPTZ", end: end + 3 }
    if (startsWith(tokens, end, "WITHOUT", "TIME", "ZONE")) end += 3
  }
  if (engine === "DOUBLE" && args[0] && Number(args[0]) <= 24) return { engine: "REAL", end }
  return { engine, end }
}

/** A cast to VARCHAR(n) cuts at n bytes in Redshift; the engine alone would keep everything. */
export const castTo = (type: SqlType, value: string): string =>
  type.bytes === undefined ? `CAST(${value} AS ${type.engine})` : `cut_bytes(CAST(${value} AS VARCHAR), ${type.bytes})`
