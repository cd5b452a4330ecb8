import {
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  RedshiftDataClient,
} from "@aws-sdk/client-redshift-data"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { caller, type Product, start, until } from "./product.ts"

let folder: string
let product: Product
const boot = () => start("--quiet-data", "--data", folder)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "backline-kept-"))
  product = await boot()
})
afterAll(async () => {
  await product?.stop()
  await rm(folder, { recursive: true, force: true })
})

async function sql(Sql: string): Promise<unknown[][]> {
  const credentials = { accessKeyId: "ADMINISTRATOR", secretAccessKey: "unused" }
  const client = new RedshiftDataClient({ endpoint: product.aws, region: "us-east-1", credentials })
  const { Id } = await client.send(new ExecuteStatementCommand({ WorkgroupName: "backline-local", Database: "backline", Sql }))
  const done = await until(Sql, async () => {
    const statement = await client.send(new DescribeStatementCommand({ Id }))
    if (statement.Status === "FAILED") throw new Error(`${Sql}: ${statement.Error}`)
    return statement.Status === "FINISHED" && statement
  })
  const records = done.HasResultSet ? ((await client.send(new GetStatementResultCommand({ Id }))).Records ?? []) : []
  client.destroy()
  return records.map((record) => record.map((field) => Object.values(field)[0]))
}

async function idp(operation: string, body: object): Promise<any> {
  const headers = {
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
  }
  return (await fetch(product.aws, { method: "POST", headers, body: JSON.stringify(body) })).json()
}

const auth = (AuthFlow: string, AuthParameters: object) =>
  idp("InitiateAuth", { AuthFlow, AuthParameters, ClientId: product.clientId })
const subOf = (token: string): string => JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString()).sub

test("after SIGKILL the same addresses answer, people are signed in, the warehouse has its rows, and nothing is migrated again", async () => {
  const { email, password, accessToken } = product.users[0]!
  const { AuthenticationResult: signedIn } = await auth("USER_PASSWORD_AUTH", { USERNAME: email, PASSWORD: password })
  await sql("create table kept (n int)")
  await sql("insert into kept values (1), (2)")
  const before = { ...product }

  for (const end of ["SIGKILL", "SIGTERM"] as const) {
    const ended = new Promise((resolve) => product.child.once("exit", resolve))
    product.child.kill(end)
    await ended
    product = await boot()
    for (const address of ["console", "http", "ws", "aws", "issuer", "clientId"] as const)
      expect(product[address]).toBe(before[address])
    expect(await sql("select n from kept order by n")).toEqual([[1], [2]])
  }
  expect(subOf(product.users[0]!.accessToken)).toBe(subOf(accessToken))
  expect((await caller(before)("/me")).status).toBe(200)
  const { AuthenticationResult: refreshed } = await auth("REFRESH_TOKEN_AUTH", { REFRESH_TOKEN: signedIn.RefreshToken })
  expect(subOf(refreshed.AccessToken)).toBe(subOf(accessToken))
  const calls = (await (await fetch(`${product.aws}/_local/calls?limit=5000`)).json()) as { items: { caller: string }[] }
  expect(calls.items.filter(({ caller }) => caller.includes("Migrate"))).toEqual([])
})

test("a second cloud with the folder is refused with one sentence, and the first one runs on", async () => {
  await expect(boot()).rejects.toThrow(`is in use by the local cloud with process id ${product.child.pid}: stop that one`)
  expect((await caller(product)("/me")).status).toBe(200)
})

test("a sign-out is kept as well", async () => {
  const { email, password } = product.users[1]!
  const { AuthenticationResult: signedIn } = await auth("USER_PASSWORD_AUTH", { USERNAME: email, PASSWORD: password })
  await idp("RevokeToken", { Token: signedIn.RefreshToken, ClientId: product.clientId })
  const ended = new Promise((resolve) => product.child.once("exit", resolve))
  product.child.kill("SIGKILL")
  await ended
  product = await boot()
  expect(await auth("REFRESH_TOKEN_AUTH", { REFRESH_TOKEN: signedIn.RefreshToken })).toMatchObject({
    __type: "NotAuthorizedException",
  })
})
