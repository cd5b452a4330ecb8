// node scripts/run.mjs test/verify/kills.ts <folder of the raw files> [kills of each, default 25] [seed]
// Imports the whole history into a cloud of its own while its consumer and its loader are killed, and compares the warehouse with the raw files.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import { randomOf } from "../../packages/season/src/simulate/random.ts"
import { depths, quarantined, settled, startHere } from "../e2e/support/cloud.ts"
import { countPrograms } from "../e2e/support/count.ts"
import { countWarehouse, importInto } from "../e2e/support/import.ts"
import { killAtRandom } from "../e2e/support/kill.ts"

const [folder, each = "25", seed = String(Date.now() % 1_000_000)] = process.argv.slice(2)
if (!folder) throw new Error("Name the folder of the raw files: node scripts/run.mjs test/verify/kills.ts <folder>")
process.env.TZ = "UTC"

const programs = readdirSync(folder)
  .filter((name) => /\.json(\.gz)?$/.test(name))
  .flatMap((name) => {
    const bytes = readFileSync(join(folder, name))
    const { programs } = JSON.parse(String(name.endsWith(".gz") ? gunzipSync(bytes) : bytes)) as { programs?: unknown[] }
    return (programs ?? []).map((program) => JSON.stringify(program))
  })
const want = countPrograms(programs)

console.log(`Seed ${seed}`)
const local = await startHere()
const over = new AbortController()
const kills = Number(each)
const killing = killAtRandom(local, { IngestConsumer: kills, Loader: kills }, randomOf(seed), over.signal)
const { code, account, said } = await importInto(local, folder, { patienceMs: 30 * 60_000 })
over.abort()
const done = await killing
await settled(local)
const got = await countWarehouse(local)
console.log({
  code,
  ...account,
  ...done,
  dead: await depths(local, /Dead|Failures/),
  quarantined: (await quarantined(local)).length,
})
console.log("raw files", want)
console.log("warehouse", got)
const isSame = JSON.stringify(want) === JSON.stringify(got)
console.log(isSame ? "The counts are equal." : `THE COUNTS DIFFER.\n${said}`)
await local.stop()
process.exit(isSame && code === 0 ? 0 : 1)
