import { type ChildProcess, spawn } from "node:child_process"
import { createInterface } from "node:readline"

export interface Running {
  console: string
  http: string
  ws: string
  aws: string
  issuer: string
  clientId: string
  users: { email: string; password: string; role: string; accessToken: string }[]
}

export interface Product extends Running {
  child: ChildProcess
  /** What the product wrote to stderr so far. */
  said(): string
  /** Ends it as a person would with Ctrl-C; resolves to its exit code. */
  stop(): Promise<number | null>
}

/** The product needs less than a second for its farewell; what has not gone by then hangs. */
const FAREWELL_MS = 30_000

/** Starts the product as a script would (`npm start -- --json --port 0 …`) and waits until it says it is ready. */
export const start = (...flags: string[]): Promise<Product> =>
  startProgram(["scripts/start.mjs", "--json", "--port", "0", ...flags])

/** The same of any program that says when it is ready; `onSpawn` is told of its process before that. */
export async function startProgram(
  args: readonly string[],
  onSpawn: (child: ChildProcess, said: () => string) => void = () => {},
): Promise<Product> {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] })
  let said = ""
  child.stderr.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(-200_000)))
  onSpawn(child, () => said)
  const exited = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)))
  const line = await Promise.race([
    new Promise<string>((resolve) => createInterface({ input: child.stdout }).once("line", resolve)),
    exited.then((code) => Promise.reject(new Error(`The product ended with ${code} before it was ready:\n${said}`))),
  ])
  return {
    ...(JSON.parse(line) as Running),
    child,
    said: () => said,
    stop: async () => {
      child.kill("SIGTERM")
      const late = setTimeout(() => child.kill("SIGKILL"), FAREWELL_MS)
      const code = await exited
      clearTimeout(late)
      return code
    },
  }
}

/** A call of a signed-in person; `person` 0 is the administrator. */
export function caller(product: Running, person = 0) {
  return async (path: string, body?: unknown, method = body === undefined ? "GET" : "POST") => {
    const response = await fetch(`${product.http}${path}`, {
      method,
      headers: { authorization: `Bearer ${product.users[person]!.accessToken}`, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(40_000),
    })
    return { status: response.status, headers: response.headers, body: await response.json() }
  }
}

/** Waits until `check` gives something, asking again every `every` ms; throws with `what` when `within` ms have gone. */
export async function until<T>(
  what: string,
  check: () => Promise<T | undefined | false>,
  within = 30_000,
  every = 100,
): Promise<T> {
  const deadline = Date.now() + within
  for (;;) {
    const result = await check()
    if (result) return result
    if (Date.now() > deadline) throw new Error(`Waited ${within} ms in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, every))
  }
}
