import { mkdirSync } from "node:fs"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, expect, it } from "vitest"
import type { Product } from "../../packages/start/src/product.ts"
import { browser } from "./chromium.ts"
import { settled, startHere } from "./support/cloud.ts"
import { personOf } from "./support/socket.ts"

const SHOTS = ".tmp/concerts"
const DAY = 86_400_000
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

let local: Product
let chromium: Browser
let page: Page
const byId = (id: string) => page.getByTestId(id)
const ask = (path: string, body?: unknown) => personOf(local, 0)(path, body)

beforeAll(async () => {
  mkdirSync(SHOTS, { recursive: true })
  ;[local, chromium] = await Promise.all([startHere(), browser()])
  page = await (await chromium.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
  const now = Date.now()
  const event = (type: string, id: string, at: number, data: object) => ({ id, type, at, v: 1, data })
  const concert = (id: string, title: string) => ({
    concertId: id,
    venueId: "v1",
    artistId: "a1",
    title,
    date: dayOf(now + 20 * DAY),
    time: "20:00",
    timeZone: "Asia/Tokyo",
    capacity: 40,
  })
  const sold = (id: string, days: number, quantity: number, priceCents: number, currency: string, concertId = "c1") =>
    event("ticket.sold", id, now - days * DAY, { concertId, orderId: id, quantity, priceCents, currency })
  const { body } = await ask("/events", {
    events: [
      event("artist.upserted", "e1", 1, { artistId: "a1", name: "The Nine Lamps" }),
      event("venue.upserted", "e2", 1, { venueId: "v1", name: "A hall", city: "Tokyo" }),
      event("concert.upserted", "e3", 1, concert("c1", "An evening")),
      event("concert.upserted", "e4", 1, concert("c2", "Not on sale")),
      event("concert.priced", "p1", now - 9 * DAY, { concertId: "c1", priceCents: 9_500, currency: "JPY" }),
      event("concert.priced", "p2", now - 3 * DAY, { concertId: "c1", priceCents: 8_000, currency: "JPY" }),
      event("concert.viewed", "w1", now - 3 * DAY, { concertId: "c1", viewerId: "p" }),
      sold("s1", 8, 4, 9_500, "JPY"),
      sold("s2", 8, 2, 6_000, "EUR"),
      sold("s3", 2, 3, 8_000, "JPY"),
      event("ticket.refunded", "r1", now - DAY, {
        concertId: "c1",
        orderId: "s1",
        quantity: 1,
        priceCents: 9_500,
        currency: "JPY",
      }),
    ],
  })
  expect(body.rejected).toEqual([])
  await settled(local)
}, 180_000)
afterAll(async () => {
  await chromium?.close()
  await local?.stop()
})

/** The cells of a table by rows, as a person reads them. */
const rowsOf = async (id: string): Promise<string[][]> =>
  page.$$eval(`[data-testid="${id}"] tbody tr`, (rows) =>
    rows.map((row) => [...row.children].map((cell) => cell.textContent ?? "")),
  )

const yen = (minor: number): string => `¥${minor.toLocaleString("en-US")}`

it("a promoter opens a coming concert and sees the numbers that the API gives", async () => {
  await page.goto(`${local.addresses.console}/concerts`)
  await byId("sign-in-email").fill(local.users[0]!.email)
  await byId("sign-in-password").fill(local.users[0]!.password)
  await byId("sign-in-submit").click()
  await byId("nav-concerts").click()
  await byId("concerts-search").fill("evening lamps")
  await page.getByRole("link", { name: "An evening" }).click()
  await byId("concert-figures").waitFor()

  const { body: figures } = await ask("/analytics/concerts/c1")
  const { body: sales } = await ask("/analytics/sales?concert=c1")
  expect(figures.amounts).toEqual([
    { currency: "EUR", minor: 12_000 },
    { currency: "JPY", minor: 52_500 },
  ])
  expect(await byId("concert-sold").innerText()).toMatch(/^8\s+of 40 seats, 20%; 1 refunded$/)
  expect(await byId("concert-revenue").innerText()).toMatch(/^€120\.00 · ¥52,500/)
  await page.getByText("Sales by day as a table").click()
  const rows = await rowsOf("sales-table")
  expect(rows.map(([, tickets]) => Number(tickets))).toEqual(sales.items.map(({ tickets }: any) => tickets))
  expect(rows.map((row) => row[2])).toEqual(["€120.00 · ¥38,000", yen(24_000), `-${yen(9_500)}`])
  expect((await rowsOf("concert-prices")).map((row) => row[1])).toEqual(["¥8,000", "¥9,500"])
  expect((await rowsOf("concert-views")).map((row) => row.slice(1))).toEqual([["1", "1"]])
  expect(await page.getByText("the day of the sale, in the venue's time zone").count()).toBeGreaterThan(0)
  await page.screenshot({ path: `${SHOTS}/concert-1440.png`, fullPage: true })
})

it("shows sales over time and who sells most", async () => {
  await byId("nav-analytics").click()
  await page.getByText("Sales as a table").click()
  const { from, to } = { from: dayOf(Date.now() - 89 * DAY), to: dayOf(Date.now() + DAY) }
  const { body } = await ask(`/analytics/sales?from=${from}&to=${to}`)
  expect((await rowsOf("sales-table")).map(([, tickets]) => Number(tickets))).toEqual(
    body.items.map(({ tickets }: any) => tickets),
  )
  await byId("analytics-calendar").selectOption("concert")
  await byId("top-artists").waitFor()
  expect((await rowsOf("top-artists"))[0]).toEqual(["The Nine Lamps", "8", "€120.00 · ¥52,500"])
  await page.screenshot({ path: `${SHOTS}/analytics-1440.png`, fullPage: true })
})
