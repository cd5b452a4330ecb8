import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync } from "node:fs"
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import { afterAll, beforeAll, expect, test } from "vitest"
import { Store } from "../src/services/s3/storage/store.ts"
import { s3Cloud } from "./support/s3-cloud.ts"

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "s3-store-"))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const ROOT = join(import.meta.dirname, "../../..")

/** Runs the writer until it said so many lines, kills it in the middle of the next, and answers what it said. */
async function killedWriter(data: string, run: number, afterLines: number): Promise<string[]> {
  const child = spawn(process.execPath, ["scripts/run.mjs", "packages/cloud/test/support/s3-writer.ts", data, String(run)], {
    cwd: ROOT,
  })
  let said = ""
  const ended = new Promise((resolve) => child.once("close", resolve))
  child.stderr.resume()
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString()
    if (said.split("\n").length > afterLines) child.kill("SIGKILL")
  })
  await ended
  return said.split("\n").slice(0, -1)
}

test("objects that were acknowledged survive SIGKILL whole, and what was cut short leaves nothing", async () => {
  const data = join(folder, "killed")
  /** Key → the hash that was acknowledged last, and that of a write on its way when the process was killed. */
  const expected = new Map<string, { done: string; begun?: string }>()
  let acknowledged = 0
  for (let run = 0; run < 3; run++) {
    for (const line of await killedWriter(data, run, 90 + run * 45)) {
      const [what, key, hash] = line.split(" ") as [string, string, string]
      const known = expected.get(key) ?? { done: "none" }
      expected.set(key, what === "begin" ? { ...known, begun: hash } : { done: hash })
      if (what === "done") acknowledged++
    }
  }
  const cloud = await s3Cloud({ data: join(folder, "killed") })
  let lost = 0
  let torn = 0
  for (const [key, { done, begun }] of expected) {
    const { status, body, headers } = await cloud.cloud.call({ service: "s3", method: "GET", path: `/lake/${key}` })
    const hash = status === 404 ? "none" : createHash("md5").update(body).digest("hex")
    if (hash !== done && hash !== begun) lost++
    if (status === 200 && headers.etag !== `"${hash}"`) torn++
  }
  await cloud.stop()
  const blobs = (await readdir(join(data, "s3", "blobs"), { recursive: true })).filter((name) => name.length > 10)
  const held = (JSON.stringify(await indexed(data)).match(/"blob":"/g) ?? []).length
  console.log(`3 kills: ${acknowledged} writes acknowledged, ${lost} lost, ${torn} torn, ${blobs.length - held} files left over`)
  expect(acknowledged).toBeGreaterThan(100)
  expect({ lost, torn, left: blobs.length - held }).toEqual({ lost: 0, torn: 0, left: 0 })
}, 60_000)

/** The pieces that the store names after everything was replayed. */
async function indexed(data: string): Promise<unknown[]> {
  const store = new Store(join(data, "s3"))
  const all = [...store.buckets.values()].flatMap((bucket) =>
    [...bucket.keys.from(() => false)].flatMap((key) => bucket.of(key).map(({ pieces }) => pieces)),
  )
  await store.close()
  return all
}

test("a bucket of 100,000 objects opens within 3 s and lists a page in milliseconds", async () => {
  const data = join(folder, "large", "s3")
  const count = 100_000
  const first = new Store(data)
  first.commit({ do: "bucket", name: "lake", at: 0 })
  const key = (n: number) =>
    `events/day=${String(n % 100).padStart(2, "0")}/${String((n * 7_919) % count).padStart(6, "0")}.parquet`
  for (let n = 0; n < count; n++) {
    const version = {
      key: key(n),
      id: "null",
      at: n,
      seq: n + 1,
      etag: "0".repeat(32),
      size: 0,
      pieces: [],
      headers: { "content-type": "x" },
      storageClass: "STANDARD",
    }
    first.commit({ do: "put", bucket: "lake", version })
  }
  await first.close()

  const opening = performance.now()
  const before = process.cpuUsage()
  const cloud = await s3Cloud({ data: join(folder, "large") })
  const openMs = performance.now() - opening
  const used = process.cpuUsage(before)
  const list = async (query: string) => {
    const started = process.cpuUsage()
    const { body } = await cloud.cloud.call({ service: "s3", method: "GET", path: `/lake?list-type=2&${query}` })
    const { user, system } = process.cpuUsage(started)
    return { xml: body.toString(), ms: (user + system) / 1_000 }
  }
  await list("max-keys=1000")
  const pages = [
    await list("max-keys=1000"),
    await list("max-keys=1000&start-after=events/day=50"),
    await list("prefix=events/day=99/"),
    await list("prefix=events/&delimiter=/"),
  ]
  expect(pages.map(({ xml }) => /<KeyCount>(\d+)/.exec(xml)![1])).toEqual(["1000", "1000", "1000", "100"])
  const slowest = Math.max(...pages.map(({ ms }) => ms))
  console.log(`${count} objects: open ${Math.round(openMs)} ms, slowest page ${slowest.toFixed(1)} ms`)
  // Of this process alone, whatever else the machine does.
  expect((used.user + used.system) / 1_000).toBeLessThan(3_000)
  expect(slowest).toBeLessThan(100)
  await cloud.stop()
}, 60_000)

test("a journal that says much more than the store holds is rewritten when it is opened", async () => {
  const data = join(folder, "compact")
  const first = new Store(data)
  first.commit({ do: "bucket", name: "lake", at: 0 })
  const version = { key: "k", id: "null", at: 0, etag: "e", size: 0, pieces: [], headers: {}, storageClass: "STANDARD" }
  for (let n = 0; n < 1_000; n++) first.commit({ do: "put", bucket: "lake", version: { ...version, seq: n } })
  await first.close()
  const { statSync } = await import("node:fs")
  const before = statSync(join(data, "index.jsonl")).size
  const second = new Store(data)
  expect(second.buckets.get("lake")!.objects).toBe(1)
  await second.close()
  expect(statSync(join(data, "index.jsonl")).size).toBeLessThan(before / 100)
})

test("without a data folder nothing stays behind, also not of a process that was killed", async () => {
  const stale = join(tmpdir(), "backline-s3-999999999-x")
  await writeFile(join(folder, "marker"), "")
  const { mkdirSync } = await import("node:fs")
  mkdirSync(stale, { recursive: true })
  const cloud = await s3Cloud()
  expect(existsSync(stale)).toBe(false)
  await cloud.raw("PUT", "/lake/big", {}, Buffer.alloc(9 * 1_048_576))
  const mine = async () => (await readdir(tmpdir())).filter((name) => name.startsWith(`backline-s3-${process.pid}-`))
  expect(await mine()).toHaveLength(1)
  await cloud.stop()
  expect(await mine()).toHaveLength(0)
})
