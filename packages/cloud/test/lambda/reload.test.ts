import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { afterEach, expect, test } from "vitest"
import { world, type World } from "../../src/lambda/testing/functions.ts"

let w: World
afterEach(() => w.stop())

/** Its answer names the worker: modules are evaluated once per worker. */
const source = (text: string) => `
const worker = Math.random()
export const handler = async (event) => {
  await new Promise((resolve) => setTimeout(resolve, event.ms ?? 0))
  return { text: "${text}", worker }
}`

async function save(name: string, text: string): Promise<string[]> {
  await writeFile(join(w.root, `${name}.ts`), text)
  await w.lambda.code.rebuild()
  return w.lambda.retireStale()
}
const ask = async (name: string, event: object = {}) => (await w.lambda.invoke(name, event)).payload

async function start(): Promise<void> {
  w = await world({ changed: source("old"), kept: source("kept") })
  for (const name of ["changed", "kept"]) await w.declare(name)
  await w.lambda.retireStale()
}

test("an invocation under way finishes on the old code, the next one runs the new, and other functions keep their workers", async () => {
  await start()
  const warm = await ask("kept")
  await ask("changed")
  const underWay = [ask("changed", { ms: 1_500 }), ask("changed", { ms: 1_500 })]
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(await save("changed", source("new"))).toEqual(["changed"])
  expect((await ask("changed")).text).toBe("new")
  expect((await Promise.all(underWay)).map(({ text }) => text)).toEqual(["old", "old"])
  const later = await Promise.all([ask("changed"), ask("changed"), ask("changed")])
  expect(later.map(({ text }) => text)).toEqual(["new", "new", "new"])
  expect(await ask("kept")).toEqual(warm)
})

test("the same code again changes nothing, and code that does not bundle changes nothing either", async () => {
  await start()
  const before = await ask("changed")
  expect(await save("changed", source("old"))).toEqual([])
  await expect(save("changed", "export const handler = async () => {")).rejects.toThrow("changed.ts:1: Unexpected end of file")
  expect(await ask("changed")).toEqual(before)
  expect(await save("changed", source("mended"))).toEqual(["changed"])
  expect((await ask("changed")).text).toBe("mended")
})

test("an invocation that comes while code is being bundled waits for it", async () => {
  await start()
  await ask("changed")
  const saved = save("changed", source("new"))
  w.lambda.code.hold(saved)
  expect((await ask("changed")).text).toBe("new")
})

test("another environment or time-out of a function starts its workers anew", async () => {
  await start()
  const before = await ask("kept")
  await w.declare("kept", { Timeout: 4 })
  expect(await w.lambda.retireStale()).toEqual(["kept"])
  expect((await ask("kept")).worker).not.toBe(before.worker)
})
