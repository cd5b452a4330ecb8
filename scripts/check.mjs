// npm run check: format, lint, types, dead code, advisories, stack synthesis.
import { spawn } from "node:child_process"
import { ready, root } from "./ready.mjs"

const steps = [
  ["format", "oxfmt", "--check", "."],
  ["lint", "oxlint", "--type-aware", "--deny-warnings"],
  ["types", "tsc", "-p", "."],
  ["dead code", "knip", "--include", "files,dependencies,unlisted,exports,nsExports"],
  ["advisories", process.execPath, "scripts/advisories.mjs"],
  ["stacks", process.execPath, "scripts/run.mjs", "packages/cloud/src/assembly/main.ts"],
]

const run = ([name, command, ...args]) =>
  new Promise((resolve) => {
    const started = Date.now()
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, PATH: `${root}/node_modules/.bin:${process.env.PATH}` },
    })
    let said = ""
    child.stdout.on("data", (chunk) => (said += chunk))
    child.stderr.on("data", (chunk) => (said += chunk))
    child.on("error", (error) => resolve({ name, code: 1, said: error.message }))
    child.on("exit", (code) => resolve({ name, code, said, seconds: (Date.now() - started) / 1000 }))
  })

ready()
const results = await Promise.all(steps.map(run))
for (const { name, code, said, seconds } of results) {
  console.log(`${code === 0 ? "ok  " : "FAIL"} ${name} (${seconds?.toFixed(1)} s)`)
  // Advisories say in one line what was found, or that nobody could be asked.
  if (code !== 0 || name === "advisories") console.log(said.trim().slice(-6_000))
}
process.exit(results.every(({ code }) => code === 0) ? 0 : 1)
