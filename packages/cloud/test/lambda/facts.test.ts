import { afterAll, beforeAll, expect, test } from "vitest"
import { world, type World } from "../../src/lambda/testing/functions.ts"

/** What handlers rely on Lambda for, measured. */
const FILES = {
  waits: `export const handler = async () => { await new Promise((resolve) => setTimeout(resolve, 60_000)) }`,
  spins: `export const handler = async () => { for (;;); }`,
  careless: `export const handler = async () => {
  for (let n = 1; n <= 20; n++) setTimeout(() => console.log("effect after return"), n)
  void Promise.resolve().then(async () => { await new Promise((r) => setImmediate(r)); await new Promise((r) => setImmediate(r)); console.log("effect after return") })
  return "returned" }`,
  state: `console.log("init")
let current
export const handler = async ({ id }) => {
  current = id
  await new Promise((resolve) => setTimeout(resolve, 5))
  return { mine: id, seen: current } }`,
  spy: `export const handler = async () => JSON.stringify([process.env, process.argv, process.execArgv, globalThis.canary ?? null])`,
  context: `export const handler = async (event, context) => ({
  keys: Object.keys(context).sort(), left: context.getRemainingTimeInMillis(), arn: context.invokedFunctionArn })`,
  memory: `const kept = []
export const handler = async ({ mb }) => { if (mb) kept.push(Buffer.alloc(mb * 1_048_576, 1)); return kept.length }`,
  typed: `interface Seat { row: number; label(): string }

const seat: Seat = {
  row: 7,
  label(): string {
    throw new RangeError(\`no row \${this.row}\`)
  },
}

export const handler = async (): Promise<string> => seat.label()
`,
}

let w: World
beforeAll(async () => {
  process.env.BACKLINE_CANARY = "seen-from-the-host"
  w = await world(FILES, { minify: true })
  for (const name of Object.keys(FILES)) await w.declare(name)
})
afterAll(async () => {
  delete process.env.BACKLINE_CANARY
  await w.stop()
})

const run = (name: string, event: unknown = {}) => w.lambda.invoke(name, event)
const reportOf = (requestId: string): string =>
  w.cloud.lines.find(({ line }) => line.startsWith(`REPORT RequestId: ${requestId}`))!.line
const linesOf = (name: string, text: string) =>
  w.cloud.lines.filter(({ source, line }) => source === name && line === text).length

test("a timeout ends the invocation at its limit, within a tenth, whether the handler waits or spins", async () => {
  const limit = 2_000
  const took: Record<string, number> = {}
  for (const name of ["waits", "spins"]) {
    await w.declare(name, { Timeout: limit / 1000 })
    const { error, requestId } = await run(name)
    expect(error!.errorMessage).toContain("Task timed out after 2.00 seconds")
    took[name] = Number(/Duration: ([\d.]+) ms/.exec(reportOf(requestId))![1])
    expect(took[name]).toBeGreaterThan(limit * 0.9)
    expect(took[name]).toBeLessThan(limit * 1.1)
  }
  console.log(`timeout of ${limit} ms: a waiting handler was ended after ${took.waits} ms, a spinning one after ${took.spins} ms`)
})

test("nothing happens after the handler returned", async () => {
  expect((await run("careless")).payload).toBe("returned")
  await new Promise((resolve) => setTimeout(resolve, 250))
  const effects = linesOf("careless", "effect after return")
  console.log(`effects after return: ${effects}`)
  expect(effects).toBe(0)
})

test("invocations at once share no state; each environment is initialized once", async () => {
  const ids = Array.from({ length: 120 }, (_, id) => id)
  const all = await Promise.all(ids.map((id) => run("state", { id })))
  const leaks = all.filter(({ payload }) => payload.mine !== payload.seen).length
  const streams = new Set(
    all.map(({ requestId }) => /Init Duration/.test(reportOf(requestId)) && requestId).filter((id) => id !== false),
  )
  const inits = linesOf("state", "init")
  console.log(`${all.length} invocations in ${inits} environments: state leaked ${leaks} times, ${streams.size} reported an init`)
  expect(leaks).toBe(0)
  expect(inits).toBeGreaterThan(1)
  expect(streams.size).toBeLessThanOrEqual(inits)
  expect(inits).toBeLessThanOrEqual(16)
})

test("nothing of the host is seen from inside", async () => {
  ;(globalThis as { canary?: string }).canary = "seen-from-the-host"
  const { payload } = await run("spy")
  delete (globalThis as { canary?: string }).canary
  const seen = String(payload).split("seen-from-the-host").length - 1
  console.log(`canaries of the host seen: ${seen}`)
  expect(seen).toBe(0)
  for (const name of ["HOME", "PATH", "USER", "npm_config_cache"]) expect(JSON.parse(payload)[0]).not.toHaveProperty(name)
})

test("reserved concurrency answers 429 to exactly what is over it", async () => {
  await w.declare("state", { ReservedConcurrentExecutions: 3 })
  const all = await Promise.allSettled(Array.from({ length: 10 }, (_, id) => run("state", { id })))
  const refused = all.filter((each) => each.status === "rejected").map(({ reason }) => reason.status)
  console.log(`10 invocations at once with 3 reserved: ${refused.length} were answered ${[...new Set(refused)].join()}`)
  expect(refused).toEqual(Array.from({ length: 7 }, () => 429))
  await w.declare("state")
})

test("the context has every member that Lambda documents for Node", async () => {
  const { payload } = await run("context")
  expect(payload.keys).toEqual([
    "awsRequestId",
    "callbackWaitsForEmptyEventLoop",
    "functionName",
    "functionVersion",
    "getRemainingTimeInMillis",
    "invokedFunctionArn",
    "logGroupName",
    "logStreamName",
    "memoryLimitInMB",
  ])
  expect(payload.left).toBeGreaterThan(4_000)
})

test("REPORT counts what lies outside the heap too", async () => {
  const used = async (mb: number) =>
    Number(/Max Memory Used: (\d+) MB/.exec(reportOf((await run("memory", { mb })).requestId))![1])
  const before = await used(0)
  const after = await used(96)
  console.log(`max memory used: ${before} MB, and ${after} MB with 96 MB of buffers`)
  expect(after - before).toBeGreaterThanOrEqual(90)
  expect(after - before).toBeLessThan(140)
})

test("a stack trace names lines of the source, though what runs is bundled and minified", async () => {
  await w.declare("typed", { Environment: { Variables: { NODE_OPTIONS: "--enable-source-maps" } } })
  const { error } = await run("typed")
  expect(error).toMatchObject({ errorType: "RangeError", errorMessage: "no row 7" })
  const frames = error!.stackTrace!.filter((line) => line.includes("typed.ts"))
  console.log(`stack trace: ${frames.map((frame) => /typed\.ts:\d+/.exec(frame)![0]).join(", ")}`)
  expect(frames[0]).toMatch(/typed\.ts:6:/)
  expect(frames[1]).toMatch(/typed\.ts:10:/)
})
