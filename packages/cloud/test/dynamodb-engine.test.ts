import { spawn } from "node:child_process"
import { once } from "node:events"
import { connect } from "node:net"
import { setTimeout as pause } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"

const isOpen = (url: string) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1")
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
