import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb"
import { once } from "node:events"
import { afterAll, beforeAll, expect, test } from "vitest"
import { WebSocket } from "ws"
import type { Product } from "../../packages/start/src/product.ts"
import type { ReloadState } from "../../packages/cloud/src/reload/index.ts"
import { type AppCopy, appCopy } from "./support/app-copy.ts"
import { clientOf, resourceOf } from "./support/cloud.ts"

const HEALTH = "packages/functions/src/http/health.ts"
const RUN = "run: Health.check"

let app: AppCopy
let local: Product
beforeAll(async () => {
  app = await appCopy()
  local = await app.start()
})
afterAll(async () => {
  await local?.stop()
  await app?.remove()
})

async function get(path: string, token?: string): Promise<{ status: number; body: any }> {
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {}
  const response = await fetch(local.addresses.http + path, { headers })
  return { status: response.status, body: await response.json() }
}
const reloaded = async () => (await fetch(`${local.addresses.aws}/_local/reload`)).json() as Promise<ReloadState>
const answering = (text: string) => `run: async () => ({ status: "${text}" })`
const named = (functions: readonly string[]) => functions.map((name) => /-([A-Za-z]+)[0-9A-F]{8}-/.exec(name)?.[1]).sort()
/** Reports of a function's invocations, newest last; the first of a worker says how long its start took. */
const reports = (name: string) => local.lines.find({ function: name, level: "REPORT" }).map(({ text }) => text)

test("each saved edit of a handler answers the very next request; other functions keep their warm workers", async () => {
  await get("/me", await local.token())
  await get("/health")
  for (let n = 0, last = RUN; n < 4; n++) {
    await app.edit(HEALTH, last, (last = answering(`edit ${n}`)))
    expect(await get("/health")).toEqual({ status: 200, body: { status: `edit ${n}` } })
    expect(named((await reloaded()).functions)).toEqual(["Health"])
    if (n === 3) await app.edit(HEALTH, last, RUN)
  }
  await get("/health")
  await get("/me", await local.token())
  expect(
    reports("Health")
      .slice(-3)
      .every((text) => text.includes("init")),
  ).toBe(true)
  expect(reports("MeGet").at(-1)).not.toContain("init")
  expect(app.told[0]).toMatch(/^reloaded 1 function in [\d.]+ m?s · packages\/functions\/src\/http\/health\.ts$/)
})

test("an edit of a noun of core reaches every function that uses it", async () => {
  await app.edit("packages/core/src/health/index.ts", `"degraded"`, `"somewhat degraded"`)
  await get("/health")
  expect(named((await reloaded()).functions)).toEqual(["Health"])
  await app.edit("packages/core/src/error.ts", "export class AppError", "export const MARK = 1\nexport class AppError")
  await get("/health")
  expect((await reloaded()).functions.length).toBeGreaterThan(15)
})

test("a typo keeps the last good version, is told with file and line, and is over when it is mended", async () => {
  await app.edit(HEALTH, RUN, answering("good"))
  expect((await get("/health")).body).toEqual({ status: "good" })
  await app.edit(HEALTH, `"good" })`, `"bad" )`)
  expect((await get("/health")).body).toEqual({ status: "good" })
  const failed = await reloaded()
  expect(failed).toMatchObject({ status: "failed", functions: [] })
  expect(failed.errors).toEqual([{ file: HEALTH, line: 5, text: expect.stringContaining("Expected") }])
  expect(app.told.at(-1)).toMatch(/last good version runs on:\n {2}packages\/functions\/src\/http\/health\.ts:5: Expected/)
  await app.edit(HEALTH, `"bad" )`, `"mended" })`)
  expect((await get("/health")).body).toEqual({ status: "mended" })
  expect(await reloaded()).toMatchObject({ status: "ok", errors: [] })
})

test("an import of a file that is not there yet works as soon as the file is", async () => {
  await app.edit(HEALTH, `import { http }`, `import { WORD } from "./word.ts"\nimport { http }`)
  await get("/health")
  expect((await reloaded()).errors[0]).toMatchObject({ file: HEALTH, text: `Could not resolve "./word.ts"` })
  await app.write("packages/functions/src/http/word.ts", `export const WORD = "there"\n`)
  await get("/health")
  await app.edit(HEALTH, `"mended"`, "WORD")
  expect((await get("/health")).body).toEqual({ status: "there" })
})

test("a saved stack adds a route with its function, its role and its environment, while a socket stays open and an item stays stored", async () => {
  const token = await local.token()
  const asked = await fetch(`${local.addresses.http}/realtime/ticket`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
  })
  const { ticket } = (await asked.json()) as { ticket: string }
  const socket = new WebSocket(`${local.addresses.ws}?ticket=${ticket}`)
  await once(socket, "open")
  const TableName = resourceOf(local, "AWS::DynamoDB::Table", "AccountTable").identity.ref
  const dynamodb = new DynamoDBClient(clientOf(local))
  await dynamodb.send(new PutItemCommand({ TableName, Item: { pk: { S: "kept" }, sk: { S: "kept" } } }))

  await app.write(
    "packages/functions/src/http/hello.ts",
    `import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb"
const client = new DynamoDBClient({ maxAttempts: 1 })
export const handler = async () => {
  const Key = { pk: { S: "kept" }, sk: { S: "kept" } }
  const found = await client.send(new GetItemCommand({ TableName: process.env.ACCOUNT_TABLE, Key })).catch((error) => ({ Item: error.name }))
  return { statusCode: 200, body: JSON.stringify({ greeting: process.env.GREETING, item: found.Item }) }
}
`,
  )
  const POST = `  route("POST", "/events", {`
  const hello = (greeting: string, allow: string) =>
    `  route("GET", "/hello", {\n    file: "hello",\n    public: true,\n    env: { GREETING: "${greeting}", ACCOUNT_TABLE: accounts.tableName },\n    allow: [${allow}],\n  })\n`
  await app.editStack("stacks/api.ts", POST, hello("hi", "") + POST)
  expect(await get("/hello")).toEqual({ status: 200, body: { greeting: "hi", item: "AccessDeniedException" } })
  await app.editStack(
    "stacks/api.ts",
    hello("hi", ""),
    hello("hello", `{ actions: ["dynamodb:GetItem"], on: [accounts.tableArn] }`),
  )
  expect(await get("/hello")).toEqual({
    status: 200,
    body: { greeting: "hello", item: { pk: { S: "kept" }, sk: { S: "kept" } } },
  })

  const pong = once(socket, "message")
  socket.send(JSON.stringify({ action: "ping", id: "1" }))
  expect(JSON.parse(String((await pong)[0]))).toMatchObject({ id: "1" })
  expect((await get("/me", token)).status).toBe(200)
  await app.editStack("stacks/api.ts", hello("hello", `{ actions: ["dynamodb:GetItem"], on: [accounts.tableArn] }`), "")
  expect((await get("/hello")).status).toBe(404)
  expect(socket.readyState).toBe(WebSocket.OPEN)
  socket.close()
  dynamodb.destroy()
})

test("what no running resource can change is said by name, and the rest is done", async () => {
  await app.editStack(
    "stacks/storage.ts",
    `const accounts = table("AccountTable")`,
    `const accounts = table("AccountTable", { sortKey: { name: "other", type: AttributeType.STRING } })\n  table("ExtraTable")`,
  )
  await app.editStack("stacks/storage.ts", "timeout: 120, receives: 7", "timeout: 120, receives: 8")
  await get("/health")
  expect((await reloaded()).status).toBe("ok")
  const told = app.told.join("\n")
  expect(told).toContain("added table ExtraTable")
  expect(told).toContain("changed queue RunQueue (RedrivePolicy)")
  expect(told).toMatch(/AWS::DynamoDB::Table AccountTable\w+: KeySchema is for the life of a table\./)
  expect((await get("/me", await local.token())).status).toBe(200)
})

test("stacks that do not synthesize keep what runs, and are told with file and line", async () => {
  await app.editStack("stacks/api.ts", `  const streams = {`, `  nobody.knows()\n  const streams = {`)
  await get("/health")
  const { status, errors } = await reloaded()
  expect(status).toBe("failed")
  expect(errors).toEqual([
    expect.objectContaining({ file: "stacks/api.ts", text: expect.stringContaining("nobody is not defined") }),
  ])
  expect((await get("/me", await local.token())).status).toBe(200)
  await app.editStack("stacks/api.ts", "  nobody.knows()\n", "")
  await get("/health")
  expect((await reloaded()).status).toBe("ok")
})
