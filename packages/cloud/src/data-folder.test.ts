import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import { openDataFolder } from "./data-folder.ts"
import { startOf } from "./process.ts"

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

/** A process that has ended and that its parent never asks about: the shell becomes a `sleep`, which waits for nobody. */
async function zombie(): Promise<{ pid: number; parent: ChildProcess }> {
  const parent = spawn("sh", ["-c", "sleep 0.3 & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "ignore"] })
  const [line] = (await once(parent.stdout!, "data")) as [Buffer]
  const pid = Number(line.toString())
  await expect.poll(() => spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" }).stdout).toMatch(/^Z/)
  return { pid, parent }
}

test("a process that has ended holds nothing, though its parent has not asked for it yet", async () => {
  openDataFolder(root).release()
  const { pid, parent } = await zombie()
  try {
    expect(() => process.kill(pid, 0)).not.toThrow()
    for (const holder of [{ pid }, { pid, started: startOf(pid) }]) {
      writeFileSync(join(root, "lock"), JSON.stringify(holder))
      openDataFolder(root).release()
    }
  } finally {
    parent.kill("SIGKILL")
  }
})

test("a lock of a process that runs is respected, whoever it belongs to", async () => {
  openDataFolder(root).release()
  const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"])
  try {
    for (const holder of [{ pid: other.pid }, { pid: other.pid, started: startOf(other.pid!) }]) {
      writeFileSync(join(root, "lock"), JSON.stringify(holder))
      expect(() => openDataFolder(root)).toThrow(`in use by the local cloud with process id ${other.pid}`)
    }
  } finally {
    other.kill("SIGKILL")
  }
})

test("a lock that names no process is nobody's", () => {
  openDataFolder(root).release()
  for (const pid of [0, -1, 1.5, "1", null]) {
    writeFileSync(join(root, "lock"), JSON.stringify({ pid }))
    openDataFolder(root).release()
  }
})

test("secrets are made once, for this account's eyes; a folder that was used before there were any keeps the names of its queues", () => {
  const first = openDataFolder(join(root, "new"))
  first.release()
  const second = openDataFolder(join(root, "new"))
  second.release()
  expect(second.secrets).toEqual(first.secrets)
  expect(new Set([first.secrets.keys, first.secrets.names, ""]).size).toBe(3)
  expect(statSync(join(root, "new/backline.json")).mode & 0o077).toBe(0)

  writeFileSync(join(root, "new/backline.json"), `{"format":1}`)
  const old = openDataFolder(join(root, "new"))
  old.release()
  expect(old.secrets).toEqual({ keys: expect.stringMatching(/^[0-9a-f]{64}$/), names: "" })
  expect(JSON.parse(readFileSync(join(root, "new/backline.json"), "utf8"))).toEqual({ format: 1, secrets: old.secrets })
})

test("what is another's, and data of another format, is refused and left alone", () => {
  writeFileSync(join(root, "thesis.doc"), "x")
  expect(() => openDataFolder(root)).toThrow("is no data folder of Backline (thesis.doc …)")
  expect(readdirSync(root)).toEqual(["thesis.doc"])
  writeFileSync(join(root, "backline.json"), `{"format":99}`)
  expect(() => openDataFolder(root)).toThrow("holds data of format 99, and this version reads format 1")
  expect(readdirSync(root).sort()).toEqual(["backline.json", "thesis.doc"])
})
