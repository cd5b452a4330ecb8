import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import type { Resource } from "../../src/service.ts"
import { arnOf, resource, world, type World } from "../../src/lambda/testing/functions.ts"

/** Makes another thing where its property `name` changes. */
const PROVIDER = `export const handler = async (event) => {
  const { name, mode } = event.ResourceProperties
  console.log(JSON.stringify([event.RequestType, event.PhysicalResourceId, event.OldResourceProperties?.name, name]))
  const body = JSON.stringify({ Status: mode === "fail" ? "FAILED" : "SUCCESS", Reason: "no", PhysicalResourceId: "thing-" + name, Data: { Name: name } })
  await fetch(event.ResponseURL, { method: "PUT", body })
}`

let data: string
let w: World
beforeEach(async () => (data = await mkdtemp(join(tmpdir(), "backline-custom-"))))
afterEach(async () => {
  await w.stop()
  await rm(data, { recursive: true, force: true })
})

async function start(kept: boolean): Promise<void> {
  w = await world({ provider: PROVIDER })
  if (kept) w.cloud.data = data
  await w.declare("provider")
}
const custom = (properties: object): Resource =>
  resource("Custom::Thing", "Thing", { ServiceToken: arnOf("provider"), ...properties }, { attributes: {} })
const type = () => w.lambda.service.types["Custom::*"]!
const requests = () => w.cloud.lines.filter(({ line }) => line.startsWith("[")).map(({ line }) => JSON.parse(line))

test("with a data folder the next start creates nothing again, updates what changed, and tries again what failed", async () => {
  await start(true)
  await type().provision!(custom({ name: "a" }), w.cloud)
  expect(requests()).toEqual([["Create", null, null, "a"]])
  await w.stop()

  await start(true)
  const same = custom({ name: "a" })
  await type().provision!(same, w.cloud)
  expect(requests()).toEqual([])
  expect(same.identity).toMatchObject({ ref: "thing-a", attributes: { Name: "a" } })
  await w.stop()

  await start(true)
  await expect(type().provision!(custom({ name: "a", mode: "fail" }), w.cloud)).rejects.toThrow("no")
  await w.stop()

  await start(true)
  await type().provision!(custom({ name: "a", note: "new" }), w.cloud)
  expect(requests()).toEqual([["Update", "thing-a", "a", "a"]])
})

test("a changed resource is updated with its old properties, another physical id deletes the old one, and what goes is deleted", async () => {
  await start(false)
  const made = custom({ name: "a" })
  await type().provision!(made, w.cloud)
  const previous = { ...made }
  made.properties = { ...made.properties, name: "b" }
  await type().update!(made, previous, w.cloud)
  expect(made.identity.ref).toBe("thing-b")
  await type().remove!(made, w.cloud)
  expect(requests()).toEqual([
    ["Create", null, null, "a"],
    ["Update", "thing-a", "a", "b"],
    ["Delete", "thing-a", null, "a"],
    ["Delete", "thing-b", null, "b"],
  ])
})
