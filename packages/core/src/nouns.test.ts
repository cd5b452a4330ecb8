import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { expect, it } from "vitest"

const SOURCE = import.meta.dirname
const posix = (path: string): string => path.replaceAll("\\", "/")

/** Whose files are public one by one, as package.json says of most: what they describe is data, and nobody's to hide. */
const OPEN = new Set(["analytics", "event", "ingest", "lake", "warehouse"])

/**
 * Nouns in circles, whose indexes would import each other: a right to a room decides who listens, and who listens is told by rooms; an answer is stored
 * with its run and its conversation. Each may look into these folders of the others. The list only shrinks.
 */
const CIRCLES: Readonly<Record<string, readonly string[]>> = {
  assistant: ["conversation", "run"],
  connection: ["notice", "roster", "tap"],
  conversation: ["run"],
  document: ["room"],
  "fan-out": ["connection", "tap"],
  ingest: ["quarantine"],
  rights: ["connection", "document", "room"],
  room: ["connection", "conversation", "tap"],
  roster: ["connection"],
  run: ["conversation"],
  tap: ["connection"],
}

const sources = Object.fromEntries(
  readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
    .map(posix)
    .filter((file) => /^[^/]+\/.*\.ts$/.test(file) && !file.endsWith(".test.ts") && !file.split("/").includes("testing"))
    .map((file) => [file, readFileSync(join(SOURCE, file), "utf8")]),
)

interface Look {
  from: string
  into: string
  at: string
}

/** Imports of another noun's files that are no index: a part of a noun may have its own, where it is too heavy to come along. */
const looksOf = (all: Readonly<Record<string, string>>): Look[] =>
  Object.entries(all).flatMap(([file, text]) =>
    [...text.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)].flatMap(([, path]) => {
      const target = posix(relative(SOURCE, join(SOURCE, dirname(file), path!)))
      const [from, into] = [file.split("/")[0]!, target.split("/")[0]!]
      const isForeign = target.includes("/") && into !== from && !OPEN.has(into)
      return isForeign && !target.endsWith("/index.ts") ? [{ from, into, at: `${file} imports ${target}` }] : []
    }),
  )

const breachesOf = (all: Readonly<Record<string, string>>): string[] =>
  looksOf(all).flatMap(({ from, into, at }) => (CIRCLES[from]?.includes(into) ? [] : [at]))

it("a noun is known to others by its index, but in the circles that are named, and a breach is found", () => {
  expect(breachesOf(sources)).toEqual([])
  const planted = 'import { find } from "../account/table.ts"\nconst later = () => import("../../standing/token.ts")\n'
  expect(breachesOf({ ...sources, "ticket/deep/planted.ts": planted.replace("../account", "../../account") })).toEqual([
    "ticket/deep/planted.ts imports account/table.ts",
    "ticket/deep/planted.ts imports standing/token.ts",
  ])
})

it("names no circle that is gone", () => {
  const there = new Set(looksOf(sources).map(({ from, into }) => `${from} into ${into}`))
  const named = Object.entries(CIRCLES).flatMap(([from, into]) => into.map((each) => `${from} into ${each}`))
  expect(named.filter((each) => !there.has(each))).toEqual([])
})
