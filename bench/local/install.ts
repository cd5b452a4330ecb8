import { spawn } from "node:child_process"
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** Exact, so that two runs compare the same things. osls is the maintained fork of the CLI that serverless-offline is a plugin of. */
export const VERSIONS = {
  fastify: "5.12.8",
  ws: "8.23.0",
  osls: "4.3.1",
  "serverless-offline": "14.8.2",
  "@architect/sandbox": "9.0.0",
}

export interface Installed {
  folder: string
  remove(): Promise<void>
}

/** What we are compared with, in a temporary folder of its own, with the echo apps beside it. Rejects with one sentence when npm cannot get it. */
export async function install(): Promise<Installed> {
  const installed = await packages(VERSIONS)
  try {
    for (const app of ["serverless-offline", "sandbox"])
      await cp(join(import.meta.dirname, app), join(installed.folder, app), { recursive: true })
    return installed
  } catch (error) {
    await installed.remove()
    throw error
  }
}

/** These packages in a temporary folder of their own. Rejects with one sentence when npm cannot get them. */
export async function packages(versions: Readonly<Record<string, string>>): Promise<Installed> {
  const folder = await mkdtemp(join(tmpdir(), "backline-bench-"))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    await writeFile(join(folder, "package.json"), JSON.stringify({ name: "bench", private: true, dependencies: versions }))
    // Its peer is serverless 4, which asks for an account; osls answers the same plugin interface.
    await npm(folder, versions)
    return { folder, remove }
  } catch (error) {
    await remove()
    throw error
  }
}

const ARGS = ["install", "--no-audit", "--no-fund", "--legacy-peer-deps", "--loglevel=error"]

function npm(cwd: string, versions: Readonly<Record<string, string>>): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn("npm", ARGS, { cwd, stdio: ["ignore", "ignore", "pipe"], timeout: 300_000 })
    let said = ""
    child.stderr.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2_000)))
    child.once("error", reject)
    child.once("exit", (code) => {
      if (code === 0) return resolve()
      const names = Object.entries(versions).map(([name, version]) => `${name}@${version}`)
      reject(
        new Error(
          `npm could not install ${names.join(" ")}, without which there is nothing to compare with. Is the registry reachable? It said:\n${said.trim()}`,
        ),
      )
    })
  })
}
