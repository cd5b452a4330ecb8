import { importCommand } from "../../../packages/season/src/import/command.ts"
import type { Product } from "../../../packages/start/src/product.ts"
import type { Counts } from "./count.ts"
import { select } from "./cloud.ts"

interface Imported {
  code: number
  /** Every figure that was printed: files, programs, skipped, events, accepted, rejected. */
  account: Record<string, number>
  /** What was said on stderr. */
  said: string
}

/** Whoever waits longer than this waits for something that is lost; what is left is then told by whoever asks next. */
const PATIENCE_MS = 120_000

/** `npm run import -- nyphil <folder>` against this cloud; resolves when the warehouse holds everything. `rate` is in events a second. */
export async function importInto(
  local: Product,
  folder: string,
  options: { rate?: number; patienceMs?: number } = {},
): Promise<Imported> {
  let out = ""
  let said = ""
  const args = ["nyphil", folder, "--url", local.addresses.http, "--token", await local.token()]
  const terminal = {
    out: { write: (text: string) => (out += text) },
    err: { write: (text: string) => (said += text) },
    env: {},
    pollMs: 100,
    signal: AbortSignal.timeout(options.patienceMs ?? PATIENCE_MS),
  }
  const code = await importCommand(options.rate ? [...args, "--rate", String(options.rate)] : args, terminal)
  const figures = [...out.matchAll(/^(\w+) +([\d.]+)/gm)].map(([, name, value]) => [name!, Number(value)] as const)
  return { code, account: Object.fromEntries(figures), said }
}

/** The same counts as `countPrograms`, asked of the warehouse. */
export async function countWarehouse(local: Product): Promise<Counts> {
  const sql = `
    SELECT (SELECT COUNT(*) FROM core.dim_concert), (SELECT COUNT(*) FROM core.dim_venue),
      (SELECT COUNT(*) FROM core.fact_work), (SELECT COUNT(*) FROM core.fact_soloist),
      (SELECT COUNT(DISTINCT work_id) FROM core.fact_work), (SELECT COUNT(movement) FROM core.fact_work),
      (SELECT COUNT(*) FROM core.fact_work WHERE conductor LIKE '%;%'), (SELECT COUNT(*) FROM core.dim_concert WHERE concert_time IS NULL)`
  const [row = []] = await select(local, sql)
  const [concerts, venues, works, soloists, titles, movements, conductedTogether, withoutTime] = row.map(Number) as number[]
  return { concerts, venues, works, soloists, titles, movements, conductedTogether, withoutTime } as Counts
}
