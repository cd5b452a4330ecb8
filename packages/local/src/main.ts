import { parseArgs } from "node:util"
import { type LocalCloud, startCloud } from "./cloud.ts"
import { screen } from "./screen.ts"
import { startSeason } from "./simulate/index.ts"

interface Options {
  json: boolean
  port: number
  explicitPort: boolean
  quietData: boolean
}

const DEFAULT_PORT = 3000

function options(): Options {
  const { values } = parseArgs({
    options: { json: { type: "boolean" }, port: { type: "string" }, "quiet-data": { type: "boolean" } },
  })
  const port = values.port === undefined ? DEFAULT_PORT : Number(values.port)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`--port takes a number from 0 to 65535, not ${values.port}.`)
  return { json: values.json ?? false, port, explicitPort: values.port !== undefined, quietData: values["quiet-data"] ?? false }
}

/** Ctrl-C and SIGTERM end everything once; a second Ctrl-C ends it at once. */
function endOnSignal(cloud: LocalCloud): void {
  let ending = false
  const end = async () => {
    if (ending) process.exit(130)
    ending = true
    await cloud.stop()
    process.exit(0)
  }
  process.on("SIGINT", () => void end())
  process.on("SIGTERM", () => void end())
}

async function main(): Promise<void> {
  /** Lambda runs in UTC, and a worker thread cannot change its own time zone. */
  process.env.TZ = "UTC"
  const { json, port, explicitPort, quietData } = options()
  const face = screen({ json })
  const cloud = await startCloud({ root: process.cwd(), port, explicitPort, say: face.step, log: face.log })
  endOnSignal(cloud)
  const { addresses } = cloud
  if (!quietData)
    await startSeason({ http: addresses.http, token: cloud.token, signal: cloud.signal, say: face.step, log: face.log })
  if (json) process.stdout.write(`${JSON.stringify({ ready: true, ...addresses, users: cloud.users })}\n`)
  else face.ready(addresses, cloud.users, cloud.bootMs)
}

main().catch((error: unknown) => {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
})
