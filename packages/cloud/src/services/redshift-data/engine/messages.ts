import { SqlError } from "../sql/error.ts"

const publicName = (name: string): string => name.replace(/^main\./, "public.")

/** The engine's wording on the left, PostgreSQL's (and so Redshift's) on the right. First match wins. */
const MESSAGES: [RegExp, (...parts: string[]) => string][] = [
  [
    /Table with name "[^"]*" does not exist because schema "([^"]+)" does not exist/,
    (schema) => `schema "${schema}" does not exist`,
  ],
  [/(?:Table|View) with name "?([^\s"]+)"? does not exist/, (name) => `relation "${publicName(name)}" does not exist`],
  [/Schema with name "?([^\s"!]+)"? does not exist/, (name) => `schema "${name}" does not exist`],
  [/Scalar Function with name "?([^\s"]+)"? does not exist/, (name) => `function ${name}() does not exist`],
  [/Schema with name "([^"]+)" already exists/, (name) => `schema "${name}" already exists`],
  [/(?:Table|View) with name "([^"]+)" already exists/, (name) => `relation "${name}" already exists`],
  [/Column with name (\S+) already exists/, (name) => `column "${name}" of relation already exists`],
  [/Referenced column "([^"]+)" not found/, (name) => `column "${name}" does not exist`],
  [/Referenced update column (\S+) not found/, (name) => `column "${name}" does not exist`],
  [
    /Table "([^"]+)" does not have a column (?:with name|named) "([^"]+)"/,
    (table, name) => `column "${name}" of relation "${table}" does not exist`,
  ],
  [/Referenced table "([^"]+)" not found/, (name) => `missing FROM-clause entry for table "${name}"`],
  [/Ambiguous reference to column name "([^"]+)"/, (name) => `column reference "${name}" is ambiguous`],
  [/syntax error at or near "([^"]+)"/, (near) => `syntax error at or near "${near}"`],
  [/syntax error at end of input/, () => "syntax error at end of input"],
  [
    /column "([^"]+)" must appear in the GROUP BY clause/,
    (name) => `column "${name}" must appear in the GROUP BY clause or be used in an aggregate function`,
  ],
  [
    /Could not convert string '([^]*?)' to (?:U?INT\d*|INTEGER|BIGINT|HUGEINT)/,
    (value) => `invalid input syntax for integer: "${value}"`,
  ],
  [
    /Could not convert string '([^]*?)' to (\w+)/,
    (value, type) => `invalid input syntax for type ${type.toLowerCase()}: "${value}"`,
  ],
  [/date field value out of range: "([^"]+)"/, (value) => `date/time field value out of range: "${value}"`],
  [
    /(?:invalid (?:date|timestamp) field format|timestamp field value out of range): "([^"]+)"/,
    (value) => `invalid input syntax for type timestamp: "${value}"`,
  ],
  [
    /out of range for the destination type INT(\d+)/,
    (bits) => (bits === "16" ? "smallint out of range" : bits === "32" ? "integer out of range" : "bigint out of range"),
  ],
  [/CHECK\(\(strlen\("?[^)]*?"?\) <= (\d+)\)\)/, (bytes) => `value too long for type character varying(${bytes})`],
  [/NOT NULL constraint failed: (?:\S+\.)?([^.\s]+)/, (name) => `Cannot insert a NULL value into column ${name}`],
  [
    /table \S+ has (\d+) columns but (\d+) values were supplied/,
    (columns, values) => `INSERT has ${Number(values) > Number(columns) ? "more" : "fewer"} expressions than target columns`,
  ],
  [
    /Set operations can only apply to expressions with the same number of result columns/,
    () => "each UNION query must have the same number of columns",
  ],
  [
    /No function matches the given name and argument types '([^]*?)'\./,
    (call) => `function ${call.toLowerCase()} does not exist`,
  ],
  [
    /Could not choose a best candidate function for the function call "([^]*?)"\. /,
    (call) => `operator is not unique: ${call}. Add explicit CASTs`,
  ],
  [/division by zero/, () => "division by zero"],
  [/because there are entries that depend on it/, () => "cannot drop it because other objects depend on it"],
  [
    /Values were not provided for the following prepared statement parameters: (.*)/,
    (names) => `syntax error at or near ":" (no value for parameter ${names})`,
  ],
]

/** An engine failure in the words a Redshift client expects; unknown ones keep their first line. */
export function toSqlError(thrown: unknown): SqlError {
  if (thrown instanceof SqlError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  for (const [pattern, write] of MESSAGES) {
    const match = pattern.exec(message)
    if (match) return new SqlError(write(...match.slice(1)))
  }
  return new SqlError(message.split("\n")[0]!.replace(/^[A-Z][A-Za-z ]*Error: /, ""))
}
