// npm test [-- vitest arguments]: everything, on a fresh clone too.
import { spawnSync } from "node:child_process"
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { ready, root } from "./ready.mjs"

ready()
const vitest = join(root, "node_modules", "vitest", "vitest.mjs")
const chosen = process.argv.slice(2)
/** Where local clouds note which permissions something used. */
const grants = join(root, ".backline", "grants")
/** Where they note which operations they answered, and how; scripts/coverage.mjs reads it. */
const coverage = join(root, ".backline", "coverage")
for (const folder of [grants, coverage]) rmSync(folder, { recursive: true, force: true })
const env = { ...process.env, BACKLINE_GRANTS: grants, BACKLINE_COVERAGE: coverage }
const done = spawnSync(process.execPath, [vitest, "run", ...chosen], { cwd: root, stdio: "inherit", env })
if (chosen.length === 0) {
  mkdirSync(coverage, { recursive: true })
  writeFileSync(join(coverage, "complete"), "Every test ran.\n")
}
if (done.status !== 0 || chosen.length > 0) process.exit(done.status ?? 1)
/** Every permission that the stacks give was needed by something that ran. */
const checked = spawnSync(process.execPath, [join(root, "test", "grants.mjs"), grants], { cwd: root, stdio: "inherit" })
process.exit(checked.status ?? 1)
