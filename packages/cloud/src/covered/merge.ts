import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { Coverage } from "./record.ts"

/** What scripts/test.mjs leaves when nothing was left out. */
const COMPLETE = "complete"

/** Everything that the processes of the last test run noted. Throws where that run was a part of the tests only. */
export function mergedFrom(folder: string): { coverage: Coverage; processes: number } {
  if (!existsSync(join(folder, COMPLETE)))
    throw new Error("The last test run was a part of the tests, or there was none: run npm test without arguments first.")
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"))
  const coverage: Coverage = {}
  for (const file of files) {
    for (const [key, { errors, ...counts }] of Object.entries(JSON.parse(readFileSync(join(folder, file), "utf8")) as Coverage)) {
      const all = (coverage[key] ??= { allowed: 0, denied: 0, administrator: 0, open: 0, answered: 0, errors: {} })
      for (const [name, times] of Object.entries(counts)) all[name as keyof typeof counts] += times
      for (const [shape, times] of Object.entries(errors)) all.errors[shape] = (all.errors[shape] ?? 0) + times
    }
  }
  return { coverage, processes: files.length }
}
