import { readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { ownFile } from "@backline/cloud/own-file"

/** `.backline/run.json` tells the importer and the simulator where this cloud is; what comes back takes it away again. */
export async function leaveAddress(root: string, running: object): Promise<{ take(): Promise<void> }> {
  const file = ownFile(join(root, ".backline"), "run.json")
  await writeFile(file, JSON.stringify({ pid: process.pid, ...running }, null, 2), { mode: 0o600 })
  return {
    async take() {
      const { pid } = JSON.parse(await readFile(file, "utf8").catch(() => "{}")) as { pid?: number }
      if (pid === process.pid) await rm(file, { force: true })
    },
  }
}
