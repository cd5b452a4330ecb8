import { mkdir } from "node:fs/promises"
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb"
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, expect, it } from "vitest"
import { credentialsOf } from "../../packages/cloud/src/lambda/function.ts"
import { browser } from "./chromium.ts"
import { type Product, start, until } from "./product.ts"
import { barriers } from "./support/accessible.ts"

const SHOTS = process.env.BACKLINE_SCREENSHOTS ?? "test-results"
const PLACE = { account: "000000000000", region: "us-east-1", stage: "local" }

let product: Product
let chromium: Browser
let page: Page
const problems: string[] = []

beforeAll(async () => {
  await mkdir(SHOTS, { recursive: true })
  ;[product, chromium] = await Promise.all([start("--quiet-data"), browser()])
  const context = await chromium.newContext({ viewport: { width: 1440, height: 1000 }, colorScheme: "light" })
  page = await context.newPage()
  page.on("pageerror", (error) => problems.push(error.message))
  page.on("console", (message) => void (message.type() === "error" && problems.push(message.text())))
}, 180_000)

afterAll(async () => {
  await chromium?.close()
  expect(await product?.stop()).toBe(0)
})

const byId = (id: string) => page.getByTestId(id)
const openView = (view: string) => byId(`ops-tab-${view}`).click()

async function local<T>(path: string): Promise<T> {
  const response = await fetch(`${product.aws}/_local/${path}`)
  return (await response.json()) as T
}

/** Physical name of the resource whose logical id starts so. */
async function named(type: string, start: string): Promise<string> {
  const { items } = await local<{ items: { type: string; logicalId: string; name?: string }[] }>("resources")
  const found = items.find((each) => each.type === type && new RegExp(`^${start}[0-9A-F]{8}$`).test(each.logicalId))
  if (!found?.name) throw new Error(`There is no ${type} ${start}.`)
  return found.name
}

const settings = (credentials = { accessKeyId: "ADMINISTRATOR", secretAccessKey: "unused" }) => ({
  endpoint: product.aws,
  region: PLACE.region,
  credentials,
  maxAttempts: 1,
})

it("a question shows with its calls, each with the statement that allowed it", async () => {
  await page.goto(product.console)
  await byId("sign-in-email").fill(product.users[0]!.email)
  await byId("sign-in-password").fill(product.users[0]!.password)
  await byId("sign-in-submit").click()
  await byId("composer").fill("What can you do?")
  await byId("send").click()
  await byId("usage").first().waitFor({ timeout: 30_000 })

  await byId("nav-operations").click()
  const call = byId("call").filter({ hasText: "RunWorker" }).filter({ hasText: "bedrock:ConverseStream" }).first()
  await call.waitFor()
  expect(await call.innerText()).toMatch(/Allow/)
  await call.getByRole("button").first().click()
  expect(await call.getByTestId("call-reason").first().innerText()).toMatch(/RunWorker.*#/)
  expect(await call.getByTestId("call-price").innerText()).toMatch(/^\$0\.\d*[1-9]/)
  await page.screenshot({ path: `${SHOTS}/operations-calls.png` })
})

it("the question has a price, and so have a message and an hour", async () => {
  const price = async (id: string) => Number(await byId(id).getAttribute("data-micro-usd"))
  await until("the last question is priced", async () => (await price("price-question")) > 0)
  await until("a message is priced", async () => (await price("price-message")) > 0)
  expect(await price("price-hour")).toBeGreaterThan(0)
  const { asOf } = await local<{ asOf: string }>("price")
  expect(await page.getByText("Prices of").innerText()).toContain(asOf)
})

it("a call that a function's role does not allow is denied, with the reason", async () => {
  const keys = credentialsOf(PLACE, await named("AWS::Lambda::Function", "IngestProgress"))
  const client = new DynamoDBClient(settings(keys))
  const TableName = await named("AWS::DynamoDB::Table", "ConversationTable")
  const Item = { pk: { S: "x" }, sk: { S: "x" } }
  await expect(client.send(new PutItemCommand({ TableName, Item }))).rejects.toMatchObject({ name: "AccessDeniedException" })
  client.destroy()

  await byId("calls-decision").selectOption("deny")
  const call = byId("call").first()
  await call.waitFor()
  expect(await call.innerText()).toMatch(/IngestProgress[^]*dynamodb:PutItem[^]*Deny/)
  await call.getByRole("button").first().click()
  expect(await call.getByTestId("call-reason").innerText()).toBe(
    "Because no statement of IngestProgressRole allows dynamodb:PutItem on table/ConversationTable",
  )
  await page.screenshot({ path: `${SHOTS}/operations-denied.png` })
  await byId("calls-decision").selectOption("")
})

it("a paused list stands still, and goes on where it was", async () => {
  await byId("calls-routine").check()
  await byId("tail-pause").click()
  const first = await byId("call").first().innerText()
  const client = new SQSClient(settings())
  const QueueUrl = await named("AWS::SQS::Queue", "LoadQueueDead")
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "{}" }))
  await until("a call waits behind the pause", async () => (await byId("tail-pause").innerText()).trim().endsWith(" new"))
  expect(await byId("call").first().innerText()).toBe(first)
  await byId("tail-pause").click()
  await byId("tail-text").fill("sqs sendmessage loadqueuedead")
  await until("only what was searched for shows", async () => {
    const texts = await byId("call").allInnerTexts()
    return texts.length > 0 && texts.every((text) => text.includes("sqs:SendMessage"))
  })
  await byId("tail-text").fill("")
  client.destroy()
})

it("a function opens to its last lines and to what its role was asked for", async () => {
  await openView("functions")
  await byId("ops-function").filter({ hasText: "RunWorker" }).click()
  const detail = page.locator(".ops-detail")
  await until("its calls show", async () => /bedrock:InvokeModelWithResponseStream/.test(await detail.innerText()))
  await until("its lines show", async () => /\d\d:\d\d:\d\d\.\d{3}[^]*MB/.test(await detail.innerText()))
  await page.screenshot({ path: `${SHOTS}/operations-functions.png` })
  await openView("logs")
  await byId("logs").waitFor()
  expect(await byId("logs").innerText()).toMatch(/RunWorker/)
})

it("a fault is added, shows with its hits, and goes", async () => {
  await openView("faults")
  await page.getByRole("textbox", { name: "Operation" }).fill("PutItem")
  await byId("fault-add").click()
  const fault = byId("ops-faults").getByRole("listitem")
  await fault.waitFor()
  const client = new DynamoDBClient(settings())
  const TableName = await named("AWS::DynamoDB::Table", "AccountTable")
  await expect(client.send(new PutItemCommand({ TableName, Item: {} }))).rejects.toThrow("provisioned throughput")
  client.destroy()
  await until("it was hit", async () => /hit 1 of 1, used up/.test(await fault.innerText()))
  await fault.getByRole("button").click()
  await fault.waitFor({ state: "detached" })
})

it("the clock moves when it is told to", async () => {
  const before = Number(await byId("ops-clock").getAttribute("data-now"))
  await byId("ops-clock-10").click()
  await until("ten minutes have gone", async () => {
    const now = Number(await byId("ops-clock").getAttribute("data-now"))
    return now - before >= 600_000
  })
  expect((await local<{ aheadMs: number }>("clock")).aheadMs).toBeGreaterThanOrEqual(600_000)
  expect(await page.getByText(/ ahead$/).count()).toBe(1)
})

it.each(["calls", "functions", "logs", "queues", "streams", "sockets", "faults"])(
  "the view of %s has no barriers and fits a phone, light and dark",
  async (view) => {
    await openView(view)
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" })
      for (const [width, height] of [
        [1440, 1000],
        [375, 812],
      ] as const) {
        await page.setViewportSize({ width, height })
        await page.waitForTimeout(400)
        expect([view, colorScheme, width, await barriers(page)]).toEqual([view, colorScheme, width, []])
        const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
        expect([view, await overflow()]).toEqual([view, 0])
        await page.screenshot({ path: `${SHOTS}/operations-${view}-${width}-${colorScheme}.png` })
      }
    }
    await page.setViewportSize({ width: 1440, height: 1000 })
  },
)

it("views are reached by keyboard alone", async () => {
  await byId("ops-tab-faults").focus()
  await page.keyboard.press("ArrowLeft")
  await byId("ops-sockets").waitFor()
  expect(new URL(page.url()).search).toBe("?view=sockets")
})

it("nothing went wrong in the browser meanwhile", () => {
  expect(problems).toEqual([])
})

/** The last, since hours that pass at once end tokens and time out requests, which a browser reports. */
it("what failed for good is sent back to where it came from", async () => {
  const client = new SQSClient(settings())
  const QueueUrl = await named("AWS::SQS::Queue", "RunQueue")
  const depth = async (logicalId: string) => {
    const { items } = await local<{ items: { name: string; visible: number; inFlight: number }[] }>("queues")
    const { visible, inFlight } = items.find(({ name }) => new RegExp(`-${logicalId}[0-9A-F]{8}-`).test(name))!
    return { visible, inFlight }
  }
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "no run of ours" }))
  client.destroy()
  await until("its worker has failed it as often as it may", async () => {
    await fetch(`${product.aws}/_local/clock`, { method: "POST", body: JSON.stringify({ advanceMs: 15 * 60_000 }) })
    return (await depth("RunQueueDead")).visible > 0
  })
  await openView("queues")
  const button = byId("redrive-RunQueueDead")
  await until("it can be sent back", () => button.isEnabled())
  await page.screenshot({ path: `${SHOTS}/operations-queues.png` })
  await button.click()
  const row = byId("ops-letters").getByRole("row").filter({ hasText: "RunQueueDead" })
  await until("all is sent back", async () => /All sent back/.test(await row.innerText()))
  const { visible, inFlight } = await depth("RunQueue")
  expect(visible + inFlight).toBe(1)
})
