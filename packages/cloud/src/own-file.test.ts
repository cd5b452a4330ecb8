import { spawn } from "node:child_process"
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import { ownFile } from "./own-file.ts"

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "backline-own-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test("the first process has the plain name, one beside it a name of its own, and the plain one again once the first is dead", async () => {
  const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"])
  const ended = new Promise((resolve) => other.once("exit", resolve))
  writeFileSync(join(folder, "owner.pid"), String(other.pid))
  expect(ownFile(folder, "run.json")).toBe(join(folder, `run.${process.pid}.json`))
  expect(ownFile(folder, "local.log")).toBe(join(folder, `local.${process.pid}.log`))
  other.kill("SIGKILL")
  await ended
  expect(ownFile(folder, "run.json")).toBe(join(folder, "run.json"))
  expect(ownFile(folder, "run.json")).toBe(join(folder, "run.json"))
})

test("files of dead processes are removed, all others stay", () => {
  for (const name of ["run.999999999.json", `run.${process.pid}.json`, "run.old.json", "other.999999999.json"])
    writeFileSync(join(folder, name), "{}")
  ownFile(folder, "run.json")
  expect(
    ["run.999999999.json", `run.${process.pid}.json`, "run.old.json", "other.999999999.json"].map((name) =>
      existsSync(join(folder, name)),
    ),
  ).toEqual([false, true, true, true])
})

test("an id that was given to another process since owns nothing", () => {
  writeFileSync(join(folder, "owner.pid"), `${process.ppid} 1`)
  expect(ownFile(folder, "run.json")).toBe(join(folder, "run.json"))
})
