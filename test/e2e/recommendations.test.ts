import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, expect, it } from "vitest"
import type { Product } from "../../packages/start/src/product.ts"
import { browser } from "./chromium.ts"
import { until } from "./product.ts"
import { barriers } from "./support/accessible.ts"
import { settled, startHere } from "./support/cloud.ts"
import { personOf } from "./support/socket.ts"

const DAY = 86_400_000

let local: Product
let chromium: Browser
let page: Page
const problems: string[] = []

beforeAll(async () => {
  ;[local, chromium] = await Promise.all([startHere(), browser()])
  page = await chromium.newPage({ viewport: { width: 375, height: 800 } })
  page.on("pageerror", (error) => problems.push(error.message))
})
afterAll(async () => {
  await chromium?.close()
  await local?.stop()
})

async function season(): Promise<void> {
  const ask = personOf(local, 0)
  const { id } = (await ask("/me")).body
  const at = Date.now() - 1_000
  const event = (type: string, name: string, data: object) => ({ id: name, type, at, v: 1, data })
  const names = ["Harp Trio", "Loud Band", "Late Choir"]
  const events = [
    event("venue.upserted", "v", { venueId: "v", name: "Old Hall", city: "Basel", capacity: 90 }),
    ...names.flatMap((name, n) => [
      event("artist.upserted", `a${n}`, { artistId: `a${n}`, name }),
      event("concert.upserted", `c${n}`, {
        concertId: `c${n}`,
        venueId: "v",
        artistId: `a${n}`,
        title: `${name} plays`,
        date: new Date(at + (20 + n) * DAY).toISOString().slice(0, 10),
      }),
    ]),
    event("artist.followed", "f", { artistId: "a0", followerId: id, following: true }),
  ]
  expect((await ask("/events", { events })).body.accepted).toBe(events.length)
  await settled(local)
  await until("tastes are learned", async () => {
    local.cloud.clock.advance(60_000)
    return (await ask("/recommendations")).body.strategy === "personal"
  })
}

const cards = () => page.getByTestId("recommendation")

it("a person sees coming concerts with reasons, sends one away, and it does not come back", async () => {
  await page.goto(`${local.addresses.console}/recommendations`)
  await page.getByTestId("sign-in-email").fill(local.users[0]!.email)
  await page.getByTestId("sign-in-password").fill(local.users[0]!.password)
  await page.getByTestId("sign-in-submit").click()
  await page.getByText("Nothing is learned yet").waitFor()
  await season()
  await page.reload()
  await cards().first().waitFor()
  expect(await cards().count()).toBe(3)
  const first = cards().first()
  expect(await first.innerText()).toMatch(/Harp Trio[\s\S]*Old Hall, Basel[\s\S]*You follow Harp Trio/)
  await first.locator("summary").click()
  await first.getByText("Harp Trio plays").waitFor()
  expect(await barriers(page)).toEqual([])
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  expect(overflow).toBeLessThanOrEqual(0)

  await first.getByTestId("dismiss").click()
  await page.getByText("It will not be recommended to you again.").waitFor()
  await page.reload()
  await cards().first().waitFor()
  expect(await cards().allInnerTexts()).toEqual([expect.not.stringContaining("Harp"), expect.not.stringContaining("Harp")])
  await page.getByTestId("recommendations-city").fill("Atlantis")
  await page.getByText("No coming concerts in Atlantis").waitFor()
  expect(problems).toEqual([])
})
