import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { importCommand } from "./command.ts"
import { startApi } from "./testing/api.ts"

let folder: string
let api: Awaited<ReturnType<typeof startApi>>

const program = (number: number, concerts = 1) => ({
  id: `program-${number}`,
  orchestra: "Example Orchestra",
  season: "1900-01",
  concerts: Array.from({ length: concerts }, () => ({
    eventType: "Tour",
    Location: "Boston, MA",
    Venue: "Hall",
    Date: "1901-01-02T05:00:00Z",
    Time: "8:00PM",
  })),
  works: [{ ID: `${number}*`, composerName: "Composer, A", workTitle: "Work", soloists: [] }],
})
const file = (name: string, programs: unknown[]) => {
  const text = JSON.stringify({ programs })
  return writeFile(join(folder, name), name.endsWith(".gz") ? gzipSync(text) : text)
}

async function run(args: string[], options: { env?: Record<string, string>; runFile?: string; signal?: AbortSignal } = {}) {
  let [out, err] = ["", ""]
  const code = await importCommand(args, {
    out: { write: (text) => (out += text) },
    err: { write: (text) => (err += text) },
    env: options.env ?? { BACKLINE_TOKEN: "token" },
    runFile: options.runFile ?? join(folder, "no-run.json"),
    signal: options.signal,
    pollMs: 5,
  })
  return { code, out, err }
}
const all = () => run(["nyphil", folder, "--url", api.http])

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "import-"))
  api = await startApi()
})
afterEach(async () => {
  await api.stop()
  await rm(folder, { recursive: true, force: true })
})

describe("npm run import", () => {
  it("sends every file's programs once, waits for the warehouse and gives an account", async () => {
    await file("a.json", [program(1), program(2, 2)])
    await file("b.json.gz", [program(3)])
    await writeFile(join(folder, "README.md"), "not data")
    const { code, out } = await all()
    expect(code).toBe(0)
    // One artist and one venue for all, then per concert itself and its work.
    expect(api.events).toHaveLength(2 + 2 * 4)
    expect(api.control.lag).toBeLessThan(0)
    expect(out).toMatch(
      /files +2\nprograms +3\nskipped +0\nevents +10\naccepted +10\nrejected +0\nseconds +[\d.]+\nrate +\d+ events\/s/,
    )
    expect(api.requests[0]?.token).toBe("Bearer token")
  })

  it("repeated sends byte for byte the same events", async () => {
    await file("a.json", [program(1, 3)])
    await all()
    const first = JSON.stringify(api.events.splice(0))
    await all()
    expect(JSON.stringify(api.events)).toBe(first)
  })

  it("posts at most 500 events at a time, with several requests in flight", async () => {
    await file(
      "a.json",
      Array.from({ length: 40 }, (_, index) => program(index, 50)),
    )
    expect((await all()).code).toBe(0)
    expect(api.events).toHaveLength(2 + 40 * 100)
    expect(Math.max(...api.requests.map(({ ids }) => ids.length))).toBe(500)
    expect(api.control.mostInFlight).toBeGreaterThan(1)
    expect(api.control.mostInFlight).toBeLessThanOrEqual(4)
  })

  it("waits as Retry-After says, and sends again only what may still be accepted", async () => {
    await file("a.json", [program(1, 3)])
    let refusals = 0
    api.control.misbehave = (number) =>
      number === 1 ? { status: 429, headers: { "retry-after": "1" } } : number === 2 ? { status: 503 } : undefined
    api.control.refuse = (number, { id }) => {
      if (number === 3 && id.endsWith("-1-2")) return "limit.rate"
      if (id.endsWith("-3-w1") && refusals++ < 9) return "input.event"
      return undefined
    }
    const start = Date.now()
    const { code, out } = await all()
    expect(Date.now() - start).toBeGreaterThanOrEqual(1_000)
    expect(api.requests.map(({ ids }) => ids.length)).toEqual([8, 8, 8, 1])
    expect(code).toBe(1)
    expect(out).toMatch(/accepted +7\nrejected +1\n +1 × input.event, for example: input.event of nyphil-program-1-3-w1/)
  })

  it("names file and program of what it cannot read, skips it and goes on", async () => {
    await writeFile(
      join(folder, "a.json"),
      `{"programs":[${JSON.stringify(program(1))},{"id":"x",},${JSON.stringify({ ...program(2), concerts: 5 })},${JSON.stringify(program(3))}]}`,
    )
    await writeFile(join(folder, "b.json"), JSON.stringify({ programs: [program(4), program(5)] }).slice(0, -30))
    await writeFile(join(folder, "c.json.gz"), gzipSync(JSON.stringify({ programs: [program(6)] })).subarray(0, 40))
    await writeFile(join(folder, "d.json"), "[]")
    await writeFile(join(folder, "e.json"), '"nothing"')
    const { code, out, err } = await all()
    expect(code).toBe(1)
    expect(err).toContain("a.json: program 2 is not JSON, skipped")
    expect(err).toContain("a.json: program 3 (program-2) has no list of concerts, skipped")
    expect(err).toMatch(/b\.json: could not be read after program 1 \(the file ends in the middle\), skipped/)
    expect(err).toMatch(/c\.json\.gz: could not be read after program 0 \(.+\), skipped/)
    expect(err).toContain("e.json: could not be read after program 0 (the file holds no list of programs")
    expect(out).toMatch(/skipped +5\n/)
    expect(api.events.filter(({ type }) => type === "concert.upserted").map(({ id }) => id)).toEqual([
      "nyphil-program-1-1",
      "nyphil-program-3-1",
      "nyphil-program-4-1",
    ])
  })

  it("signs in with the running cloud's demo user and again when the token runs out", async () => {
    await file("a.json", [program(1)])
    const runFile = join(folder, ".run")
    await writeFile(
      runFile,
      JSON.stringify({
        http: api.http,
        aws: api.http,
        clientId: "c",
        users: [{ email: "ada", password: "p", accessToken: "stale" }],
      }),
    )
    api.control.misbehave = (number) => (number === 1 ? { status: 401, body: { message: "Unauthorized" } } : undefined)
    expect((await run(["nyphil", folder], { env: {}, runFile })).code).toBe(0)
    expect(api.requests.map(({ token }) => token)).toEqual(["Bearer signed-in-ada", "Bearer signed-in-ada"])
  })

  it("keeps to a rate", async () => {
    await file("a.json", [program(1, 20)])
    const start = Date.now()
    expect((await run(["nyphil", folder, "--url", api.http, "--rate", "84"])).code).toBe(0)
    expect(Date.now() - start).toBeGreaterThanOrEqual(240)
    expect(Math.max(...api.requests.map(({ ids }) => ids.length))).toBeLessThanOrEqual(21)
  })

  it("says in one sentence what is wrong and how to mend it", async () => {
    await file("a.json", [program(1)])
    const empty = join(folder, "empty")
    const cases: [string[], RegExp][] = [
      [[], /^Usage: npm run import -- nyphil <folder>/],
      [["spotify", folder], /^There is no source spotify: use nyphil or interactions or grosses\./],
      [["constructor", folder], /^There is no source constructor/],
      [["nyphil", empty], /^There is no folder .*empty: name the one/],
      [["nyphil", folder, "--rate", "fast"], /^--rate fast is not a number/],
      [["nyphil", folder, "--speed", "1"], /^Unknown option '--speed'.*Usage/],
      [["nyphil", folder], /^No Backline is running here: start one with npm start/],
      [["nyphil", folder, "--url", "http://127.0.0.1:9"], /^No Backline answers at http:\/\/127\.0\.0\.1:9: start one/],
      [["nyphil", folder, "--url", "ftp://x"], /is not an address/],
    ]
    for (const [args, text] of cases) {
      const { code, out, err } = await run(args)
      expect([code, out]).toEqual([1, ""])
      expect(err).toMatch(text)
      expect(err.trim().split("\n")).toHaveLength(1)
    }
    expect((await run(["nyphil", folder, "--url", api.http], { env: {} })).err).toMatch(
      /^Nobody is signed in at .*BACKLINE_TOKEN/,
    )
    api.control.misbehave = () => ({ status: 403, body: { message: "This needs the role editor." } })
    expect((await all()).err).toMatch(/role editor/)
    api.control.misbehave = () => ({ status: 401 })
    expect((await all()).err).toMatch(/^The token was refused: give a new one/)
  })

  it("stops when it is told to", async () => {
    await file("a.json", [program(1)])
    api.control.misbehave = () => ({ status: 503 })
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 100)
    const { code, err } = await run(["nyphil", folder, "--url", api.http], { signal: stop.signal })
    expect([code, err]).toEqual([1, "Stopped. Run the same command again: what arrived counts once.\n"])
  })
})
