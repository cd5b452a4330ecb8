// Brings a checkout to the point where TypeScript runs: the right Node, the locked packages, the built console.
// Plain JavaScript without dependencies, since it runs before anything is installed.
import { execFileSync, spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { bringOwnEngines, thisMachine, fixFor } from "./engines.mjs"

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const state = join(root, ".backline")

/** Ends the process with one sentence. */
export function fail(sentence) {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}

export function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number)
  if (major < 20 || (major === 20 && minor < 19))
    fail(
      `Backline needs Node 20.19 or newer, and this is ${process.versions.node}: install it from nodejs.org, or run "nvm install 20".`,
    )
}

function digest(paths) {
  const hash = createHash("sha256")
  const visit = (path) => {
    if (!existsSync(path)) return
    if (statSync(path).isDirectory()) for (const name of readdirSync(path).sort()) visit(join(path, name))
    else hash.update(path.slice(root.length)).update(readFileSync(path))
  }
  for (const path of paths) visit(join(root, path))
  return hash.digest("hex")
}

/** Runs `make` unless it ran before on the same inputs. */
function once(name, inputs, there, make) {
  const mark = join(state, `${name}.done`)
  const want = digest(inputs)
  if (there() && existsSync(mark) && readFileSync(mark, "utf8") === want) return
  make()
  mkdirSync(state, { recursive: true })
  writeFileSync(mark, digest(inputs))
}

/** Whether node_modules holds what the lock file says. npm leaves its own list there when an install has finished. */
function installed() {
  try {
    const read = (path) => JSON.parse(readFileSync(join(root, path), "utf8")).packages
    const have = read("node_modules/.package-lock.json")
    const wanted = Object.entries(read("package-lock.json")).filter(([path]) => path.startsWith("node_modules/"))
    return wanted.every(
      ([path, { version, optional, devOptional }]) => optional || devOptional || have[path]?.version === version,
    )
  } catch {
    return false
  }
}

/** Installs exactly what the lock file says, when it is not there already. */
export function install() {
  if (installed()) return
  process.stderr.write("Installing packages (once, a few minutes on a cold cache) …\n")
  const done = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    env: process.env,
  })
  if (done.status !== 0) fail("npm ci did not finish. Read its message above, mend it and start again.")
}

/** Builds the console, when its sources changed since the last build. */
export function buildConsole() {
  const inputs = [
    "packages/web/src",
    "packages/web/index.html",
    "packages/web/public",
    "packages/web/vite.config.ts",
    "packages/client/src",
    "package-lock.json",
  ]
  once(
    "console",
    inputs,
    () => existsSync(join(root, "packages/web/dist/index.html")),
    () => {
      process.stderr.write("Building the console …\n")
      try {
        execFileSync(process.execPath, [join(root, "node_modules/vite/bin/vite.js"), "build", "--logLevel", "error"], {
          cwd: join(root, "packages/web"),
          stdio: ["ignore", "ignore", "inherit"],
          env: { ...process.env, NODE_ENV: "production" },
        })
      } catch {
        fail("The console does not build. Read the message above, mend it and start again.")
      }
    },
  )
}

/** The binaries of this machine; what cannot be had ends the start with what to do. */
export function bringBinaries() {
  const problems = bringOwnEngines(root, (line) => process.stderr.write(`${line}\n`))
  if (problems.length > 0) fail(problems.join("\n"))
}

export function ready() {
  checkNode()
  if (process.platform === "win32") fail(fixFor({}, thisMachine()))
  install()
  bringBinaries()
  buildConsole()
}
