import { mkdir } from "node:fs/promises"
import type { Browser, BrowserContext, Page } from "playwright-core"
import { afterAll, beforeAll, expect, it } from "vitest"
import { browser } from "./chromium.ts"
import { caller, type Product, start, until } from "./product.ts"

const SHOTS = process.env.BACKLINE_SCREENSHOTS ?? "test-results"
const QUESTION = "Which venues have the most concerts in the next 90 days?"

let product: Product
let chromium: Browser
let context: BrowserContext
let page: Page
const problems: string[] = []

beforeAll(async () => {
  await mkdir(SHOTS, { recursive: true })
  ;[product, chromium] = await Promise.all([start(), browser()])
  context = await chromium.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: "light" })
  page = await context.newPage()
  page.on("pageerror", (error) => problems.push(error.message))
  page.on("console", (message) => void (message.type() === "error" && problems.push(message.text())))
}, 180_000)

afterAll(async () => {
  await chromium?.close()
  expect(await product?.stop()).toBe(0)
})

const byId = (id: string) => page.getByTestId(id)
const lastAnswer = () => byId("answer").last()

async function ask(text: string): Promise<void> {
  await byId("composer").fill(text)
  await byId("send").click()
}

/** Lengths of the newest answer's text as it grows, one entry per change. */
async function watchGrowth(): Promise<void> {
  await page.evaluate(() => {
    const seen: number[] = []
    ;(window as unknown as { grown: number[] }).grown = seen
    new MutationObserver(() => {
      const answers = document.querySelectorAll("[data-testid=answer-text]")
      const length = answers[answers.length - 1]?.textContent?.length ?? 0
      if (length > 0 && length !== seen.at(-1)) seen.push(length)
    }).observe(document.body, { subtree: true, childList: true, characterData: true })
  })
}

it("a newcomer signs in with the demo account and lands at the assistant", async () => {
  await page.goto(product.console)
  await byId("sign-in-email").fill(product.users[0]!.email)
  await byId("sign-in-password").fill(product.users[0]!.password)
  await page.screenshot({ path: `${SHOTS}/sign-in.png` })
  await byId("sign-in-submit").click()
  await byId("composer").waitFor()
  await page.screenshot({ path: `${SHOTS}/welcome.png` })
  expect(await page.evaluate(() => JSON.stringify(localStorage) + location.href)).not.toMatch(/eyJ/)
})

it("an answer grows before the eyes, and its receipt holds the numbers that it says", async () => {
  await watchGrowth()
  await ask(QUESTION)
  await byId("receipt-toggle").first().waitFor({ timeout: 30_000 })
  await byId("usage").first().waitFor({ timeout: 30_000 })
  const grown = await page.evaluate(() => (window as unknown as { grown: number[] }).grown)
  const steps = grown.filter((length, index) => index === 0 || length > grown[index - 1]!)
  expect(steps.length).toBeGreaterThanOrEqual(3)

  await byId("receipt-toggle").first().click()
  await byId("receipt-tab-rows").first().click()
  const rows = await byId("receipt-rows").first().innerText()
  const from = new Date().toISOString().slice(0, 10)
  const to = new Date(Date.now() + 90 * 86_400_000).toISOString().slice(0, 10)
  const { body } = await caller(product)(`/venues/popularity?from=${from}&to=${to}&by=concerts&limit=1`)
  expect(rows).toContain(body.items[0].name)
  expect(rows).toMatch(new RegExp(`\\b${body.items[0].concerts}\\b`))
  expect(await lastAnswer().innerText()).toMatch(new RegExp(`${body.items[0].name}[^]*\\b${body.items[0].concerts}\\b`))
  await byId("receipt-tab-sql").first().click()
  expect(await byId("receipt-sql").first().innerText()).toMatch(/SELECT/)
  await byId("receipt-tab-chart").first().click()
  await byId("receipt-chart").first().waitFor()
  let drawn = ""
  await until("the bars are drawn", async () => {
    const bars = byId("receipt-chart").first().locator(".recharts-bar-rectangle path")
    const before = drawn
    drawn = JSON.stringify(await bars.evaluateAll((each) => each.map((bar) => bar.getBoundingClientRect().width)))
    return drawn === before && drawn !== "[]"
  })
  await page.screenshot({ path: `${SHOTS}/console.png` })
})

it("an answer that is being written is complete after a reload in the middle of it", async () => {
  await watchGrowth()
  await ask("Which artists have the most concerts?")
  await until("the second answer begins", () =>
    page.evaluate(() => document.querySelectorAll("[data-testid=answer-text]").length >= 2),
  )
  await page.reload()
  await byId("composer").waitFor()
  await until("both answers are complete", async () => (await byId("usage").count()) >= 2, 30_000)
  const shown = await lastAnswer().getByTestId("answer-text").innerText()
  const { body: conversations } = await caller(product)("/conversations")
  const { body: messages } = await caller(product)(`/conversations/${conversations.items[0].id}/messages`)
  const stored = messages.items.at(-1)
  expect(stored.state).toBe("done")
  const words = (text: string) => text.replace(/[^\p{L}\p{N}]+/gu, " ").trim()
  expect(words(shown)).toBe(words(stored.text.replace(/\|[-:| ]+\|\n/g, "")))
})

it("two people ask in a room, and the answer's number is that of the tables", async () => {
  const other = await chromium.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: "light" })
  const max = await other.newPage()
  await max.goto(product.console)
  await max.getByTestId("sign-in-email").fill(product.users[1]!.email)
  await max.getByTestId("sign-in-password").fill(product.users[1]!.password)
  await max.getByTestId("sign-in-submit").click()
  const { body: room } = await caller(product)("/rooms", { name: "Front of house", visibility: "public" })
  const enter = (who: Page) => who.goto(`${product.console}/rooms/${room.id}`)
  const say = async (who: Page, text: string) => {
    await who.getByTestId("room-composer").fill(text)
    await who.getByTestId("room-composer").press("Enter")
    await page.getByText(text.replace("@assistant ", "")).first().waitFor()
  }
  await max.getByTestId("composer").waitFor()
  await Promise.all([enter(page), enter(max)])
  await page.getByTestId("members-here").getByText("Max Member").waitFor()
  await say(page, "Doors at seven tonight. Who has the seating plan?")
  await say(max, "I do. We should print more programmes for the big halls.")
  await say(page, "Fair. Which ones do we need them for?")
  await say(max, "@assistant which venues have the most concerts in the next 90 days?")
  await page.getByTestId("message").getByTestId("receipt-toggle").first().waitFor({ timeout: 40_000 })
  const from = new Date().toISOString().slice(0, 10)
  const to = new Date(Date.now() + 90 * 86_400_000).toISOString().slice(0, 10)
  const { body } = await caller(product)(`/venues/popularity?from=${from}&to=${to}&by=concerts&limit=1`)
  const answer = page.getByTestId("message").filter({ hasText: body.items[0].name })
  expect(await answer.innerText()).toMatch(new RegExp(`${body.items[0].name}[^]*\\b${body.items[0].concerts}\\b`))
  await page.mouse.move(0, 0)
  await page.screenshot({ path: `${SHOTS}/rooms.png` })
  await other.close()
  await page.goto(product.console)
  await byId("composer").waitFor()
})

it("a phone shows it without a sideways scroll, light and dark", async () => {
  await page.setViewportSize({ width: 375, height: 812 })
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect(await overflow()).toBe(0)
  await page.screenshot({ path: `${SHOTS}/phone.png` })
  await page.emulateMedia({ colorScheme: "dark" })
  await page.screenshot({ path: `${SHOTS}/phone-dark.png` })
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.screenshot({ path: `${SHOTS}/console-dark.png` })
  await page.goto(`${product.console}/venues`)
  await byId("venues-table").waitFor()
  await page.screenshot({ path: `${SHOTS}/venues-dark.png` })
})

it("nothing went wrong in the browser meanwhile", () => {
  expect(problems).toEqual([])
})
