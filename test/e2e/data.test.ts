import { mkdir } from "node:fs/promises"
import { KinesisClient, ListStreamsCommand, PutRecordCommand } from "@aws-sdk/client-kinesis"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, expect, it } from "vitest"
import { browser } from "./chromium.ts"
import { caller, type Product, start, until } from "./product.ts"
import { barriers } from "./support/accessible.ts"

const SHOTS = process.env.BACKLINE_SCREENSHOTS ?? "test-results"

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
}, 180_000)

afterAll(async () => {
  await chromium?.close()
  expect(await product?.stop()).toBe(0)
})

const byId = (id: string) => page.getByTestId(id)
const venue = (id: string, name?: string) => ({
  id,
  type: "venue.upserted",
  at: 1_750_000_000_000,
  v: 1,
  data: { venueId: id, name },
})

/** As a producer that writes to the stream of venues itself. */
async function write(...bodies: (object | string | Uint8Array)[]): Promise<void> {
  const client = new KinesisClient({
    endpoint: product.aws,
    region: "us-east-1",
    credentials: { accessKeyId: "ADMINISTRATOR", secretAccessKey: "unused" },
  })
  const { StreamNames = [] } = await client.send(new ListStreamsCommand({}))
  const StreamName = StreamNames.find((name) => name.includes("Venue"))
  for (const body of bodies) {
    const Data = body instanceof Uint8Array ? body : Buffer.from(typeof body === "string" ? body : JSON.stringify(body))
    await client.send(new PutRecordCommand({ StreamName, PartitionKey: "v", Data }))
  }
  client.destroy()
}

it("a record that a producer broke is found with its reason, mended, sent again, and is in the warehouse", async () => {
  await page.goto(product.console)
  await byId("sign-in-email").fill(product.users[0]!.email)
  await byId("sign-in-password").fill(product.users[0]!.password)
  await byId("sign-in-submit").click()
  await byId("nav-data").click()
  await page.getByText("Nothing has arrived yet").last().waitFor()
  await byId("data-tab-quarantine").click()
  await page.getByText("No record waits").waitFor()

  await write(venue("good", "A hall"), venue("broken"), "{ no json", new Uint8Array([255, 0, 1]))
  await byId("quarantined").nth(2).waitFor({ timeout: 30_000 })
  await byId("data-tab-streams").click()
  const lane = byId("data-streams").getByRole("row").nth(1)
  expect(await lane.innerText()).toMatch(/^Venues/)
  await until("the streams are up to date", async () => (await lane.innerText()).includes("up to date"))
  expect(await barriers(page)).toEqual([])
  await page.screenshot({ path: `${SHOTS}/data-streams.png` })

  await byId("data-tab-loads").click()
  await byId("data-loads").getByRole("row").nth(1).waitFor({ timeout: 20_000 })
  expect(await byId("data-loads").getByRole("row").nth(1).innerText()).toMatch(/^venue\s+1\s+1\s+0\s+1/)
  expect(await barriers(page)).toEqual([])
  await page.screenshot({ path: `${SHOTS}/data-loads.png` })

  await byId("data-tab-quarantine").click()
  expect(await barriers(page)).toEqual([])
  await page.screenshot({ path: `${SHOTS}/data-quarantine.png` })
  await byId("quarantined").filter({ hasText: "data.name" }).getByTestId("quarantine-open").click()
  expect(await byId("quarantine-problem").innerText()).toContain("data.name")

  await byId("quarantine-editor").fill("{")
  await byId("quarantine-resubmit").click()
  expect(await byId("quarantine-problem").innerText()).toContain("not JSON")
  await byId("quarantine-editor").fill(JSON.stringify(venue("broken", ""), undefined, 2))
  await byId("quarantine-resubmit").click()
  await until("the service names the path", async () => (await byId("quarantine-problem").innerText()).includes("data.name"))
  const marked = await byId("quarantine-editor").evaluate((field: HTMLTextAreaElement) =>
    field.value.slice(field.selectionStart, field.selectionEnd),
  )
  expect(marked).toBe('"name": ""')
  await page.screenshot({ path: `${SHOTS}/data-fix.png` })

  await byId("quarantine-editor").fill(JSON.stringify(venue("broken", "A mended hall")))
  await byId("quarantine-resubmit").click()
  await byId("quarantine-outcome").filter({ hasText: "is in the warehouse" }).waitFor({ timeout: 60_000 })
  const { status, body } = await caller(product)("/venues/broken")
  expect([status, body.name]).toEqual([200, "A mended hall"])
  await page.keyboard.press("Escape")
  await until("two records wait", async () => (await byId("quarantined").count()) === 2)
})

it("works on a telephone in the dark, and discards what cannot be mended", async () => {
  await page.setViewportSize({ width: 375, height: 800 })
  await page.emulateMedia({ colorScheme: "dark" })
  await page.screenshot({ path: `${SHOTS}/data-quarantine-narrow.png` })
  await byId("quarantined").filter({ hasText: "UTF-8" }).getByTestId("quarantine-open").click()
  await byId("quarantine-editor").waitFor()
  expect(await barriers(page)).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(375)
  await page.screenshot({ path: `${SHOTS}/data-fix-narrow.png` })
  await page.getByRole("button", { name: "Discard" }).click()
  await until("one record waits", async () => (await byId("quarantined").count()) === 1)
  await byId("data-tab-streams").click()
  await page.screenshot({ path: `${SHOTS}/data-streams-narrow.png` })
  expect(problems).toEqual([])
})

it("is for editors: others are told which role they need", async () => {
  const refused = await caller(product, 2)("/quarantine")
  expect([refused.status, refused.body.code]).toEqual([403, "forbidden.role"])
})
