import { once } from "node:events"
import { mkdir } from "node:fs/promises"
import { type AddressInfo, createServer } from "node:net"
import type { Browser, BrowserContext, Page } from "playwright-core"
import { afterAll, beforeAll, expect, it } from "vitest"
import { browser } from "./chromium.ts"
import { caller, type Product, start, until } from "./product.ts"
import { barriers } from "./support/accessible.ts"
import { MEDIA_FLAGS } from "./support/livekit/media.ts"
import { KEY, type LiveKitServer, SECRET, startLiveKit } from "./support/livekit/server.ts"

const SHOTS = process.env.BACKLINE_SCREENSHOTS ?? "test-results"
/** What Chromium and livekit-client write of addresses that do not answer, of sockets that are cut, and of the path that the stand-in does not have. */
const EXPECTED = /ERR_CONNECTION_REFUSED|status of (404|409|503)|WebSocket connection to|signal stream|establishment/

let product: Product
let chromium: Browser
let livekit: LiveKitServer
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
  ;[product, chromium] = await Promise.all([start("--quiet-data"), browser(...MEDIA_FLAGS)])
  livekit = await startLiveKit(chromium)
  room = (await caller(product)("/rooms", { name: "Stage crew", visibility: "public" })).body.id
  ;[ada, max] = [await signIn(0, "light"), await signIn(1, "dark")]
}, 240_000)

afterAll(async () => {
  await livekit?.stop()
  await chromium?.close()
  expect(await product?.stop()).toBe(0)
})

async function signIn(
  person: number,
  colorScheme: "light" | "dark",
  prepare?: (page: Page) => Promise<unknown>,
): Promise<Person> {
  const context = await chromium.newContext({ viewport: { width: 1440, height: 900 }, colorScheme })
  const page = await context.newPage()
  await prepare?.(page)
  page.on("pageerror", (error) => problems.push(error.message))
  page.on("console", (message) => {
    if (message.type() === "error" && !EXPECTED.test(message.text())) problems.push(message.text())
  })
  await page.goto(product.console)
  await page.getByTestId("sign-in-email").fill(product.users[person]!.email)
  await page.getByTestId("sign-in-password").fill(product.users[person]!.password)
  await page.getByTestId("sign-in-submit").click()
  await page.getByTestId("composer").waitFor()
  await page.getByTestId("nav-rooms").click()
  await page.getByTestId("room-item").filter({ hasText: "Stage crew" }).click()
  await page.getByTestId("room-composer").waitFor()
  return { page, context }
}

/** As the 409 says, with the address of this cloud. */
async function put(name: string, value: string): Promise<void> {
  const response = await fetch(product.aws, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "AmazonSSM.PutParameter",
      authorization:
        "AWS4-HMAC-SHA256 Credential=ADMINISTRATOR/20260101/us-east-1/ssm/aws4_request, SignedHeaders=host, Signature=none",
    },
    body: JSON.stringify({ Name: `/backline/local/livekit/${name}`, Value: value, Type: "SecureString", Overwrite: true }),
  })
  if (!response.ok) throw new Error(await response.text())
}

/** An address where nobody listens. */
async function nowhere(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  return `ws://127.0.0.1:${port}`
}

/** The same at the width of a phone, where nothing may stand out to the side. */
async function onPhone({ page }: Person, name: string): Promise<void> {
  await page.setViewportSize({ width: 375, height: 800 })
  await page.waitForTimeout(200)
  expect(await barriers(page)).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0)
  await page.screenshot({ path: `${SHOTS}/${name}-375.png` })
  await page.setViewportSize({ width: 1440, height: 900 })
}

async function shot({ page }: Person, name: string): Promise<void> {
  await page.waitForTimeout(200)
  expect(await barriers(page)).toEqual([])
  await page.screenshot({ path: `${SHOTS}/${name}.png` })
}

const tiles = ({ page }: Person) => page.getByTestId("tile")
/** Pictures that move: frames were decoded. */
const moving = ({ page }: Person) =>
  page
    .locator("[data-testid=tile] video")
    .evaluateAll((all) => all.filter((each) => (each as HTMLVideoElement).videoWidth > 0).length)
const count = ({ page }: Person) => page.getByTestId("open-call").locator(".call-count")

/** Waits until Ada sees so many: who was lost is told of after ten seconds, on the cloud's clock. */
const lost = (left: string) =>
  until(`${left} are left`, async () => {
    await fetch(`${product.aws}/_local/clock`, { method: "POST", body: JSON.stringify({ advanceMs: 2_000 }) })
    return (await count(ada).innerText()) === left
  })

it("says what is missing where calls are not set up, and offers no button that cannot work", async () => {
  for (const { page } of [ada, max]) {
    await page.getByTestId("open-call").click()
    await page.getByTestId("call-unset").waitFor()
    const says = await page.getByTestId("call-unset").innerText()
    for (const part of ["url", "key", "secret"]) expect(says).toContain(`/backline/local/livekit/${part}`)
    expect(await page.getByTestId("join-microphone").count()).toBe(0)
  }
  await shot(ada, "call-unset")
  await onPhone(max, "call-unset-dark")
  for (const { page } of [ada, max]) await page.getByRole("button", { name: "Close the call" }).click()
})

it("says that LiveKit does not answer, and joins when it does, without a deploy or a reload", async () => {
  await put("key", KEY)
  await put("secret", SECRET)
  await put("url", await nowhere())
  await ada.page.getByTestId("open-call").click()
  await ada.page.getByTestId("call-before").getByText("Nobody is in the call").waitFor()
  await shot(ada, "call-before")
  await ada.page.getByTestId("join-microphone").click()
  await ada.page.getByTestId("call-failed").getByText("LiveKit did not answer at 127.0.0.1:").waitFor({ timeout: 60_000 })
  expect(await count(max).count()).toBe(0)
  await shot(ada, "call-failed")
  await onPhone(ada, "call-failed")
  await put("url", livekit.url)
  await ada.page.getByTestId("call-again").click()
  await ada.page.getByTestId("in-call").waitFor({ timeout: 60_000 })
  expect(livekit.identities()).toHaveLength(1)
  await ada.page.locator("[data-testid=call-microphone][aria-pressed=true]").waitFor()
  await shot(ada, "call-alone")
})

it("shows everybody in the room who is in its call, and lets them come with a camera", async () => {
  await count(max).getByText("1").waitFor()
  await max.page.getByTestId("open-call").click()
  await max.page.getByTestId("call-before").getByText("Ada Admin is in the call").waitFor()
  await shot(max, "call-before-dark")
  await onPhone(max, "call-before-dark")
  await max.page.getByTestId("join-camera").click()
  await max.page.getByTestId("in-call").waitFor({ timeout: 60_000 })
  await count(ada).getByText("2").waitFor()
  for (const each of [ada, max]) await until("two are there", async () => (await tiles(each).count()) === 2)
  await until("Max sees himself", async () => (await moving(max)) === 1)
  await until("Ada sees Max", async () => (await moving(ada)) === 1)
  await ada.page.getByTestId("call-camera").click()
  for (const each of [ada, max]) await until("both are seen by both", async () => (await moving(each)) === 2)
})

it("marks who speaks and who is muted", async () => {
  const { id } = (await caller(product, 1)("/me")).body
  livekit.speaks(id, true)
  await ada.page.locator("[data-testid=tile][data-speaking]").getByText("Max Member").waitFor()
  await shot(ada, "call-two")
  livekit.speaks(id, false)
  await max.page.getByTestId("call-microphone").click()
  const tile = tiles(ada).filter({ hasText: "Max Member" })
  await tile.getByRole("img", { name: "Muted" }).waitFor()
  await max.page.getByTestId("call-camera").click()
  await until("Max's picture is gone", async () => (await moving(ada)) === 1)
  await shot(max, "call-two-dark")
  await onPhone(max, "call-two-dark")
})

it("shows a screen to everybody, in the place above all others", async () => {
  await ada.page.getByTestId("call-screen").click()
  const screen = max.page.locator("[data-testid=tile][data-kind=screen]")
  await screen.getByText("Screen of Ada Admin").waitFor()
  await until("the screen is seen", async () => (await moving(max)) === 2)
  expect(await tiles(max).first().getAttribute("data-kind")).toBe("screen")
  await shot(max, "call-screen-dark")
  await onPhone(max, "call-screen-dark")
  await ada.page.getByTestId("call-screen").click()
  await screen.waitFor({ state: "detached" })
})

it("goes on while one looks at other pages, with the way back on each", async () => {
  await ada.page.getByTestId("nav-boards").click()
  await ada.page.getByTestId("call-bar").getByText("Stage crew").waitFor()
  expect(await barriers(ada.page)).toEqual([])
  await ada.page.screenshot({ path: `${SHOTS}/call-bar.png` })
  expect(livekit.identities()).toHaveLength(2)
  await ada.page.getByTestId("call-bar").getByRole("link").click()
  await ada.page.getByTestId("in-call").waitFor()
  await until("pictures are back", async () => (await moving(ada)) === 1)
  expect(await ada.page.getByTestId("call-bar").count()).toBe(0)
})

it("says that the call was lost while LiveKit is away, and goes on when it is back", async () => {
  livekit.setUp(false)
  for (const { page } of [ada, max]) await page.getByTestId("call-reconnecting").waitFor({ timeout: 30_000 })
  await shot(ada, "call-reconnecting")
  livekit.setUp(true)
  for (const { page } of [ada, max]) await page.getByTestId("call-reconnecting").waitFor({ state: "detached", timeout: 60_000 })
  for (const each of [ada, max]) expect(await tiles(each).count()).toBe(2)
})

it("says plainly that a device is not allowed or not there, and stays in the call without it", async () => {
  const mia = await signIn(2, "light", (page) =>
    page.addInitScript(() => {
      const refuse = (name: string) => () => Promise.reject(new DOMException("no", name))
      navigator.mediaDevices.getUserMedia = (wanted) => refuse(wanted?.video ? "NotFoundError" : "NotAllowedError")()
    }),
  )
  await mia.page.getByTestId("open-call").click()
  await mia.page.getByTestId("call-before").getByText("Ada Admin and Max Member are in the call").waitFor()
  await mia.page.getByTestId("join-microphone").click()
  await mia.page.getByTestId("call-problem").getByText("does not let this page use the microphone").waitFor({ timeout: 60_000 })
  expect(await tiles(mia).count()).toBe(3)
  await shot(mia, "call-denied")
  await onPhone(mia, "call-denied")
  await mia.page.getByTestId("call-camera").click()
  await mia.page.getByTestId("call-problem").getByText("No camera was found").waitFor()
  await mia.context.close()
  await until("her place in LiveKit is free", async () => livekit.identities().length === 2)
  await lost("2")
})

it("gives its place to a second device of the same person, who counts once", async () => {
  const again = await signIn(1, "light")
  await again.page.getByTestId("open-call").click()
  await again.page.getByText("You are in it on another device").waitFor()
  await again.page.getByTestId("join-listening").click()
  await max.page.getByTestId("call-ended").getByText("You joined this call on another device").waitFor({ timeout: 60_000 })
  await shot(max, "call-ended-dark")
  expect(livekit.identities()).toHaveLength(2)
  await count(ada).getByText("2").waitFor()
  await again.context.close()
  await lost("1")
})

it("is over for who is taken out of the room, in LiveKit too", async () => {
  await max.page.getByTestId("call-again").click()
  await max.page.getByTestId("in-call").waitFor({ timeout: 60_000 })
  await count(ada).getByText("2").waitFor()
  const { id } = (await caller(product, 1)("/me")).body
  const { status } = await caller(product)(`/rooms/${room}/members?userId=${id}`, undefined, "DELETE")
  expect(status).toBe(200)
  await max.page.getByText("This room is not open to you").waitFor()
  await count(ada).getByText("1").waitFor()
  await until("LiveKit has let go", async () => livekit.identities().length === 1)
})

it("is left by a key press, and everybody sees it", async () => {
  await ada.page.getByTestId("leave-call").focus()
  await ada.page.keyboard.press("Enter")
  await ada.page.getByTestId("call").waitFor({ state: "detached" })
  await count(ada).waitFor({ state: "detached" })
  await until("LiveKit has nobody", async () => livekit.identities().length === 0)
  expect(problems).toEqual([])
})
