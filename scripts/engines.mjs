// Which binaries this machine needs beside what npm installs by itself, and how they come. Plain JavaScript, since it runs before anything is installed.
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs"
import { dirname, join } from "node:path"

/** What musl builds are called is each package's own matter. */
const isMusl = () => process.platform === "linux" && process.report?.getReport().header.glibcVersionRuntime === undefined

export const thisMachine = () => ({ platform: process.platform, arch: process.arch, musl: isMusl() })

/** The packages of a machine, by name and the version that the lock file has of their family; npm leaves optional ones out that another machine locked. */
export function wantedOn({ platform, arch, musl }, version) {
  const libc = musl ? "-musl" : ""
  return [
    // Linked statically, so musl takes the same one.
    { name: `@dynoxide/${platform}-${arch}`, version: version("@dynoxide/linux-x64"), gives: "DynamoDB" },
    {
      name: `@duckdb/node-bindings-${platform}-${arch}${libc}`,
      version: version("@duckdb/node-bindings"),
      gives: "the warehouse",
    },
    { name: `@esbuild/${platform}-${arch}`, version: version("esbuild"), gives: "bundles of handlers" },
  ]
}

/** The sentence for a package that cannot be had. */
export function fixFor({ name, version, gives }, { platform, arch }) {
  if (platform === "win32") return `Backline runs on Windows inside WSL: "wsl --install", then clone and start it there.`
  const none = `${name}@${version}, which gives ${gives}, could not be installed for ${platform}-${arch}.`
  if (gives !== "DynamoDB") return `${none} Use a machine that the README's table names.`
  return `${none} Bring another engine: set BACKLINE_DYNAMODB_ENDPOINT to any DynamoDB (for example DynamoDB Local on http://127.0.0.1:8000).`
}

/**
 * Installs what is missing, says so in one line, and returns the sentences of what is missing still. `install` answers whether it worked; a start that
 * was cut in the middle of it finds the package missing again.
 */
export function bringEngines({ machine, version, isThere, install, say, hasDynamoDB = false }) {
  if (machine.platform === "win32") return [fixFor({}, machine)]
  const missing = wantedOn(machine, version).filter(({ name, gives }) => !isThere(name) && !(hasDynamoDB && gives === "DynamoDB"))
  return missing.flatMap((wanted) => {
    say(`Installing ${wanted.name}@${wanted.version} for ${machine.platform}-${machine.arch} …`)
    return install(`${wanted.name}@${wanted.version}`) && isThere(wanted.name) ? [] : [fixFor(wanted, machine)]
  })
}

/**
 * Fetches one package and puts it in its place whole. `npm install` of it would look at everything else as well: without the lock file it moves
 * other packages to newer versions, with it it takes away what the lock file does not name, such as the engine that came before.
 */
function unpack(modules, what) {
  const name = what.slice(0, what.lastIndexOf("@"))
  const folder = mkdtempSync(join(modules, ".engine-"))
  try {
    const ran = (command, ...args) => spawnSync(command, args, { cwd: folder, stdio: "ignore", timeout: 300_000 }).status === 0
    if (!ran("npm", "pack", what, "--ignore-scripts", "--loglevel=error")) return false
    const packed = readdirSync(folder).find((file) => file.endsWith(".tgz"))
    if (!packed || !ran("tar", "-xzf", packed)) return false
    const place = join(modules, name)
    mkdirSync(dirname(place), { recursive: true })
    rmSync(place, { recursive: true, force: true })
    renameSync(join(folder, "package"), place)
    return true
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The same on this machine, in this checkout. */
export function bringOwnEngines(root, say) {
  const locked = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages
  return bringEngines({
    machine: thisMachine(),
    version: (name) => locked[`node_modules/${name}`].version,
    isThere: (name) => existsSync(join(root, "node_modules", name, "package.json")),
    install: (what) => unpack(join(root, "node_modules"), what),
    say,
    hasDynamoDB: Boolean(process.env.BACKLINE_DYNAMODB_ENDPOINT),
  })
}
