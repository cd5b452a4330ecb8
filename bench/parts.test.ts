import { spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, afterEach, expect, test, vi } from "vitest"
import { needs, part } from "./part.ts"
import { measure } from "./parts.ts"
import { startFor } from "./product.ts"
import { print, type Report } from "./table.ts"

const folder = mkdtempSync(join(tmpdir(), "bench-parts-"))
/** A product that says it is ready and then does as told. */
function fake(name: string, does: string): string[] {
  const file = join(folder, `${name}.mjs`)
  writeFileSync(file, `console.error("fake ${name}"); ${does}`)
  return [file]
}
const READY = `console.log(JSON.stringify({ ready: true }));`
const LIVES = `setInterval(() => {}, 1000);`
const never = new Promise<never>(() => {})
const empty = (): Report => ({ bench: "fake", figures: {}, goals: {}, notes: {} })
const figure = (name: string) => ({ figures: { [name]: 1 }, goals: { [name]: { max: 2 } }, notes: {} })
const lives = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

afterEach(() => vi.restoreAllMocks())
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test("a product that stops is noticed at once, and what others measured is kept", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {})
  const begin = performance.now()
  const stops = async () => {
    await startFor(fake("stops", `${READY} setTimeout(() => process.exit(7), 300)`))
    return never
  }
  const report = await measure(empty(), [
    { name: "before", limitMs: 60_000, run: async () => figure("before") },
    { name: "stops", limitMs: 60_000, run: stops },
    { name: "after", limitMs: 60_000, run: async () => figure("after") },
  ])
  expect(performance.now() - begin).toBeLessThan(15_000)
  expect(report.figures).toEqual({ before: 1, stopsBroken: 1, after: 1 })
  expect(report.reasons).toEqual({ stops: "The product ended by itself (code 7). It said:\nfake stops" })
})

test("a product that hangs is given up at the limit and killed, ready or not", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {})
  const pids: number[] = []
  const deaf = `process.on("SIGTERM", () => {}); ${LIVES}`
  const hangs = (does: string) => async () => {
    const product = await startFor(fake("hangs", does))
    pids.push(product.child.pid!)
    return never
  }
  const neverReady = fake("never-ready", `${deaf} console.error(process.pid)`)
  const report = await measure(empty(), [
    { name: "hangs", limitMs: 1_500, run: hangs(READY + deaf) },
    { name: "neverReady", limitMs: 1_500, run: async () => (await startFor(neverReady), never) },
  ])
  expect(report.reasons).toEqual({
    hangs: "hangs was not done after 2 s, its limit.",
    neverReady: "neverReady was not done after 2 s, its limit.",
  })
  await vi.waitFor(() => expect(pids.filter(lives)).toEqual([]), 5_000)
})

test("a process that was told to end, or ends after its part, breaks nothing", async () => {
  const stopped = await part("stopped", 30_000, async () => {
    const product = await startFor(fake("ends", READY + LIVES))
    await product.stop()
    await new Promise((resolve) => setTimeout(resolve, 50))
    return product.child
  })
  expect(stopped.signalCode).toBe("SIGTERM")
  const left = await part("left", 30_000, async () => {
    const child = spawn(process.execPath, fake("left", LIVES))
    needs(child, "left")
    return child
  })
  await vi.waitFor(() => expect(left.signalCode).toBe("SIGKILL"), 5_000)
})

test("a contender that ends in another's part does not break that one", async () => {
  const first = part("first", 30_000, async () => {
    needs(spawn(process.execPath, fake("first", "process.exit(3)")), "Socket.IO")
    return never
  })
  const second = part("second", 30_000, async () => first.catch(() => "still here"))
  await expect(first).rejects.toThrow("Socket.IO ended by itself (code 3)")
  expect(await second).toBe("still here")
})

test("the table and the JSON line tell what was measured, and the reasons of what was not", () => {
  const lines: string[] = []
  vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line))
  print({
    ...empty(),
    figures: { good: 1, partBroken: 1 },
    goals: { good: { max: 2 }, partBroken: { max: 0 }, missing: { min: 3 } },
    reasons: { part: "The product ended by itself (code 7)." },
  })
  expect(lines.find((line) => line.startsWith("missing"))).toMatch(/not measured +≥ 3 +MISSED/)
  expect(lines.at(-2)).toBe("part could not be measured: The product ended by itself (code 7).")
  expect(JSON.parse(lines.at(-1)!)).toMatchObject({ met: false, reasons: { part: expect.any(String) } })
  lines.length = 0
  print({ ...empty(), figures: { good: 1 }, goals: { good: { max: 2 } } })
  expect(JSON.parse(lines.at(-1)!)).toEqual({ bench: "fake", figures: { good: 1 }, goals: { good: { max: 2 } }, met: true })
})
