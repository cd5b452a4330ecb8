import { spawnSync } from "node:child_process"
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import { bundle } from "./bundle.ts"
import { mapped } from "./stack.ts"

let root: string
beforeEach(async () => (root = await realpath(await mkdtemp(join(tmpdir(), "backline-stack-")))))
afterEach(() => rm(root, { recursive: true, force: true }))

test("positions in a minified bundle become positions in the source", async () => {
  const source = `import { fail } from "./noun.ts"\n\nexport const handler = async () => {\n  fail("now")\n}\n`
  await writeFile(join(root, "a.ts"), source)
  await writeFile(join(root, "noun.ts"), `export function fail(why: string): never {\n  throw new Error(why)\n}\n`)
  const { file } = (await bundle({ root, handlers: ["a.handler"] })).handler("a.handler")
  // In a process of its own: the test runner maps positions by itself.
  const script = `(await import(process.argv[1])).handler().catch((error) => console.log(error.stack))`
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", script, file], { encoding: "utf8" })
  expect(stdout).toContain(".mjs:")
  const text = mapped(stdout, root)
  expect(text).toMatch(/^Error: now\n +at fail \(noun\.ts:2:9\)\n +at \S+ \(a\.ts:4:3\)/)
})

test("what is no bundle stays as it is", () => {
  const text = "at f (/nowhere/x.mjs:1:2) and /etc/passwd:1:1"
  expect(mapped(text, root)).toBe(text)
})
