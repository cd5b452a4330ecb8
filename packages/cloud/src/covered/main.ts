import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { ignoredTables, operationTables, refusedTable, withPart } from "./document.ts"
import { everyEngine } from "./engines.ts"
import { mergedFrom } from "./merge.ts"

/** Rewrites the generated parts of docs/local-cloud.md: two from the code alone, the table of operations from the last run of all tests. */
function main(root: string): void {
  const file = join(root, "docs", "local-cloud.md")
  const services = everyEngine(root)
  const parts = { refused: refusedTable(services), ignored: ignoredTables(services) }
  let document = readFileSync(file, "utf8")
  for (const [name, part] of Object.entries(parts)) document = withPart(document, name, part)
  writeFileSync(file, document)
  const { coverage, processes } = mergedFrom(join(root, ".backline", "coverage"))
  writeFileSync(file, withPart(document, "operations", operationTables(services, coverage)))
  console.log(`docs/local-cloud.md: ${Object.keys(coverage).length} kinds of calls, seen in ${processes} processes`)
}

try {
  main(process.cwd())
  process.exit(0)
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exit(1)
}
