import { spawn } from "node:child_process"
import { once } from "node:events"
import { connect } from "node:net"
import { setTimeout as pause } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import { startEngine } from "../src/services/dynamodb/engine.ts"

const isOpen = (url: string) =>
  new Promise<boolean>((resolve) => {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false))
  })

test("the DynamoDB engine ends with its parent, also when that is killed", async () => {
  const engine = fileURLToPath(new URL("../src/services/dynamodb/engine.ts", import.meta.url))
  const script = `import { startEngine } from ${JSON.stringify(engine)}; console.log((await startEngine()).url); setInterval(() => {}, 1000)`
  const parent = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  })
  const [line] = (await once(parent.stdout, "data")) as [Buffer]
  const url = line.toString().trim()
  expect(await isOpen(url)).toBe(true)
  parent.kill("SIGKILL")
  await once(parent, "exit")
  for (let attempt = 0; attempt < 100 && (await isOpen(url)); attempt++) await pause(20)
  expect(await isOpen(url)).toBe(false)
})

/** Version 1.2.1 answers any page's preflight with `*` and asks no signature, so its address must not be found. */
test.runIf(process.platform === "linux")(
  "each engine listens at an address of its own that is not the one everybody tries",
  async () => {
    const engines = await Promise.all([startEngine(), startEngine()])
    try {
      const hosts = engines.map(({ url }) => new URL(url).hostname)
      expect(new Set([...hosts, "127.0.0.1"]).size).toBe(3)
      for (const { url } of engines) {
        expect(await isOpen(url)).toBe(true)
        expect(await isOpen(`http://127.0.0.1:${new URL(url).port}`)).toBe(false)
      }
    } finally {
      await Promise.all(engines.map(({ stop }) => stop()))
    }
  },
)
