import { rm } from "node:fs/promises"
import { caller, type Product, until } from "../test/e2e/product.ts"
import { type Name, start } from "./local/contenders.ts"
import { install } from "./local/install.ts"
import { httpLoad, type Load, socketLoad } from "./local/load.ts"
import { part } from "./part.ts"
import { broken } from "./parts.ts"
import { processTree } from "./process-tree.ts"
import { start as startProduct } from "./product.ts"
import { median, type Report } from "./table.ts"

const ROUNDS = { small: 3, full: 7 }
const MEASURE_MS = 2_500
/** A third of MEASURE_MS each: workers start and code is compiled. The product's workers load SDK clients, which takes longer. */
const WARM_UPS = { echo: 3, product: 6 }
/** For one contender in one round, its boot and its warm-ups in it. */
const LIMIT_MS = 5 * 60_000
const NAMES: readonly Name[] = ["raw", "ours", "offline", "sandbox"]

/** Every measure of the run, by name and round: ratios are taken within one. */
class Measures {
  private readonly values = new Map<string, Map<number, number>>()
  round = 0

  add(name: string, value: number, more = ""): void {
    const rounds = this.values.get(name) ?? new Map<number, number>()
    this.values.set(name, rounds.set(this.round, value))
    console.error(`  ${name} ${value.toFixed(1)} ${more}`)
  }

  median = (name: string): number | undefined => middle([...(this.values.get(name)?.values() ?? [])])

  /** The median over the rounds of one measure over another of the same round; undefined where no round has both. */
  ratio(name: string, floor: string): number | undefined {
    const below = this.values.get(floor)
    return middle(
      [...(this.values.get(name) ?? [])].flatMap(([round, value]) => (below?.has(round) ? value / below.get(round)! : [])),
    )
  }
}

const middle = (values: readonly number[]): number | undefined => (values.length > 0 ? median(values) : undefined)

/** Figures without those that nothing was measured for. */
const measured = (figures: Record<string, number | undefined>): Record<string, number> =>
  Object.fromEntries(Object.entries(figures).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))

/** The same order for the same seed: who comes first in a round must not always be the same. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  let state = seed >>> 0
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  const order = [...items]
  for (let last = order.length - 1; last > 0; last--) {
    const pick = Math.floor(random() * (last + 1))
    ;[order[last], order[pick]] = [order[pick]!, order[last]!]
  }
  return order
}

/** Microseconds of CPU of a process and everything below it, user and system, per thing done. */
async function cpuPer(pid: number, load: Load, warmUps: number = WARM_UPS.echo): Promise<{ us: number; done: number }> {
  try {
    for (let time = 0; time < warmUps; time++) await load.warm()
    const before = processTree(pid).cpuMs
    const done = await load.run()
    return { us: ((processTree(pid).cpuMs - before) * 1000) / done, done }
  } finally {
    load.close()
  }
}

async function contender(name: Name, folder: string, measures: Measures): Promise<void> {
  const running = await start(name, folder)
  try {
    measures.add(`${name} boot ms`, running.bootMs)
    const http = await cpuPer(running.pid, await httpLoad(running.http, MEASURE_MS))
    measures.add(`${name} http us`, http.us, `(${http.done} requests)`)
    const socket = await cpuPer(running.pid, await socketLoad(async () => running.ws, MEASURE_MS))
    measures.add(`${name} socket us`, socket.us, `(${socket.done} echoes)`)
  } finally {
    await running.stop()
  }
}

/** The whole product: its boot, and its own smallest route and action with everything that belongs to them. */
async function product(measures: Measures): Promise<void> {
  const boot = async (name: string): Promise<Product> => {
    const started = performance.now()
    const running = await startProduct("--quiet-data")
    measures.add(name, performance.now() - started)
    return running
  }
  await rm(".backline/assembly", { recursive: true, force: true })
  await rm(".backline/bundles", { recursive: true, force: true })
  await (await boot("product cold ms")).stop()
  const running = await boot("product warm ms")
  try {
    const pid = running.child.pid!
    await until("health", async () => (await fetch(`${running.http}/health`)).ok)
    const health = await cpuPer(
      pid,
      await httpLoad(running.http, MEASURE_MS, { method: "GET", path: "/health" }),
      WARM_UPS.product,
    )
    measures.add("product health us", health.us, `(${health.done} requests)`)
    const ticket = async () => `${running.ws}?ticket=${(await caller(running)("/realtime/ticket", {})).body.ticket}`
    const frame = (n: number) => JSON.stringify({ action: "ping", id: String(n) })
    const isAck = (got: string, sent: string) => JSON.parse(got).id === JSON.parse(sent).id
    const ping = await cpuPer(pid, await socketLoad(ticket, MEASURE_MS, frame, isAck), WARM_UPS.product)
    measures.add("product ping us", ping.us, `(${ping.done} pings)`)
  } finally {
    await running.stop()
  }
}

/** CPU per echo and time to boot of the local cloud over the floor (fastify, ws), beside two others, in one interleaved run. */
export async function local({ full }: { full: boolean }): Promise<Report> {
  const seed = Number(process.env.BENCH_SEED ?? Date.now() % 1_000_000)
  const rounds = full ? ROUNDS.full : ROUNDS.small
  const measures = new Measures()
  /** Who ended or hung, and why: not tried again. */
  const broke = new Map<string, unknown>()
  console.error("Installing what to compare with …")
  const { folder, remove } = await install()
  try {
    for (let round = 0; round < rounds; round++) {
      const order = shuffled<Name | "product">([...NAMES, "product"], seed + round)
      console.error(`Round ${round + 1} of ${rounds} (seed ${seed}): ${order.join(", ")}`)
      measures.round = round
      for (const name of order.filter((each) => !broke.has(each)))
        try {
          await part(name, LIMIT_MS, () => (name === "product" ? product(measures) : contender(name, folder, measures)))
        } catch (error) {
          broke.set(name, error)
        }
    }
  } finally {
    await remove()
  }
  const { median: of } = measures
  const report: Report = { bench: "local", figures: {}, goals: { ...GOALS }, notes: { ...NOTES } }
  const over = (name: string, floor: string) => measures.ratio(name, floor)
  Object.assign(
    report.figures,
    measured({
      seed,
      rounds,
      socketOverRaw: over("ours socket us", "raw socket us"),
      httpOverRaw: over("ours http us", "raw http us"),
      coldBootOverRaw: over("product cold ms", "raw boot ms"),
      warmBootOverRaw: over("product warm ms", "raw boot ms"),
      offlineSocketOverRaw: over("offline socket us", "raw socket us"),
      offlineHttpOverRaw: over("offline http us", "raw http us"),
      offlineBootOverRaw: over("offline boot ms", "raw boot ms"),
      sandboxSocketOverRaw: over("sandbox socket us", "raw socket us"),
      sandboxHttpOverRaw: over("sandbox http us", "raw http us"),
      sandboxBootOverRaw: over("sandbox boot ms", "raw boot ms"),
      productPingOverRaw: over("product ping us", "raw socket us"),
      productHealthOverRaw: over("product health us", "raw http us"),
      rawSocketUs: of("raw socket us"),
      oursSocketUs: of("ours socket us"),
      offlineSocketUs: of("offline socket us"),
      sandboxSocketUs: of("sandbox socket us"),
      productPingUs: of("product ping us"),
      rawHttpUs: of("raw http us"),
      oursHttpUs: of("ours http us"),
      offlineHttpUs: of("offline http us"),
      sandboxHttpUs: of("sandbox http us"),
      productHealthUs: of("product health us"),
      rawBootMs: of("raw boot ms"),
      oursBootMs: of("ours boot ms"),
      productWarmMs: of("product warm ms"),
      productColdMs: of("product cold ms"),
      offlineBootMs: of("offline boot ms"),
      sandboxBootMs: of("sandbox boot ms"),
    }),
  )
  for (const [name, error] of broke) broken(report, name, error)
  return report
}

const GOALS: Report["goals"] = {
  socketOverRaw: { max: 10 },
  httpOverRaw: { max: 6 },
  coldBootOverRaw: { max: 30 },
  warmBootOverRaw: { max: 6 },
}

const NOTES: Record<string, string> = {
  seed: "of the order within a round; BENCH_SEED repeats it",
  rounds: "ratios are medians of what each round gave",
  socketOverRaw: "CPU per WebSocket echo: two-way route, real handler in a worker, over ws alone (10 clients)",
  httpOverRaw: "CPU per POST /echo: HTTP API, real handler in a worker, over fastify alone (10 clients)",
  coldBootOverRaw: "the whole product to ready, synthesis and bundling included, over fastify and ws",
  warmBootOverRaw: "the whole product to ready, templates and bundles cached, over fastify and ws",
  offlineSocketOverRaw: "serverless-offline 14: the same handler on its two-way route",
  offlineHttpOverRaw: "serverless-offline 14: the same handler, HTTP API",
  offlineBootOverRaw: "serverless-offline 14 on osls 4: two gateways, no stores",
  sandboxSocketOverRaw: "@architect/sandbox 9: a process per message, the echo by @connections",
  sandboxHttpOverRaw: "@architect/sandbox 9: a process per request",
  sandboxBootOverRaw: "@architect/sandbox 9: its gateway, no stores",
  productPingOverRaw: "the product's ping: its handler, role, logs, and the ack as a signed post to @connections",
  productHealthOverRaw: "the product's GET /health: its handler, role and logs",
  rawSocketUs: "CPU µs, user and system, of all processes (median)",
  oursSocketUs: "",
  offlineSocketUs: "",
  sandboxSocketUs: "",
  productPingUs: "",
  rawHttpUs: "CPU µs, user and system, of all processes (median)",
  oursHttpUs: "",
  offlineHttpUs: "",
  sandboxHttpUs: "",
  productHealthUs: "",
  rawBootMs: "from its start until both ports take connections (median)",
  oursBootMs: "the echo template alone",
  productWarmMs: "to its ready line: every engine, every stack, people signed in",
  productColdMs: "",
  offlineBootMs: "",
  sandboxBootMs: "",
}
