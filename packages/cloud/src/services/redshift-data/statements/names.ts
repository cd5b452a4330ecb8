import { identifier, nameEnd } from "../sql/scan.ts"
import type { Token } from "../sql/tokens.ts"
import type { TableName } from "../sql/table-name.ts"

/** Reads `table` or `schema.table` at `at`; `public` is called `main` in the engine, `#name` is a temporary table. */
export function readTable(tokens: readonly Token[], at: number): { name: TableName; sql: string; end: number } {
  const end = nameEnd(tokens, at)
  const parts = tokens
    .slice(at, end)
    .filter((token) => token.key !== ".")
    .map(identifier)
  const table = parts.at(-1)!
  const schema = parts.at(-2) === "public" ? "main" : parts.at(-2)
  return { name: { schema, table }, sql: sqlName({ schema, table }), end }
}

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`
const sqlName = ({ schema, table }: TableName): string => (schema ? `${quoteName(schema)}.${quoteName(table)}` : quoteName(table))
