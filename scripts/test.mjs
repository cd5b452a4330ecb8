// npm test [-- vitest arguments]: everything, on a fresh clone too.
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { ready, root } from "./ready.mjs"

ready()
const vitest = join(root, "node_modules", "vitest", "vitest.mjs")
const done = spawnSync(process.execPath, [vitest, "run", ...process.argv.slice(2)], { cwd: root, stdio: "inherit" })
process.exit(done.status ?? 1)
