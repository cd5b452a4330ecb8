import { spawnSync } from "node:child_process"
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import { openDataFolder } from "./data-folder.ts"

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), "backline-data-"))))
afterEach(() => rmSync(root, { recursive: true, force: true }))

test("a folder is made, belongs to one cloud until it lets it go, and remembers its ports", () => {
  const folder = join(root, "new/data")
  const first = openDataFolder(folder)
  expect(first.ports).toEqual([])
  first.rememberPorts([3000, 3001])
  expect(() => openDataFolder(folder)).toThrow(`is in use by the local cloud with process id ${process.pid}`)
  first.release()
  const second = openDataFolder(folder)
  expect(second.ports).toEqual([3000, 3001])
  second.release()
  expect(readdirSync(folder).sort()).toEqual(["backline.json", "ports.json"])
})

test("the lock of a dead process is taken over, also where its id was given to another one", () => {
  openDataFolder(root).release()
  const dead = spawnSync(process.execPath, ["-e", ""]).pid
  for (const holder of [{ pid: dead }, { pid: process.pid, started: "1" }]) {
    writeFileSync(join(root, "lock"), JSON.stringify(holder))
    openDataFolder(root).release()
  }
  writeFileSync(join(root, "lock"), "torn")
  openDataFolder(root).release()
})

test("what is another's, and data of another format, is refused and left alone", () => {
  writeFileSync(join(root, "thesis.doc"), "x")
  expect(() => openDataFolder(root)).toThrow("is no data folder of Backline (thesis.doc …)")
  expect(readdirSync(root)).toEqual(["thesis.doc"])
  writeFileSync(join(root, "backline.json"), `{"format":99}`)
  expect(() => openDataFolder(root)).toThrow("holds data of format 99, and this version reads format 1")
  expect(readdirSync(root).sort()).toEqual(["backline.json", "thesis.doc"])
})
