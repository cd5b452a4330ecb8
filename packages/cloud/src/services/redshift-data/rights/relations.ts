import type { Connection } from "../engine/connection.ts"
import { NotSimulated, SqlError } from "../sql/error.ts"
import type { TableName } from "../sql/table-name.ts"

/** A tree as the engine writes it; only what is asked for here is named. */
type Tree = {
  type?: string
  schema_name?: string
  table_name?: string
  catalog_name?: string
  at_clause?: unknown
  function?: { function_name?: string; schema?: string }
  cte_map?: { map?: { key: string; value: { query?: unknown } }[] }
  cte_name?: string
} & Record<string, unknown>

const KEPT = 1_000

/** Relations of queries already read: they follow from the text alone. */
const known = new Map<string, readonly TableName[]>()

/**
 * Every relation that a query reads, by the engine's own parser: named queries are told from tables by where they are visible, and what
 * reads anything but a relation (a file, a setting, the engine's own functions) is refused.
 */
export async function relationsOf(connection: Connection, query: string): Promise<readonly TableName[]> {
  const found = known.get(query)
  if (found) return found
  const [row] = await connection.values(
    `SELECT json_serialize_sql(CAST($query AS VARCHAR), skip_null := true, skip_empty := true, skip_default := true) AS tree`,
    { query },
  )
  const parsed = JSON.parse(String(row!.tree)) as { error: boolean; error_message?: string; statements?: { node: Tree }[] }
  if (parsed.error) throw new SqlError(messageOf(parsed.error_message ?? ""))
  if (parsed.statements?.length !== 1) throw new SqlError("cannot insert multiple commands into a prepared statement")
  const relations: TableName[] = []
  collect(parsed.statements[0], new Set(), relations)
  if (known.size >= KEPT) known.delete(known.keys().next().value!)
  known.set(query, relations)
  return relations
}

const messageOf = (text: string): string =>
  /syntax error (?:at or near "[^"]*"|at end of input)/.exec(text)?.[0] ?? text.split("\n")[0]!

function collect(value: unknown, visible: ReadonlySet<string>, out: TableName[]): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, visible, out)
    return
  }
  if (typeof value !== "object" || value === null) return
  const tree = value as Tree
  if (tree.type === "BASE_TABLE") {
    take(tree, visible, out)
    return
  }
  if (tree.type === "TABLE_FUNCTION" && tree.function) throw new NotSimulated(`${tree.function.function_name} as a table`)
  if (tree.type === "SHOW_REF") throw new NotSimulated("DESCRIBE, SHOW and SUMMARIZE")
  // A named query sees those before it, and itself only where it is recursive.
  let inside = visible
  for (const { key, value: named } of tree.cte_map?.map ?? []) {
    collect(named, inside, out)
    inside = new Set([...inside, key.toLowerCase()])
  }
  const { cte_map: _named, ...rest } = tree
  if (tree.type === "RECURSIVE_CTE_NODE" && tree.cte_name) inside = new Set([...inside, tree.cte_name.toLowerCase()])
  for (const part of Object.values(rest)) collect(part, inside, out)
}

function take(tree: Tree, visible: ReadonlySet<string>, out: TableName[]): void {
  const table = tree.table_name!.toLowerCase()
  if (tree.catalog_name) throw new NotSimulated(`database.schema.table (write ${tree.schema_name}.${table})`)
  if (tree.at_clause) throw new NotSimulated("AT behind a table")
  if (!tree.schema_name && visible.has(table)) return
  out.push({ schema: tree.schema_name?.toLowerCase(), table })
}
