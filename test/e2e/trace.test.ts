import { mkdir } from "node:fs/promises"
import type { Browser, BrowserContext, Page } from "playwright-core"
import { afterAll, beforeAll, expect, it } from "vitest"
import { browser } from "./chromium.ts"
import { caller, type Product, start, until } from "./product.ts"
import { barriers } from "./support/accessible.ts"

const SHOTS = process.env.BACKLINE_SCREENSHOTS ?? "test-results"

let product: Product
let chromium: Browser
const problems: string[] = []
interface Person {
  page: Page
  context: BrowserContext
}
let ada: Person
let max: Person
let room: string

async function signIn(person: number, colorScheme: "light" | "dark"): Promise<Person> {
  const context = await chromium.newContext({ viewport: { width: 1440, height: 900 }, colorScheme })
  await context.grantPermissions(["clipboard-read", "clipboard-write"])
  const page = await context.newPage()
  page.on("pageerror", (error) => problems.push(error.message))
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("ERR_INTERNET_DISCONNECTED")) problems.push(message.text())
  })
  await page.goto(product.console)
  await page.getByTestId("sign-in-email").fill(product.users[person]!.email)
  await page.getByTestId("sign-in-password").fill(product.users[person]!.password)
  await page.getByTestId("sign-in-submit").click()
  await page.getByTestId("composer").waitFor()
  return { page, context }
}

async function say({ page }: Person, text: string): Promise<void> {
  await page.getByTestId("room-composer").fill(text)
  await page.getByTestId("room-composer").press("Enter")
}

const state = ({ page }: Person, text: string) => page.getByTestId("trace-state").getByText(text).waitFor()
const lines = ({ page }: Person) => page.getByTestId("trace-line")
const whats = (who: Person) => lines(who).locator(".trace-what").allInnerTexts()
const fit = ({ page }: Person) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)

beforeAll(async () => {
  await mkdir(SHOTS, { recursive: true })
  ;[product, chromium] = await Promise.all([start("--quiet-data"), browser()])
  ;[ada, max] = [await signIn(0, "light"), await signIn(1, "dark")]
  room = (await caller(product)("/rooms", { name: "Stage crew", visibility: "public" })).body.id
  await max.page.goto(`${product.console}/rooms/${room}`)
  await max.page.getByTestId("room-composer").waitFor()
}, 240_000)

afterAll(async () => {
  await chromium?.close()
  expect(await product?.stop()).toBe(0)
})

it("an administrator watches a room live from its page: who did what and how it ended, and nothing of what was said", async () => {
  await ada.page.goto(`${product.console}/rooms/${room}`)
  await ada.page.getByTestId("trace-room").click()
  await state(ada, "Live")
  // Functions that were there before hear of it within ten seconds.
  let n = 0
  await until(
    "the first is caught",
    async () => {
      await say(max, `The password is crescendo ${++n}`)
      return (await whats(ada)).some((each) => each.startsWith("room.send"))
    },
    30_000,
    1_000,
  )
  await lines(ada).filter({ hasText: "room.send" }).filter({ hasText: "Max Member" }).filter({ hasText: "ack" }).first().waitFor()
  await lines(ada).filter({ hasText: "message" }).filter({ hasText: "got it" }).first().waitFor()
  // A busy machine leaves lines out rather than let them delay what they tell of.
  await until(
    "coming and going is caught",
    async () => {
      await max.page.goto(`${product.console}/boards`)
      await max.page.goto(`${product.console}/rooms/${room}`)
      await max.page.getByTestId("room-composer").waitFor()
      const seen = (await whats(ada)).join()
      return /\$disconnect|room\.leave/.test(seen) && seen.includes("room.join")
    },
    60_000,
    1_000,
  )
  expect(await ada.page.locator("body").innerText()).not.toContain("crescendo")
  expect(await ada.page.locator("[aria-live] [data-testid=trace-line], [role=status] [data-testid=trace-line]").count()).toBe(0)
  await ada.page.screenshot({ path: `${SHOTS}/trace.png` })
  expect(await barriers(ada.page)).toEqual([])
})

it("lines are searched, held still, copied as JSON and cleared, with the keyboard too", async () => {
  const { page } = ada
  await page.getByTestId("tail-text").fill("max typing")
  await until("only those are left", async () => (await whats(ada)).every((each) => each.startsWith("room.typing")))
  await page.getByTestId("tail-text").fill("no such thing")
  await page.getByText("No line has all of that in it.").waitFor()
  await page.getByTestId("tail-text").fill("")
  await page.getByTestId("trace-direction").selectOption("out")
  expect(await page.locator("[data-testid=trace-line]:not([data-direction=out])").count()).toBe(0)
  await page.getByTestId("trace-direction").selectOption("")

  await page.getByTestId("tail-pause").focus()
  await page.keyboard.press("Enter")
  const before = await lines(ada).count()
  await say(max, "While nobody looks")
  await page.getByTestId("tail-pause").getByText(/new/).waitFor()
  expect(await lines(ada).count()).toBe(before)
  await page.getByRole("button", { name: "Copy as JSON lines" }).click()
  await page.getByRole("status").filter({ hasText: "Copied" }).waitFor({ state: "attached" })
  const copied = (await page.evaluate(() => navigator.clipboard.readText())).split("\n").map((line) => JSON.parse(line))
  expect(copied.length).toBe(await lines(ada).count())
  expect(copied.find(({ what }) => what === "room.send")).toMatchObject({
    direction: "in",
    outcome: "ack",
    room,
    user: { name: "Max Member" },
  })

  await page.getByTestId("tail-pause").focus()
  await page.keyboard.press("Enter")
  await until("they are there", async () => (await lines(ada).count()) > before)

  // A line that was on its way may come after it was cleared.
  await until("nothing is left", async () => {
    await page.getByTestId("trace-clear").click()
    return page.getByText("Nothing has passed yet").isVisible()
  })
  await page.screenshot({ path: `${SHOTS}/trace-empty.png` })
})

it("goes on after a lost connection, ends and starts again, and fits a telephone", async () => {
  const { page, context } = ada
  await context.setOffline(true)
  await page.evaluate(() => dispatchEvent(new Event("offline")))
  await state(ada, "Reconnecting…")
  await page.screenshot({ path: `${SHOTS}/trace-waiting.png` })
  await context.setOffline(false)
  await page.evaluate(() => dispatchEvent(new Event("online")))
  await state(ada, "Live")
  await until(
    "it catches again",
    async () => {
      await say(max, "Back again")
      return (await lines(ada).count()) > 0
    },
    30_000,
    1_000,
  )
  await page.getByRole("button", { name: "End" }).click()
  await state(ada, "Ended")
  const before = await lines(ada).count()
  await say(max, "Unheard")
  await max.page.getByText("Unheard").first().waitFor()
  expect(await lines(ada).count()).toBe(before)
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width: 375, height: 800 })
    expect([await fit(ada), await barriers(page)]).toEqual([0, []])
    await page.screenshot({ path: `${SHOTS}/trace-375-${colorScheme}.png` })
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.screenshot({ path: `${SHOTS}/trace-${colorScheme}.png` })
  }
  await page.getByRole("button", { name: "Start again" }).click()
  await state(ada, "Live")
})

it("a person's connections are traced from their dialog; who is no administrator finds no way in, and is refused", async () => {
  const { page } = ada
  await page.getByRole("link", { name: "Back to the room" }).click()
  const row = page.getByTestId("member").filter({ hasText: "Max Member" })
  await row.hover()
  await row.getByTestId("member-menu").click()
  await page.getByText("Close connections…").click()
  await page.getByTestId("connection").first().waitFor()
  await page.screenshot({ path: `${SHOTS}/trace-dialog.png` })
  await page.getByTestId("trace-person").click()
  await page.getByRole("heading", { name: "Trace of Max Member" }).waitFor()
  await state(ada, "Live")
  await until(
    "what Max does is caught",
    async () => {
      await max.page.reload()
      await max.page.getByTestId("room-composer").waitFor()
      const seen = await whats(ada)
      return ["$connect", "room.join"].every((what) => seen.some((each) => each.startsWith(what)))
    },
    40_000,
    2_000,
  )
  await page.screenshot({ path: `${SHOTS}/trace-person.png` })
  expect(await barriers(page)).toEqual([])

  expect(await max.page.getByTestId("trace-room").count()).toBe(0)
  await max.page.goto(`${product.console}/trace/room/${room}`)
  await max.page.getByRole("alert").getByText("forbidden.role").waitFor()
  await max.page.screenshot({ path: `${SHOTS}/trace-refused-dark.png` })
  expect(await barriers(max.page)).toEqual([])
  await page.goto(`${product.console}/trace/room/rom_${"0".repeat(26)}`)
  await page.getByRole("alert").getByText("missing.room").waitFor()
  expect(problems.filter((each) => !/404|403/.test(each))).toEqual([])
})
