import { parse } from "@backline/core/event"
import fc from "fast-check"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { gzipSync } from "node:zlib"
import { importCommand } from "./command.ts"
import { cellsOf } from "./lines.ts"
import { startApi } from "./testing/api.ts"

let folder: string
let api: Awaited<ReturnType<typeof startApi>>
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "import-tables-"))
  api = await startApi()
})
afterEach(async () => {
  await api.stop()
  await rm(folder, { recursive: true, force: true })
})

async function run(source: string, name: string, text: string | Buffer) {
  const path = join(folder, name)
  await writeFile(path, text)
  let [out, err] = ["", ""]
  const code = await importCommand([source, path, "--url", api.http], {
    out: { write: (said) => (out += said) },
    err: { write: (said) => (err += said) },
    env: { BACKLINE_TOKEN: "t" },
    runFile: join(folder, "none.json"),
    pollMs: 5,
  })
  return { code, out, err }
}
const sent = (type: string) => api.events.filter((event) => event.type === type)

describe("interactions", () => {
  const ODD = ["only one", "u1\tThe Quartet", "\tA\t1", "u2\t \t1", "u3\tA\tmany", "u3\tA\t-1", "u3\tA\t"]
  const TEXT = [
    "userID\tartist\tweight",
    "u1\tThe Quartet\t13883",
    "u1\tTrio\t0",
    "",
    "u2\tthe quartet\t1",
    ...ODD,
    "u1\tTrio\t5",
  ].join("\r\n")

  it("become artists and follows, and every odd row is named by its line", async () => {
    const { code, out, err } = await run("interactions", "plays.tsv", TEXT)
    expect(code).toBe(1)
    expect(out).toMatch(/rows +4\nskipped +8\nevents +5\naccepted +5/)
    for (const [at] of ODD.entries()) expect(err).toContain(`plays.tsv: line ${6 + at} `)
    expect(err).toContain("line 13 repeats a user and artist")
    expect(sent("artist.upserted").map(({ data }) => data.name)).toEqual(["The Quartet", "Trio"])
    expect(sent("artist.followed").map(({ data }) => data.following)).toEqual([true, false, true])
    for (const event of api.events) expect(parse(event).problem).toBeUndefined()
  })

  it("sent again are byte for byte the same events, packed files too", async () => {
    await run("interactions", "plays.tsv", TEXT)
    const first = JSON.stringify(api.events.splice(0))
    await run("interactions", "plays.tsv.gz", gzipSync(TEXT))
    expect(JSON.stringify(api.events)).toBe(first)
  })
})

describe("grosses", () => {
  const HEAD = "\uFEFFWeek,Theatre,Show,Price,Capacity,Sold"
  const ODD = [
    "2024-02-30,T,A,10,10,1",
    "2024-01-07,T,,10,10,1",
    "2024-01-07,T,A,ten,10,1",
    "2024-01-07,T,A,10.123,10,1",
    "2024-01-07,T,A,10,0,0",
    "2024-01-07,T,A,10,10,11",
    "2024-01-07,T,A,10,10,1.5",
    '2024-01-07,T,"A,10,10,1',
    "2024-01-07,T",
  ]
  const GOOD = ['2024-01-07,T,"Hello, ""Dolly""",$89.50,1000,120', '2024-01-14,T,"Hello, ""Dolly""",90,1000,0']
  const TEXT = [HEAD, ...GOOD, ...ODD, GOOD[0]].join("\n")

  it("become shows, weeks, seats and every ticket sold, and every odd row is named by its line", async () => {
    const { code, out, err } = await run("grosses", "weeks.csv", TEXT)
    expect(code).toBe(1)
    expect(out).toMatch(/rows +3\nskipped +10/)
    for (const [at] of ODD.entries()) expect(err).toContain(`weeks.csv: line ${4 + at} `)
    expect(err).toContain("line 13 repeats a week and show")
    expect(sent("artist.upserted").map(({ data }) => data.name)).toEqual(['Hello, "Dolly"'])
    expect(sent("concert.upserted").map(({ data }) => [data.date, data.capacity, data.priceCents])).toEqual([
      ["2024-01-07", 1_000, 8_950],
      ["2024-01-14", 1_000, 9_000],
    ])
    expect(sent("ticket.sold").map(({ data }) => data.quantity)).toEqual([50, 50, 20])
    for (const event of api.events) expect(parse(event).problem).toBeUndefined()
    const first = JSON.stringify(api.events.splice(0))
    await run("grosses", "weeks.csv", TEXT)
    expect(JSON.stringify(api.events)).toBe(first)
  })

  it("without their heading are refused line by line", async () => {
    const { code, err } = await run("grosses", "bare.csv", GOOD[0]!)
    expect([code, api.events.length]).toEqual([1, 0])
    expect(err).toContain("line 1 is no heading with week, show, price, capacity and sold")
  })

  it("that are not there are named", async () => {
    expect((await run("grosses", "x/y.csv", "").catch(() => ({ err: "no folder" }))).err).toBe("no folder")
    let err = ""
    const terminal = { out: { write() {} }, err: { write: (text: string) => (err += text) }, env: {} }
    expect(await importCommand(["grosses", join(folder, "none.csv")], terminal)).toBe(1)
    expect(err).toContain("There is no file")
  })
})

it("cells of CSV are read as they were written", () => {
  const cell = fc.string({ maxLength: 8 }).filter((text) => !/[\r\n]/.test(text) && text === text.trim())
  const property = fc.property(fc.array(cell, { minLength: 1, maxLength: 5 }), (cells) => {
    const line = cells.map((text) => `"${text.replaceAll('"', '""')}"`).join(",")
    expect(cellsOf(line)).toEqual(cells)
  })
  fc.assert(property)
})
