import { appendFileSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import { Journal } from "./journal.ts"

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "backline-journal-"))))
afterEach(() => rmSync(folder, { recursive: true }))

const open = () => {
  const entries: unknown[] = []
  const journal = new Journal<unknown>(join(folder, "deep", "j"), (entry) => entries.push(entry))
  return { journal, entries }
}

test("what was appended is read again, in its order", () => {
  const first = open().journal
  for (let n = 0; n < 1_000; n++) first.append({ n, text: "zwölf\n" })
  first.close()
  const { journal, entries } = open()
  expect(entries).toHaveLength(1_000)
  expect(entries[999]).toEqual({ n: 999, text: "zwölf\n" })
  expect(journal.size).toBe(statSync(join(folder, "deep", "j")).size)
  journal.close()
})

test("a line that was cut short is dropped, and what follows is appended to whole lines", () => {
  const first = open().journal
  first.append("whole")
  first.close()
  appendFileSync(join(folder, "deep", "j"), '{"cut":"sho')
  const second = open()
  expect(second.entries).toEqual(["whole"])
  second.journal.append("next")
  second.journal.close()
  const third = open()
  expect(third.entries).toEqual(["whole", "next"])
  third.journal.close()
})

test("a rewrite takes the place of all before it; half a rewrite is nothing", () => {
  const first = open().journal
  for (let n = 0; n < 100; n++) first.append(n)
  first.rewrite(["all"])
  first.append("more")
  first.close()
  writeFileSync(join(folder, "deep", "j.new"), '"half')
  const second = open()
  expect(second.entries).toEqual(["all", "more"])
  expect(existsSync(join(folder, "deep", "j.new"))).toBe(false)
  second.journal.close()
})
