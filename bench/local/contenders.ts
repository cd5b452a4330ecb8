import { type ChildProcess, spawn } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { connect, createServer, type AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"

import { needs } from "../part.ts"

export type Name = "raw" | "ours" | "offline" | "sandbox"

export interface Running {
  pid: number
  http: string
  ws: string
  /** Milliseconds from its start until both addresses took connections. */
  bootMs: number
  stop(): Promise<void>
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })

const takes = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: "localhost" })
    socket.once("connect", () => (socket.destroy(), resolve(true)))
    socket.once("error", () => resolve(false))
  })

interface Command {
  args: string[]
  cwd: string
  env?: Record<string, string>
  wsPath?: string
  /** Both protocols on the HTTP port. */
  onePort?: boolean
}

const PATIENCE_MS = 90_000
const LOOK_EVERY_MS = 4

async function started({ args, cwd, env, wsPath = "", onePort }: Command, http: number, ws: number): Promise<Running> {
  const before = performance.now()
  const child = spawn(process.execPath, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] })
  let said = ""
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4_000)))
  const release = needs(child, `node ${args.join(" ")}`, () => said)
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()))
  const ports = onePort ? [http] : [http, ws]
  for (const port of ports)
    while (!(await takes(port))) {
      if (child.exitCode !== null || performance.now() - before > PATIENCE_MS) {
        child.kill("SIGKILL")
        throw new Error(`node ${args.join(" ")} does not listen:\n${said}`)
      }
      await sleep(LOOK_EVERY_MS)
    }
  return {
    pid: child.pid!,
    http: `http://localhost:${http}`,
    ws: `ws://localhost:${onePort ? http : ws}${wsPath}`,
    bootMs: performance.now() - before,
    stop: () => {
      release()
      return end(child, exited)
    },
  }
}

async function end(child: ChildProcess, exited: Promise<void>): Promise<void> {
  child.kill("SIGTERM")
  const late = setTimeout(() => child.kill("SIGKILL"), 3_000)
  await exited
  clearTimeout(late)
}

/** No look for newer versions, no telemetry, no colours: nothing that a server does not need. */
const QUIET = { NO_UPDATE_NOTIFIER: "1", SLS_TELEMETRY_DISABLED: "1", SLS_NOTIFICATIONS_MODE: "off", NO_COLOR: "1", CI: "1" }

/** A server of our own on a free port, in a process of its own; `args` are Node's. */
export async function serve(args: (port: number) => string[], cwd: string): Promise<Running> {
  const port = await freePort()
  return started({ args: args(port), cwd, onePort: true }, port, port)
}

/** Starts one contender on free ports, in a process of its own. `folder` is what install() made. */
export async function start(name: Name, folder: string): Promise<Running> {
  const [http, ws, more] = await Promise.all([freePort(), freePort(), freePort()])
  const bin = (file: string) => join(folder, "node_modules", file)
  switch (name) {
    case "raw":
      return started({ args: [join(import.meta.dirname, "raw.mjs"), folder, String(http), String(ws)], cwd: folder }, http, ws)
    case "ours": {
      const scratch = await mkdtemp(join(tmpdir(), "backline-bench-ours-"))
      const args = ["scripts/run.mjs", "bench/local/ours.ts", String(http), String(ws), scratch]
      const running = await started({ args, cwd: process.cwd(), wsPath: "/live" }, http, ws)
      return { ...running, stop: () => running.stop().then(() => rm(scratch, { recursive: true, force: true })) }
    }
    case "offline": {
      const ports = ["--httpPort", http, "--websocketPort", ws, "--lambdaPort", more].map(String)
      const args = [bin("osls/bin/serverless.js"), "offline", "start", "--noPrependStageInUrl", ...ports]
      return started({ args, cwd: join(folder, "serverless-offline"), env: QUIET }, http, ws)
    }
    case "sandbox": {
      const args = [bin("@architect/sandbox/src/cli/cli.js"), "--port", String(http), "--no-hydrate"]
      const env = { ...QUIET, ARC_ENV: "testing", ARC_INTERNAL_PORT: String(more) }
      return started({ args, cwd: join(folder, "sandbox"), env, onePort: true }, http, ws)
    }
  }
}
