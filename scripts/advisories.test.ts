import { readFileSync } from "node:fs"
import { expect, it } from "vitest"
// @ts-expect-error Plain JavaScript, since it runs before TypeScript can.
import { judge, reviewed } from "./advisories.mjs"

interface Locked {
  version?: string
  dev?: boolean
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}
interface Unused {
  package: string
  version: string
  through: string[]
  reason: string
}
const lock = (
  JSON.parse(readFileSync(new URL("../package-lock.json", import.meta.url), "utf8")) as { packages: Record<string, Locked> }
).packages
const unused = reviewed.unused as Unused[]

const advisory = (name: string, url: string) => ({ name, url, title: "Prototype pollution", severity: "high", range: "<1.2.0" })
const report = (fixAvailable: unknown, ...via: unknown[]) => ({
  stdout: JSON.stringify({ auditReportVersion: 2, vulnerabilities: { thing: { via, fixAvailable } } }),
})

it("says that there is none, where the registry answers so", () => {
  expect(judge({ stdout: '{"auditReportVersion":2,"vulnerabilities":{}}' }, [])).toEqual({
    code: 0,
    line: "No advisory against the lock file that was not reviewed.",
  })
})

it("fails with the package, the advisory and the fix", () => {
  const found = report({ name: "thing", version: "1.2.0" }, advisory("thing", "https://example.test/1"), "other")
  expect(judge(found, [])).toEqual({
    code: 1,
    line: "thing <1.2.0 (high): Prototype pollution, https://example.test/1. Fix: install thing@1.2.0.",
  })
  expect(judge(report(true, advisory("thing", "u")), []).line).toContain("Fix: run npm audit fix.")
  expect(judge(report(false, advisory("thing", "u")), []).line).toContain("no version mends it yet")
})

it("accepts the advisories that were reviewed, and no other of the same package", () => {
  const accepted = [{ advisory: "https://example.test/1", reason: "Never called." }]
  expect(judge(report(false, advisory("thing", "https://example.test/1")), accepted).code).toBe(0)
  expect(
    judge(report(false, advisory("thing", "https://example.test/1"), advisory("thing", "https://example.test/2")), accepted),
  ).toMatchObject({ code: 1, line: expect.not.stringContaining("test/1,") as string })
})

it.each([
  [
    "a registry that refuses",
    { stdout: '{"message":"405 Method Not Allowed","error":{"summary":"audit"}}' },
    "405 Method Not Allowed",
  ],
  ["no network", { stdout: '{"error":{"summary":"request failed"}}' }, "request failed"],
  ["text that is no JSON", { stdout: "<html>" }, "no report"],
  ["npm that is not there", { stdout: null, error: new Error("spawnSync npm ENOENT") }, "ENOENT"],
  ["a report without its list", { stdout: '{"auditReportVersion":2}' }, "no report"],
])("says in one line that it could not ask: %s", (_, answer, why) => {
  const { code, line } = judge(answer, []) as { code: number; line: string }
  expect([code, line.split("\n").length]).toEqual([0, 1])
  expect(line).toContain("could not be asked")
  expect(line).toContain(why)
})

it.each(unused)("$package is old, comes through its named parents alone, and is no dependency of what runs", (entry) => {
  const path = `node_modules/${entry.package}`
  expect(lock[path]?.version, "no longer locked: take it off the list").toBe(entry.version)
  expect(lock[path]!.dev).toBe(true)
  const parents = Object.entries(lock)
    .filter(([, { dependencies, optionalDependencies, peerDependencies, devDependencies }]) =>
      [dependencies, optionalDependencies, peerDependencies, devDependencies].some((list) => list && entry.package in list),
    )
    .map(([at]) => at.slice(at.lastIndexOf("node_modules/") + "node_modules/".length))
  expect([...new Set(parents)].sort()).toEqual([...entry.through].sort())
  expect(entry.reason.length).toBeGreaterThan(20)
})
