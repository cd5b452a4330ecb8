import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process"
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { afterAll, describe, expect, it } from "vitest"
import { caller, type Running, until } from "./product.ts"
import { answers, familyOf, isRunning, writtenBy } from "./support/processes.ts"

const onLinux = process.platform === "linux"

interface Beside extends Running {
  child: ChildProcess
  /** Its own folder for temporary files. */
  temp: string
}

const started: Beside[] = []
afterAll(() => {
  for (const { child, temp } of started) {
    child.kill("SIGKILL")
    rmSync(temp, { recursive: true, force: true })
  }
})

async function start(): Promise<Beside> {
  const temp = mkdtempSync(join(tmpdir(), "backline-beside-"))
  const child = spawn(process.execPath, ["scripts/start.mjs", "--json", "--port", "0", "--quiet-data"], {
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, TMPDIR: temp },
  })
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", resolve)
    child.once("exit", (code) => reject(new Error(`The product ended with ${code} before it was ready.`)))
  })
  const running = { ...(JSON.parse(line) as Running), child, temp }
  started.push(running)
  return running
}

/** Files below .backline with their times; the caches of bundles and templates are made once and then only read. */
function files(folder: string): Map<string, number> {
  const found = new Map<string, number>()
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const stat = statSync(join(folder, name), { throwIfNoEntry: false })
    if (stat?.isFile()) found.set(name, stat.mtimeMs)
  }
  return found
}

/** What the product itself leaves among temporary files; tsx keeps what it compiled there, by its content. */
const leftIn = (temp: string): string[] => readdirSync(temp).filter((name) => !name.startsWith("tsx-"))

async function work(product: Running): Promise<string> {
  const ask = caller(product)
  const event = {
    id: "only-here",
    type: "concert.upserted",
    at: 1_750_000_000_000,
    v: 1,
    data: { concertId: product.aws.slice(-5), venueId: "v", title: "T", date: "2026-06-15" },
  }
  expect((await ask("/events", { events: [event] })).status).toBe(202)
  expect((await ask("/chat", { text: "hello" })).status).toBe(200)
  return ((await ask("/conversations")).body as { items: { id: string }[] }).items[0]!.id
}

describe.runIf(onLinux)("two runtimes of one checkout", () => {
  it("share no file but caches, and no data; killed, neither leaves a process, a port or a temporary folder", async () => {
    const pair = [await start(), await start()] as const
    const before = files(".backline")
    const conversations = await Promise.all(pair.map(work))
    const [first, second] = pair
    const families = pair.map(({ child }) => familyOf(child.pid!))
    const written = families.map((family) => new Set(family.flatMap(writtenBy)))
    const shared = [...written[0]!].filter((path) => written[1]!.has(path))
    const own = new Set(pair.flatMap(({ child }) => [`local.${child.pid}.log`, `run.${child.pid}.json`]))
    const changed = [...files(".backline")]
      .filter(([name, at]) => before.get(name) !== at && !own.has(name))
      .map(([name]) => name)

    const foreign = await caller(second)(`/conversations/${conversations[0]}`)
    const ports = pair.flatMap(({ console: site, http, ws, aws }) => [site, http, ws, aws])
    expect(new Set(ports).size).toBe(8)

    for (const { child } of pair) child.kill("SIGKILL")
    const left = () => families.flat().filter(isRunning)
    await until("all processes are gone", async () => left().length === 0, 5_000)
    const open = (await Promise.all(ports.map(answers))).filter(Boolean).length
    const temporary = pair.flatMap(({ temp }) => leftIn(temp))
    console.log(
      `Two runtimes, ${families.flat().length} processes: shared files ${shared.length}, caches changed ${changed.filter((name) => /^(assembly|bundles)/.test(name)).length}; ` +
        `after SIGKILL: processes ${left().length}, open ports ${open} of ${ports.length}, temporary files ${temporary.length}`,
    )
    expect({ shared, foreign: foreign.status, open, temporary }).toEqual({ shared: [], foreign: 404, open: 0, temporary: [] })
    /** Other clouds of this checkout may run meanwhile: their logs, addresses and notes are theirs. */
    const others = /^(local\.(\d+\.)?log|run\.(\d+\.)?json|owner\.pid|grants\/.*|coverage\/.*)$/
    expect(changed.filter((name) => !others.test(name))).toEqual([])
    expect(first.aws).not.toBe(second.aws)
  }, 120_000)
})

/** A network namespace of one's own with loopback alone, and a mount namespace whose name server is this machine. */
const inNamespace = (command: string, resolv: string): string[] => [
  ...(process.getuid?.() === 0 ? [] : ["--map-root-user"]),
  "--net",
  "--mount",
  "sh",
  "-c",
  `ip link set lo up && mount --bind ${resolv} /etc/resolv.conf && ${command}`,
]

describe.runIf(onLinux)("without a network", () => {
  it("the product starts, ingests, answers and connects, and asks no name server anything", ({ skip }) => {
    const folder = mkdtempSync(join(tmpdir(), "backline-names-"))
    const resolv = join(folder, "resolv.conf")
    writeFileSync(resolv, "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    try {
      const possible = spawnSync("unshare", inNamespace("true", resolv), { encoding: "utf8" })
      if (possible.status !== 0) {
        const reason = possible.error?.message ?? possible.stderr.trim()
        if (process.env.CI && !possible.error) throw new Error(`unshare cannot make a namespace here: ${reason}`)
        skip(`no network namespace can be made here: ${reason}`)
      }
      const command = `exec ${process.execPath} test/e2e/support/without-network.mjs`
      const said = JSON.parse(execFileSync("unshare", inNamespace(command, resolv), { encoding: "utf8", timeout: 120_000 }))
      console.log(
        `Without a network: ${said.calls} AWS calls of ${said.services.length} services, ${said.asked.length} questions to a name server`,
      )
      expect(said.control).toBeGreaterThan(0)
      expect(said.interfaces).toEqual(["lo"])
      expect(said.outside).toBe("ENETUNREACH")
      expect(said.statuses).toEqual({ console: 200, health: 200, events: 202, chat: 200, ping: "ack" })
      expect(said.asked).toEqual([])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }, 150_000)
})
