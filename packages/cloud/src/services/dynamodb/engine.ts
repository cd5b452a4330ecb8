import { type ChildProcess, spawn } from "node:child_process"
import { randomInt } from "node:crypto"
import { existsSync, mkdirSync } from "node:fs"
import { createRequire } from "node:module"
import { connect } from "node:net"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { choosePorts } from "../../ports.ts"

export interface Engine {
  /** `http://127.x.y.z:<port>`, or the endpoint that was given. */
  url: string
  stop(): Promise<void>
}

const START_MS = 10_000

/**
 * The shell becomes the engine (`exec`), and its background child waits for our end of the pipe to close: however we end,
 * also by SIGKILL, the engine ends with us and no port or process stays.
 */
const LEASH = `exec 3<&0; (cat <&3 >/dev/null; kill -9 $$ 2>/dev/null) >/dev/null 2>&1 & exec "$0" "$@" 3<&- </dev/null`

function binary(): string {
  const found = findBinary()
  if (found) return found
  throw new Error(
    `No DynamoDB engine for ${process.platform}-${process.arch}: install @dynoxide/${process.platform}-${process.arch}, or set BACKLINE_DYNAMODB_ENDPOINT to any DynamoDB (for example DynamoDB Local on http://127.0.0.1:8000).`,
  )
}

function findBinary(): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve(`@dynoxide/${process.platform}-${process.arch}/package.json`)
    const path = manifest.replace(/package\.json$/, "dynoxide")
    return existsSync(path) ? path : undefined
  } catch {
    return undefined
  }
}

/**
 * dynoxide 1.2.1 lets every page of the web in: it asks no signature, looks at no Host and answers any preflight with `*`. So it listens where none finds it.
 * On Linux all of 127.0.0.0/8 is this machine, and one of its 16 million addresses is chosen at random; elsewhere the random port has to do.
 */
const hidden = (): string =>
  process.platform === "linux" ? `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}` : "127.0.0.1"

const answers = (port: number, host: string) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, host)
    const settle = (open: boolean) => {
      socket.destroy()
      resolve(open)
    }
    socket.once("connect", () => settle(true)).once("error", () => settle(false))
  })

async function untilListening(child: ChildProcess, port: number, host: string, complaint: () => string): Promise<void> {
  const deadline = performance.now() + START_MS
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`The DynamoDB engine ended at once: ${complaint()}`)
    if (await answers(port, host)) return
    await pause(5)
  }
  throw new Error(`The DynamoDB engine did not listen within ${START_MS} ms: ${complaint()}`)
}

/**
 * Starts dynoxide on a free loopback port, or uses `endpoint` where one is given. With a folder its tables lie in a file there: SQLite in
 * WAL mode with synchronous FULL, which flushes every commit to the disk before it is answered (one to three milliseconds a write on a slow
 * disk). That outlives SIGKILL and a power cut. Without a folder they live in memory.
 */
export async function startEngine(endpoint?: string, folder?: string): Promise<Engine> {
  if (endpoint) return { url: endpoint.replace(/\/$/, ""), stop: async () => {} }
  /** dynoxide reports port 0 as 0, so a port is chosen for it. */
  const [port = 0] = await choosePorts({ port: 0, explicit: false }, 1)
  if (folder !== undefined) mkdirSync(folder, { recursive: true })
  const place = folder === undefined ? [] : ["--db-path", join(folder, "tables.sqlite")]
  const host = hidden()
  const child = spawn("/bin/sh", ["-c", LEASH, binary(), "serve", "--host", host, "-p", String(port), ...place], {
    stdio: ["pipe", "ignore", "pipe"],
  })
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()))
  let complaint = ""
  child.stderr.on("data", (chunk: Buffer) => void (complaint = (complaint + chunk.toString()).slice(-2_000)))
  child.stdin.on("error", () => {})
  child.once("exit", () => child.stdin.destroy())
  const kill = () => void child.kill("SIGKILL")
  process.once("exit", kill)
  const stop = async () => {
    process.off("exit", kill)
    kill()
    await ended
  }
  try {
    await untilListening(child, port, host, () => complaint.trim() || "it said nothing")
  } catch (error) {
    await stop()
    throw error
  }
  child.unref()
  for (const pipe of [child.stdin, child.stderr]) (pipe as unknown as { unref(): void }).unref()
  return { url: `http://${host}:${port}`, stop }
}
