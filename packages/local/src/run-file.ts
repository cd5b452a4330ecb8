import { readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { ownFile } from "./own-file.ts"

/** `.backline/run.json` tells the importer and the simulator where this cloud is; it goes when the cloud goes. */
export async function leaveAddress(root: string, running: unknown, stoppers: (() => Promise<void> | void)[]): Promise<void> {
  const file = ownFile(join(root, ".backline"), "run.json")
  await writeFile(file, JSON.stringify({ pid: process.pid, ...(running as object) }, null, 2), { mode: 0o600 })
  stoppers.push(async () => {
    const { pid } = JSON.parse(await readFile(file, "utf8").catch(() => "{}")) as { pid?: number }
    if (pid === process.pid) await rm(file, { force: true })
  })
}
