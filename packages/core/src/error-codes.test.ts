import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"

const KINDS = "input|auth|forbidden|missing|conflict|limit|unavailable|internal"
const IN_SOURCE = new RegExp(`"((?:${KINDS})\\.[a-z_]+)"`, "g")
const IN_DOCUMENT = new RegExp(`\`((?:${KINDS})\\.[a-z_]+)\``, "g")
const packages = join(import.meta.dirname, "../..")

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* entry.name === "testing" ? [] : sources(path)
    else if (/\.tsx?$/.test(entry.name) && !/\.test\.tsx?$|samples\.ts$/.test(entry.name)) yield path
  }
}

/** Of this name there is a socket action, and no error. */
const ACTION = "auth.refresh"

const codesIn = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, code]) => code!).filter((code) => code !== ACTION)

it("docs/errors.md lists every code of the source, and no other", () => {
  const folders = ["core", "functions", "client", "web"].map((name) => join(packages, name, "src"))
  const used = new Set(
    folders.flatMap((folder) => [...sources(folder)].flatMap((file) => codesIn(readFileSync(file, "utf8"), IN_SOURCE))),
  )
  const listed = new Set(codesIn(readFileSync(join(packages, "../docs/errors.md"), "utf8"), IN_DOCUMENT))
  expect([...used].sort()).toEqual([...listed].sort())
  expect(used.size).toBeGreaterThan(40)
})
