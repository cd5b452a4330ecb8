import { mkdir } from "node:fs/promises"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, expect, it } from "vitest"
import { eventsOf } from "../../packages/core/src/prediction/testing/events.ts"
import { trueSeason } from "../../packages/core/src/prediction/testing/truth.ts"
import { browser } from "./chromium.ts"
import { caller, type Product, start, until } from "./product.ts"
import { barriers } from "./support/accessible.ts"
import { told } from "./support/told.ts"

const SHOTS = process.env.BACKLINE_SCREENSHOTS ?? "test-results"
const DAY_MS = 86_400_000
const now = Date.now()
const season = trueSeason({ seed: 5, concerts: 400, artists: 12, venues: 6, days: 300, endsAt: now + 60 * DAY_MS })
/** With seats left, so that a price has something to move. */
const coming = season
  .filter(({ startsAt, demand, capacity }) => startsAt > now + 20 * DAY_MS && demand < 0.7 * capacity!)
  .toSorted((one, other) => one.startsAt - other.startsAt)[0]!

let product: Product
let chromium: Browser
let page: Page
const problems: string[] = []

beforeAll(async () => {
  await mkdir(SHOTS, { recursive: true })
  ;[product, chromium] = await Promise.all([start("--quiet-data"), browser()])
  const { http, users } = product
  await told(
    { http, token: async () => users[0]!.accessToken },
    eventsOf(season).filter((event) => event.at <= now),
  )
  expect((await caller(product)("/models/train", {})).body.outcome).toBe("promoted")
  page = await (await chromium.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
  page.on("pageerror", (error) => problems.push(error.message))
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()))
  await page.goto(product.console)
  await page.getByTestId("sign-in-email").fill(product.users[0]!.email)
  await page.getByTestId("sign-in-password").fill(product.users[0]!.password)
  await page.getByTestId("sign-in-submit").click()
  await page.getByTestId("composer").waitFor()
}, 240_000)

afterAll(async () => {
  await chromium?.close()
  expect(await product?.stop()).toBe(0)
})

const expected = async () => Number((await page.getByTestId("prediction-expected").innerText()).replaceAll(",", ""))

it("shows what the API says of a coming concert, and moves the band with the price", async () => {
  await page.goto(`${product.console}/predictions?concert=${coming.concertId}`)
  await page.getByTestId("prediction").waitFor()
  const { body } = await caller(product)("/predictions/tickets", { concertId: coming.concertId })
  expect(await expected()).toBe(body.expected)
  expect(await page.getByTestId("prediction-reasons").locator("li").count()).toBe(3)
  expect(await page.getByTestId("prediction-model").innerText()).toContain(body.model.version)
  const band = () => page.getByTestId("prediction-band").getAttribute("style")
  const before = await band()
  await page.screenshot({ path: `${SHOTS}/predictions-light.png`, fullPage: true })
  await page.getByTestId("prediction-price").focus()
  await page.keyboard.press("End")
  await until("the band has moved", async () => (await band()) !== before)
  expect(await expected()).toBeLessThan(body.expected)
  expect(await barriers(page)).toEqual([])
})

it("fits a narrow dark screen", async () => {
  await page.setViewportSize({ width: 375, height: 800 })
  await page.emulateMedia({ colorScheme: "dark" })
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
  await page.screenshot({ path: `${SHOTS}/predictions-dark.png` })
  expect(problems).toEqual([])
})
