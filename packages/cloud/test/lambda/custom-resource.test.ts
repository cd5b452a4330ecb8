import { afterAll, beforeAll, expect, test } from "vitest"
import type { Resource } from "../../src/service.ts"
import { arnOf, eventually, resource, world, type World } from "../../src/lambda/testing/functions.ts"

const PROVIDER = `export const handler = async (event) => {
  console.log(JSON.stringify(event))
  const { mode } = event.ResourceProperties
  if (mode === "crash") process.exit(1)
  if (mode === "silent") return
  const body = JSON.stringify({ Status: mode === "fail" ? "FAILED" : "SUCCESS", Reason: "the migration 3 did not apply", PhysicalResourceId: "made-1", Data: { Version: 7 } })
  const answers = []
  answers.push((await fetch(event.ResponseURL, { method: "PUT", body })).status)
  answers.push((await fetch(event.ResponseURL, { method: "PUT", body })).status)
  answers.push((await fetch(new URL("/guess", event.ResponseURL), { method: "PUT", body })).status)
  console.log("answers " + answers)
}`

let w: World
beforeAll(async () => {
  w = await world({ provider: PROVIDER })
  await w.declare("provider", { Timeout: 20 })
})
afterAll(() => w.stop())

const custom = (properties: object): Resource =>
  resource("Custom::Migrations", "Migrations", { ServiceToken: arnOf("provider"), ...properties })
const create = (made: Resource) => w.lambda.service.types["Custom::*"]!.provision!(made, w.cloud)

test("a custom resource is created by its function, with the request CloudFormation sends", async () => {
  const made = custom({ fingerprint: "abc", nested: { on: true, list: [1, 2] } })
  await create(made)
  expect(made.identity).toMatchObject({ ref: "made-1", attributes: { Version: "7" } })
  expect(JSON.parse(w.cloud.lines.find(({ line }) => line.startsWith("{"))!.line)).toMatchObject({
    RequestType: "Create",
    ResourceType: "Custom::Migrations",
    LogicalResourceId: "Migrations",
    StackId: expect.stringMatching(/^arn:aws:cloudformation:us-east-1:111122223333:stack\/stack\//),
    ResponseURL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f-]{36}$/),
    ResourceProperties: { ServiceToken: arnOf("provider"), fingerprint: "abc", nested: { on: "true", list: ["1", "2"] } },
  })
})

test("its address takes one answer and no guesses", async () => {
  const { line } = await eventually(() => w.cloud.lines.find(({ line }) => line.startsWith("answers")))
  expect(line).toBe("answers 200,403,403")
})

test("FAILED fails the boot with its Reason, a crash with the crash, silence with the time-out", async () => {
  await expect(create(custom({ mode: "fail" }))).rejects.toThrow("the migration 3 did not apply")
  await expect(create(custom({ mode: "crash" }))).rejects.toThrow("Runtime.ExitError")
  await expect(create(custom({ mode: "silent", ServiceTimeout: 1 }))).rejects.toThrow("did not answer its ResponseURL within 1 s")
})
