import { mkdir } from "node:fs/promises"
import type { Browser, BrowserContext, Page } from "playwright-core"
import { afterAll, beforeAll, expect, it } from "vitest"
import { browser } from "./chromium.ts"
import { caller, type Product, start, until } from "./product.ts"
import { barriers } from "./support/accessible.ts"

const SHOTS = process.env.BACKLINE_SCREENSHOTS ?? "test-results"
/** Long enough for sockets to be missed and several attempts to fail. */
const AWAY_MS = Number(process.env.BACKLINE_AWAY_MS ?? 4_000)

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

beforeAll(async () => {
  await mkdir(SHOTS, { recursive: true })
  ;[product, chromium] = await Promise.all([start("--quiet-data"), browser()])
  ;[ada, max] = [await signIn(0, "light"), await signIn(1, "dark")]
}, 240_000)

afterAll(async () => {
  await chromium?.close()
  expect(await product?.stop()).toBe(0)
})

async function signIn(person: number, colorScheme: "light" | "dark"): Promise<Person> {
  const context = await chromium.newContext({ viewport: { width: 1440, height: 900 }, colorScheme })
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

const said = ({ page }: Person) => page.locator("[data-testid=message] [data-testid=message-text]").allInnerTexts()

/** No frame passes, in either direction, and nothing new connects. */
const setOffline = (isOffline: boolean) => Promise.all([ada, max].map(({ context }) => context.setOffline(isOffline)))

it("a room is made, entered by another person, and both see who is there", async () => {
  await ada.page.getByTestId("nav-rooms").click()
  await ada.page.getByTestId("new-room").click()
  await ada.page.getByTestId("room-name").fill("Stage crew")
  await ada.page.getByTestId("create-room").click()
  await ada.page.getByTestId("room-composer").waitFor()
  room = new URL(ada.page.url()).pathname.split("/").at(-1)!
  await max.page.getByTestId("nav-rooms").click()
  await max.page.getByTestId("room-item").filter({ hasText: "Stage crew" }).click()
  await ada.page.getByTestId("members-here").getByText("Max Member").waitFor()
  await say(ada, "Doors at eight, soundcheck at five.")
  await max.page.getByText("Doors at eight").first().waitFor()
  await say(max, "I have the patch list: https://example.com/patch.pdf")
  await ada.page.locator("[data-testid=message-text] a").waitFor()
  expect(await ada.page.locator("[data-testid=message-text] a").getAttribute("rel")).toContain("noopener")
})

it("typing, a reaction and an edit are seen by the other", async () => {
  await max.page.getByTestId("room-composer").pressSequentially("one mo")
  await ada.page.getByTestId("typing").getByText("Max Member is writing").waitFor()
  await max.page.getByTestId("message").first().hover()
  await max.page.getByTestId("react").first().click()
  await max.page.locator(".emoji").first().click()
  await ada.page.getByTestId("reaction").getByText("1").waitFor()
  await ada.page.getByTestId("room-composer").fill("")
  await ada.page.getByTestId("room-composer").press("ArrowUp")
  await ada.page.getByTestId("edit-field").fill("Doors at nine, soundcheck at five.")
  await ada.page.getByTestId("edit-field").press("Enter")
  await max.page.getByText("Doors at nine").first().waitFor()
  await max.page.getByText("(edited)").first().waitFor()
  await max.page.getByTestId("room-composer").fill("")
  await ada.page.screenshot({ path: `${SHOTS}/room.png` })
  await max.page.screenshot({ path: `${SHOTS}/room-dark.png` })
})

it("what both write while the network is cut is marked, sent on return, and read by both once and in the same order", async () => {
  const before = (await said(ada)).length
  await setOffline(true)
  for (let i = 1; i <= 5; i++) {
    await say(ada, `ada ${i}`)
    await say(max, `max ${i}`)
  }
  await ada.page.getByTestId("connection-banner").waitFor()
  await ada.page.getByText("Not sent yet").first().waitFor()
  await ada.page.waitForTimeout(AWAY_MS)
  expect(await ada.page.getByTestId("unsent").count()).toBe(5)
  await ada.page.screenshot({ path: `${SHOTS}/room-offline.png` })
  await setOffline(false)
  const all = async (who: Person) => {
    const texts = await said(who)
    return texts.length === before + 10 && (await who.page.getByTestId("unsent").count()) === 0 ? texts : undefined
  }
  const [one, other] = await Promise.all([ada, max].map((who) => until("both have all ten", () => all(who), 60_000)))
  expect(one).toEqual(other)
  for (const name of ["ada", "max"])
    expect(one!.filter((text) => text.startsWith(name))).toEqual([1, 2, 3, 4, 5].map((i) => `${name} ${i}`))
  const log = await caller(product)(`/rooms/${room}/messages?limit=100`)
  expect(log.body.items.map(({ seq }: { seq: number }) => seq)).toEqual(Array.from({ length: before + 10 }, (_, i) => i + 1))
})

it("a mention of the assistant is answered for everybody", async () => {
  await ada.page.getByTestId("room-composer").pressSequentially("@as")
  await ada.page.getByTestId("mention-menu").waitFor()
  await ada.page.getByTestId("room-composer").press("Enter")
  await ada.page.getByTestId("room-composer").pressSequentially("how many concerts are there?")
  await ada.page.getByTestId("room-composer").press("Enter")
  for (const { page } of [ada, max])
    await page.locator("[data-testid=message][aria-label^='Assistant,']").waitFor({ timeout: 60_000 })
  await ada.page.screenshot({ path: `${SHOTS}/room-answer.png` })
})

it("a message that was not sent before a reload is sent after it", async () => {
  await max.context.setOffline(true)
  await say(max, "before the reload")
  await max.page.getByText("Not sent yet").first().waitFor()
  const kept = await max.page.evaluate(() => sessionStorage.getItem("backline.unsent"))
  expect(kept).toContain("before the reload")
  await max.context.setOffline(false)
  await max.page.reload()
  await ada.page.getByText("before the reload").first().waitFor({ timeout: 60_000 })
  const log = await caller(product)(`/rooms/${room}/messages?limit=100`)
  expect(log.body.items.filter(({ text }: { text: string }) => text === "before the reload")).toHaveLength(1)
  // The assistant's answer still shows the rows that prove it.
  await max.page.getByTestId("message").getByTestId("receipt-toggle").first().waitFor()
})

it("an announcement is on every page of everybody who is here until they dismiss it, and who goes was last seen just now", async () => {
  await max.page.getByTestId("nav-boards").click()
  const away = ada.page.getByTestId("member").filter({ hasText: "Max Member" })
  await away.getByTestId("seen").getByText("seen just now").waitFor()
  await ada.page.screenshot({ path: `${SHOTS}/seen.png` })
  await max.page.goBack()
  await ada.page.getByTestId("members-here").getByText("Max Member").waitFor()

  await ada.page.getByTestId("announce").click()
  await ada.page.getByTestId("announcement").fill("Doors open in ten minutes.\nPlease clear the stage.")
  await ada.page.screenshot({ path: `${SHOTS}/announce.png` })
  await ada.page.getByTestId("announce-send").click()
  for (const { page } of [ada, max]) {
    await page.getByTestId("notice").getByText("Doors open in ten minutes.").waitFor()
    expect(await page.getByRole("status").filter({ hasText: "Doors open" }).count()).toBe(1)
    await page.getByTestId("nav-boards").click()
    await page.getByTestId("notice").getByText("Stage crew").waitFor()
  }
  await max.page.setViewportSize({ width: 375, height: 800 })
  expect(await barriers(max.page)).toEqual([])
  expect(await max.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0)
  await max.page.screenshot({ path: `${SHOTS}/notice-375-dark.png` })
  await max.page.setViewportSize({ width: 1440, height: 900 })
  await ada.page.goBack()
  await ada.page.screenshot({ path: `${SHOTS}/notice.png` })
  for (const { page } of [ada, max]) {
    await page.getByRole("button", { name: "Dismiss the announcement" }).click()
    await page.getByTestId("notice").waitFor({ state: "detached" })
  }
  await max.page.goBack()
  await max.page.getByTestId("room-composer").waitFor()
})

it("an administrator closes a person's connections, and their page comes back by itself", async () => {
  const row = ada.page.getByTestId("member").filter({ hasText: "Max Member" })
  const { id } = (await caller(product, 1)("/me")).body
  const live = async () =>
    (await caller(product)(`/people/${id}/connections`)).body.items.map((each: { connectionId: string }) => each.connectionId)
  const before = await live()
  expect(before).toHaveLength(1)
  await row.hover()
  await row.getByTestId("member-menu").click()
  await ada.page.getByText("Close connections…").click()
  await ada.page.getByTestId("connection").getByText("member · signed in until").waitFor()
  expect(await barriers(ada.page)).toEqual([])
  await ada.page.screenshot({ path: `${SHOTS}/connections.png` })
  await ada.page.getByTestId("close-connections").click()
  await ada.page.getByText("Closed one connection of Max Member.").waitFor()
  await until("the page is back", async () => (await live()).some((each: string) => !before.includes(each)))
  await say(ada, "Welcome back")
  await max.page.getByText("Welcome back").first().waitFor()
  expect(await max.page.getByTestId("member-menu").count()).toBe(0)
})

const board = ({ page }: Person) => page.getByTestId("editor")
/** The text alone: the names at others' cursors are in the same lines. */
const written = (who: Person) =>
  board(who)
    .locator(".cm-line")
    .evaluateAll((lines) =>
      lines.map((line) => {
        const copy = line.cloneNode(true) as Element
        for (const caret of copy.querySelectorAll(".remote-caret")) caret.remove()
        return copy.textContent
      }),
    )

it("two people write on a board, see each other's cursors, and what both write while the network is cut is merged", async () => {
  await ada.page.getByTestId("nav-boards").click()
  await ada.page.getByTestId("new-board").click()
  await ada.page.getByTestId("board-title").fill("Run of show")
  await ada.page.locator(".person-choice", { hasText: "Max Member" }).locator("input").check()
  await ada.page.getByTestId("board-save").click()
  await board(ada).click()
  await ada.page.keyboard.insertText("# Run of show\n\nDoors **20:00**.\n\n- [ ] Risers\n")
  await ada.page.getByTestId("preview").getByRole("heading", { name: "Run of show" }).waitFor()
  await max.page.goto(ada.page.url())
  await board(max).getByText("Risers").waitFor()
  await board(max).locator(".cm-line").first().click()
  await ada.page.locator(".remote-name", { hasText: "Max Member" }).waitFor({ state: "attached" })

  await setOffline(true)
  await max.page.keyboard.press("End")
  await max.page.keyboard.type(" tonight")
  await ada.page.keyboard.press("Control+End")
  await ada.page.keyboard.type("- [ ] Monitors")
  await ada.page.getByTestId("saved").getByText("Kept here").waitFor({ timeout: 60_000 })
  await ada.page.waitForTimeout(AWAY_MS)
  await setOffline(false)
  for (const who of [ada, max]) {
    await board(who).getByText("# Run of show tonight").waitFor({ timeout: 60_000 })
    await board(who).getByText("Monitors").waitFor({ timeout: 60_000 })
    await who.page.getByTestId("saved").getByText("Saved").waitFor({ timeout: 60_000 })
  }
  const lines = ["# Run of show tonight", "", "Doors **20:00**.", "", "- [ ] Risers", "- [ ] Monitors"]
  expect([await written(ada), await written(max)]).toEqual([lines, lines])
  await ada.page.screenshot({ path: `${SHOTS}/board.png` })
  await max.page.screenshot({ path: `${SHOTS}/board-dark.png` })
})

it("nothing on these pages keeps anyone from using them, wide or narrow", async () => {
  for (const path of [`/rooms/${room}`, "/rooms", "/boards"])
    for (const width of [1440, 375]) {
      await ada.page.setViewportSize({ width, height: 800 })
      await ada.page.goto(product.console + path)
      await ada.page.getByRole("heading", { level: 1 }).waitFor()
      await ada.page.waitForTimeout(800)
      expect(await barriers(ada.page), `${path} at ${width}`).toEqual([])
      expect(await ada.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0)
      await ada.page.screenshot({ path: `${SHOTS}/${path.split("/")[1]}-${path.split("/").length}-${width}.png` })
    }
})

it("no page reported an error", () => {
  expect(problems).toEqual([])
})
