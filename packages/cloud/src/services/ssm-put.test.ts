import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import { createTestCloud } from "../endpoint/test-cloud.ts"
import { ssm } from "./ssm.ts"

let data: string
let running: Awaited<ReturnType<typeof boot>>
const boot = () => createTestCloud({ services: [ssm()], data })
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "backline-ssm-"))
  running = await boot()
})
afterEach(async () => {
  await running.stop()
  await rm(data, { recursive: true })
})
const ask = async (operation: string, body: object) =>
  (await running.cloud.call({ service: "ssm", target: `AmazonSSM.${operation}`, body })).json
const Name = "/app/key"

test("what is put is read, and a secure string only with decryption", async () => {
  expect(await ask("PutParameter", { Name, Value: "one", Type: "SecureString" })).toEqual({ Version: 1, Tier: "Standard" })
  expect((await ask("GetParameter", { Name })).Parameter.Value).toMatch(/^AQICAH/)
  const read = { Name, Value: "one", Type: "SecureString", Version: 1, ARN: expect.stringMatching(/:parameter\/app\/key$/) }
  expect((await ask("GetParameter", { Name, WithDecryption: true })).Parameter).toMatchObject(read)
  expect((await ask("GetParameters", { Names: [Name], WithDecryption: true })).Parameters).toMatchObject([read])
  expect((await ask("GetParametersByPath", { Path: "/app" })).Parameters[0].Value).toMatch(/^AQICAH/)
})

test("what was put is there after a restart, as it was last", async () => {
  for (let n = 1; n <= 300; n++) await ask("PutParameter", { Name, Value: `${n}`, Type: "String", Overwrite: true })
  await running.stop()
  running = await boot()
  expect((await ask("GetParameter", { Name })).Parameter).toMatchObject({ Value: "300", Version: 300 })
})

test.each([
  ["no type", { Name: "/new", Value: "x" }, "ValidationException", "type is required"],
  ["no value", { Name: "/new", Value: "", Type: "String" }, "ValidationException", "at least 1"],
  ["a value too long", { Name: "/new", Value: "x".repeat(4_097), Type: "String" }, "ValidationException", "4096"],
  ["a path without its slash", { Name: "a/b", Value: "x", Type: "String" }, "ValidationException", "starts with /"],
  ["a type of its own", { Name: "/new", Value: "x", Type: "Number" }, "UnsupportedParameterType", "Number"],
  ["a name that is taken", { Name, Value: "x", Type: "String" }, "ParameterAlreadyExists", "overwrite option"],
  ["a key", { Name: "/new", Value: "x", Type: "SecureString", KeyId: "k" }, "NotSimulatedException", "PutParameter.KeyId"],
])("%s is refused", async (_, body, __type, message) => {
  await ask("PutParameter", { Name, Value: "one", Type: "String" })
  expect(await ask("PutParameter", body)).toMatchObject({ __type, message: expect.stringContaining(message) })
})
