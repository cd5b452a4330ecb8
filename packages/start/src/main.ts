import inspector from "node:inspector"
import { tellDenials } from "./denials.ts"
import { HELP, type Options, readOptions } from "./options.ts"
import { type Product, startProduct } from "./product.ts"
import { screen } from "./screen.ts"
import { startSeason } from "@backline/season/simulate/index"

/** Ctrl-C and SIGTERM end everything once; a second Ctrl-C ends it at once. */
function endOnSignal(product: Product): void {
  let ending = false
  const end = async () => {
    if (ending) process.exit(130)
    ending = true
    await product.stop()
    process.exit(0)
  }
  process.on("SIGINT", () => void end())
  process.on("SIGTERM", () => void end())
}

/** Handlers run in threads of this process, and debuggers find those by themselves. */
function listenForDebugger({ host, port }: NonNullable<Options["inspect"]>): void {
  try {
    inspector.open(port, host)
  } catch (cause) {
    throw new Error(
      `The debugger's address ${host}:${port} cannot be used: name another one (npm start -- --inspect=${port + 1}).`,
      {
        cause,
      },
    )
  }
  if (inspector.url() === undefined)
    throw new Error(`The debugger's port ${port} is in use: name another one (npm start -- --inspect=${port + 1}).`)
}

async function main(): Promise<void> {
  /** Lambda runs in UTC, and a worker thread cannot change its own time zone. */
  process.env.TZ = "UTC"
  const { json, port, explicitPort, quietData, data, inspect, logs, help } = readOptions(process.argv.slice(2))
  if (help) {
    console.log(HELP)
    return
  }
  if (inspect) listenForDebugger(inspect)
  const face = screen({ json, logs })
  const cloud = await startProduct({
    root: process.cwd(),
    port,
    explicitPort,
    data,
    watch: true,
    debug: inspector.url() !== undefined,
    say: face.step,
    log: face.log,
    tell: face.tell,
  })
  endOnSignal(cloud)
  cloud.lines.listen(face.line)
  tellDenials(cloud.cloud, face.tell)
  const { addresses } = cloud
  if (!quietData)
    await startSeason({
      http: addresses.http,
      token: cloud.token,
      users: cloud.users,
      signal: cloud.signal,
      data: cloud.cloud.data,
      say: face.step,
      log: face.log,
    })
  if (json) process.stdout.write(`${JSON.stringify({ ready: true, ...addresses, users: cloud.users })}\n`)
  else face.ready(addresses, cloud.users, cloud.bootMs)
  if (!quietData) {
    // Loaded and run once everything is ready: nobody waits for it.
    const { startTogether } = await import("@backline/season/simulate/together/index")
    void startTogether({
      http: addresses.http,
      users: cloud.users,
      signal: cloud.signal,
      data: cloud.cloud.data,
      log: face.log,
    })
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
})
