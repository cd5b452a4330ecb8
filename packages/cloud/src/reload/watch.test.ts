import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { Watch } from "./watch.ts"

let root: string
let seen: string[]
let watch: Watch
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "backline-watch-"))
  await mkdir(join(root, "src/noun"), { recursive: true })
  await writeFile(join(root, "src/noun/index.ts"), "1")
  await writeFile(join(root, "settings.json"), "1")
  seen = []
  watch = new Watch((path) => void seen.push(path.slice(root.length + 1)))
  await watch.add(join(root, "src"))
  await watch.add(join(root, "settings.json"))
  await watch.add(join(root, "missing"))
})
afterEach(async () => {
  watch.stop()
  await rm(root, { recursive: true, force: true })
})

const told = (path: string) => vi.waitFor(() => expect(seen).toContain(path), { timeout: 5_000 })

test("a file that is written, and one that is replaced by a renamed one again and again, is told", async () => {
  await writeFile(join(root, "src/noun/index.ts"), "2")
  await told("src/noun/index.ts")
  for (let round = 0; round < 3; round++) {
    seen = []
    await writeFile(join(root, "src/noun/.tmp"), "3")
    await rename(join(root, "src/noun/.tmp"), join(root, "src/noun/index.ts"))
    await told("src/noun/index.ts")
  }
})

test("files in a folder that appears are told, the ones it was made with and later ones", async () => {
  await mkdir(join(root, "aside"))
  await writeFile(join(root, "aside/first.ts"), "1")
  await rename(join(root, "aside"), join(root, "src/new"))
  await told("src/new/first.ts")
  await writeFile(join(root, "src/new/second.ts"), "1")
  await told("src/new/second.ts")
})

test("of a single file's folder only that file is told", async () => {
  await writeFile(join(root, "other.json"), "1")
  await writeFile(join(root, "settings.json"), "2")
  await told("settings.json")
  expect(seen).not.toContain("other.json")
})
