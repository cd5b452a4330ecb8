// Asks the registry for advisories against the lock file. Three ends: none, some that nobody reviewed (it fails), or it could not be asked (it says so).
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** What was reviewed, each with its reason: advisories that are accepted, by their address, and old packages that nothing of ours runs. */
export const reviewed = JSON.parse(readFileSync(join(root, "scripts/advisories.json"), "utf8"))

/** `npm audit --json` as npm left it. */
function ask() {
  return spawnSync("npm", ["audit", "--json", "--loglevel=silent"], {
    cwd: root,
    encoding: "utf8",
    timeout: 60_000,
    maxBuffer: 64 * 1024 * 1024,
  })
}

/** What the answer means: `{ code, line }`. An answer that is no report is no proof of anything, so it is never "none". */
export function judge({ stdout, error }, accepted) {
  const report = parse(stdout)
  if (!report?.vulnerabilities || typeof report.vulnerabilities !== "object") {
    const why = report?.message ?? report?.error?.summary ?? error?.message ?? "npm audit gave no report"
    return { code: 0, line: `Advisories could not be asked for here: ${String(why).split("\n")[0]}` }
  }
  const known = new Set(accepted.map(({ advisory }) => advisory))
  const found = new Map()
  for (const { via, fixAvailable } of Object.values(report.vulnerabilities))
    for (const advisory of via)
      // A name stands for the advisories of the package that is called so, which has its own entry.
      if (typeof advisory === "object" && !known.has(advisory.url))
        found.set(`${advisory.name} ${advisory.url}`, sentence(advisory, fixAvailable))
  if (found.size === 0) return { code: 0, line: "No advisory against the lock file that was not reviewed." }
  return { code: 1, line: [...found.values()].sort().join("\n") }
}

function sentence({ name, range, severity, title, url }, fix) {
  const mend =
    typeof fix === "object"
      ? `install ${fix.name}@${fix.version}`
      : fix
        ? "run npm audit fix"
        : "no version mends it yet: replace it, or review it in scripts/advisories.json"
  return `${name} ${range} (${severity}): ${title}, ${url}. Fix: ${mend}.`
}

function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { code, line } = judge(ask(), reviewed.accepted)
  console.log(line)
  process.exit(code)
}
