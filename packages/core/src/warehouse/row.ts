import type { ColumnMetadata, Field } from "@aws-sdk/client-redshift-data"

/** What a result column holds. A `?` allows NULL. `timestamp` decodes to epoch milliseconds UTC, `date` to `YYYY-MM-DD`; integers beyond 2^53 must be cast to text in SQL. */
type Kind = "text" | "integer" | "number" | "boolean" | "date" | "timestamp"
export type Columns = Readonly<Record<string, Kind | `${Kind}?`>>

interface Values {
  text: string
  integer: number
  number: number
  boolean: boolean
  date: string
  timestamp: number
}
type ValueOf<T extends string> = T extends `${infer K extends Kind}?` ? Values[K] | null : T extends Kind ? Values[T] : never
/** A decoded row of declared columns. */
export type RowOf<C extends Columns> = { [K in keyof C]: ValueOf<C[K]> }

const broken = (column: string, problem: string): Error =>
  new Error(`Result column ${column} ${problem}: its declaration and its SQL disagree.`)

/** The API has a long, a double or a string for a number, by the SQL type; NUMERIC comes as a string. */
function numberOf(field: Field): number {
  const value = field.longValue ?? field.doubleValue ?? (field.stringValue?.trim() ? Number(field.stringValue) : Number.NaN)
  return Number(value)
}

function textOf(field: Field): string | undefined {
  if (field.stringValue !== undefined) return field.stringValue
  const value = field.longValue ?? field.doubleValue ?? field.booleanValue
  return value === undefined ? undefined : String(value)
}

const DATE = /^(\d{4}-\d\d-\d\d)(?:[ T]00:00:00(?:\.0+)?)?$/
const TIMESTAMP = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|\+00(?::?00)?)?$/

/** Both spellings of the documentation: `2022-02-22 00:00:00.0` and `2020-08-21 17:33:51.88712`. */
function instantOf(text: string): number {
  const match = TIMESTAMP.exec(text)
  return match ? Date.parse(`${match[1]}T${match[2]}.${(match[3] ?? "0").slice(0, 3).padEnd(3, "0")}Z`) : Number.NaN
}

const DECODE: { [K in Kind]: (field: Field) => Values[K] | undefined } = {
  text: textOf,
  integer: (field) => (Number.isSafeInteger(numberOf(field)) ? numberOf(field) : undefined),
  number: (field) => (Number.isFinite(numberOf(field)) ? numberOf(field) : undefined),
  boolean: (field) =>
    field.booleanValue ?? ({ true: true, t: true, false: false, f: false } as Record<string, boolean>)[field.stringValue ?? ""],
  date: (field) => DATE.exec(field.stringValue ?? "")?.[1],
  timestamp: (field) => {
    const at = instantOf(field.stringValue ?? "")
    return Number.isFinite(at) ? at : undefined
  },
}

/** A decoder for one result: columns are found by label, whatever their order; a column that does not fit its declaration is a defect and throws. */
export function decoder<C extends Columns>(
  columns: C,
  metadata: readonly ColumnMetadata[],
): (record: readonly Field[]) => RowOf<C> {
  const labels = metadata.map((column) => (column.label ?? column.name ?? "").toLowerCase())
  const plan = Object.entries(columns).map(([name, declared]) => {
    const index = labels.indexOf(name)
    if (index < 0) throw broken(name, "is missing")
    return { name, index, nullable: declared.endsWith("?"), decode: DECODE[declared.replace("?", "") as Kind] }
  })
  return (record) => {
    const row: Record<string, unknown> = {}
    for (const { name, index, nullable, decode } of plan) {
      const field = record[index]
      if (!field || field.isNull) {
        if (!nullable) throw broken(name, "is NULL")
        row[name] = null
        continue
      }
      const value = decode(field)
      if (value === undefined) throw broken(name, "cannot be read")
      row[name] = value
    }
    return row as RowOf<C>
  }
}
