import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, expect, it } from "vitest"
import { browser } from "./chromium.ts"
import { caller, type Product, start, until } from "./product.ts"

let product: Product
let chromium: Browser
let page: Page
beforeAll(async () => {
  ;[product, chromium] = await Promise.all([start(), browser()])
  page = await (await chromium.newContext({ viewport: { width: 1280, height: 800 } })).newPage()
}, 180_000)
afterAll(async () => {
  await chromium?.close()
  expect(await product?.stop()).toBe(0)
})

const byId = (id: string) => page.getByTestId(id)
const squeezed = (text: string): string => text.replace(/\s+/g, "")

it("an answer whose stream is cut says that it is incomplete, and a click has the assistant go on with it", async () => {
  await page.goto(product.console)
  await byId("sign-in-email").fill(product.users[0]!.email)
  await byId("sign-in-password").fill(product.users[0]!.password)
  await byId("sign-in-submit").click()
  await byId("composer").waitFor()
  const fault = { service: "bedrock", op: "ConverseStream", kind: "stream-cut", times: 1 }
  await fetch(`${product.aws}/_local/faults`, { method: "POST", body: JSON.stringify([fault]) })
  await byId("composer").fill("hello")
  await byId("send").click()
  const goOn = byId("go-on")
  await goOn.waitFor({ timeout: 60_000 })
  expect(await byId("answer").last().innerText()).toContain("Incomplete.")
  await page.reload()
  await goOn.waitFor({ timeout: 30_000 })
  await goOn.click()
  await until("the rest is there", async () => (await byId("answer").count()) === 2 && (await byId("usage").count()) >= 1, 60_000)

  const call = caller(product)
  const { body: conversations } = await call("/conversations")
  const { body: messages } = await call(`/conversations/${conversations.items[0].id}/messages`)
  const [, half, , following] = messages.items
  expect([half.state, half.incomplete, following.state]).toEqual(["error", true, "done"])
  const { body: whole } = await call("/chat", { text: "hello" })
  expect(squeezed(half.text + following.text)).toBe(squeezed(whole.text))
})
