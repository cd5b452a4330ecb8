import { closeSync, openSync, readSync } from "node:fs"
import { expect, test } from "vitest"
// @ts-expect-error Plain JavaScript, since it runs before TypeScript can.
import { bringEngines, wantedOn } from "./engines.mjs"

const version = (name: string) =>
  ({ "@dynoxide/linux-x64": "1.2.1", "@duckdb/node-bindings": "1.5.5-r.5", esbuild: "0.28.2" })[name]
const names = (platform: string, arch: string, musl = false): string[] =>
  wantedOn({ platform, arch, musl }, version).map(({ name }: { name: string }) => name)

/** A machine that has some packages and a registry that has others. */
function machine(platform: string, arch: string, there: string[], registry: string[], more: object = {}) {
  const have = new Set(there)
  const said: string[] = []
  const install = (what: string) => {
    const name = what.slice(0, what.lastIndexOf("@"))
    if (registry.includes(what)) have.add(name)
    return registry.includes(what)
  }
  const problems: string[] = bringEngines({
    machine: { platform, arch, musl: false },
    version,
    isThere: (name: string) => have.has(name),
    install,
    say: (line: string) => said.push(line),
    ...more,
  })
  return { said, problems, have }
}

test("a package that was removed is brought back, by name and exact version, with one line", () => {
  const [engine, ...others] = names("linux", "x64")
  const { said, problems, have } = machine("linux", "x64", others, ["@dynoxide/linux-x64@1.2.1"])
  expect(said).toEqual(["Installing @dynoxide/linux-x64@1.2.1 for linux-x64 …"])
  expect(problems).toEqual([])
  expect(have).toContain(engine)
  expect(machine("linux", "x64", names("linux", "x64"), []).said).toEqual([])
})

test("another machine gets its own packages", () => {
  expect(names("darwin", "arm64")).toEqual([
    "@dynoxide/darwin-arm64",
    "@duckdb/node-bindings-darwin-arm64",
    "@esbuild/darwin-arm64",
  ])
  expect(names("linux", "arm64", true)[0]).toBe("@dynoxide/linux-arm64")
  expect(names("linux", "arm64", true)[1]).toBe("@duckdb/node-bindings-linux-arm64-musl")
})

test("a machine that nothing is published for is told what to do", () => {
  const { problems } = machine("plan9", "mips", [], [])
  expect(problems).toHaveLength(3)
  expect(problems[0]).toBe(
    "@dynoxide/plan9-mips@1.2.1, which gives DynamoDB, could not be installed for plan9-mips. Bring another engine: set BACKLINE_DYNAMODB_ENDPOINT to any DynamoDB (for example DynamoDB Local on http://127.0.0.1:8000).",
  )
  const [, ...others] = names("plan9", "mips")
  expect(machine("plan9", "mips", others, [], { hasDynamoDB: true })).toMatchObject({ said: [], problems: [] })
})

test("Windows is told of WSL, and nothing is tried", () => {
  const { said, problems } = machine("win32", "x64", [], [])
  expect([said, problems]).toEqual([[], ['Backline runs on Windows inside WSL: "wsl --install", then clone and start it there.']])
})

test.runIf(process.platform === "linux" && process.arch === "x64")(
  "the engine needs no C library of its machine, so musl runs it too",
  () => {
    const header = Buffer.alloc(4_096)
    const file = openSync(new URL("../node_modules/@dynoxide/linux-x64/dynoxide", import.meta.url), "r")
    readSync(file, header)
    closeSync(file)
    const [from, size, count] = [Number(header.readBigUInt64LE(32)), header.readUInt16LE(54), header.readUInt16LE(56)]
    const kinds = Array.from({ length: count }, (_, i) => header.readUInt32LE(from + i * size))
    expect(kinds).toContain(1)
    // PT_INTERP names the loader of a C library.
    expect(kinds).not.toContain(3)
  },
)
