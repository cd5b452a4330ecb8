import { mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { afterEach, beforeEach, expect, test } from "vitest"
import { bundle } from "./bundle.ts"

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "backline-bundle-"))
  await writeFile(join(root, "noun.ts"), `export const counter = { count: 0 }\nexport class Seat {}`)
  for (const name of ["a", "b"])
    await writeFile(
      join(root, `${name}.ts`),
      `import { counter, Seat } from "./noun.ts"\nexport const handler = async () => ["${name}", ++counter.count, Seat.name, typeof require, typeof __dirname]`,
    )
})
afterEach(() => rm(root, { recursive: true, force: true }))

const make = (handlers = ["a.handler", "b.handler"]) => bundle({ root, handlers })

test("handlers come out as ESM that knows require and __dirname and keeps its names", async () => {
  const { handler } = await make()
  const { file, exportName } = handler("a.handler")
  expect(file).toMatch(/\/a-\w+\.mjs$/)
  const module = await import(pathToFileURL(file).href)
  expect(await module[exportName]()).toEqual(["a", 1, "Seat", "function", "string"])
})

test("an unchanged build is taken again, also after a touch; a changed import builds anew beside it", async () => {
  const first = await make()
  expect(first.built).toBe(true)
  await utimes(join(root, "noun.ts"), new Date(), new Date())
  const second = await make()
  expect(second).toMatchObject({ built: false, bootstrap: first.bootstrap })
  await writeFile(join(root, "noun.ts"), `export const counter = { count: 41 }\nexport class Seat {}`)
  const third = await make()
  expect(third.built).toBe(true)
  await expect((await import(pathToFileURL(third.handler("b.handler").file).href)).handler()).resolves.toEqual([
    "b",
    42,
    "Seat",
    "function",
    "string",
  ])
  expect(await readFile(first.bootstrap, "utf8")).toBeTruthy()
})

test("what is wrong with a handler is said with its file and line", async () => {
  await writeFile(join(root, "b.ts"), `import "./nothing.ts"\nexport const handler = 1`)
  await expect(make()).rejects.toThrow(/do not bundle:\n.*b\.ts:1: Could not resolve "\.\/nothing\.ts"/)
  await expect(make(["c.handler"])).rejects.toThrow("Handler c.handler: no file c.ts")
})
