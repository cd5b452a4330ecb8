import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, expect, it } from "vitest"
import { browser } from "./chromium.ts"
import { type Product, start } from "./product.ts"

let product: Product
let chromium: Browser
let page: Page

beforeAll(async () => {
  ;[product, chromium] = await Promise.all([start("--quiet-data"), browser()])
  page = await chromium.newPage()
}, 180_000)

afterAll(async () => {
  await chromium?.close()
  expect(await product?.stop()).toBe(0)
})

const byId = (id: string) => page.getByTestId(id)

/** As an administrator does it from the console of AWS: the person gets a password that only lasts until the first sign-in. */
async function createPerson(email: string, password: string): Promise<void> {
  const response = await fetch(product.aws, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "AWSCognitoIdentityProviderService.AdminCreateUser",
      authorization:
        "AWS4-HMAC-SHA256 Credential=admin/20260101/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=0",
    },
    body: JSON.stringify({
      UserPoolId: product.issuer.split("/").at(-1),
      Username: email,
      TemporaryPassword: password,
      MessageAction: "SUPPRESS",
      UserAttributes: [{ Name: "name", Value: "Nina New" }],
    }),
  })
  expect(response.status).toBe(200)
}

async function signIn(email: string, password: string): Promise<void> {
  await byId("sign-in-email").fill(email)
  await byId("sign-in-password").fill(password)
  await byId("sign-in-submit").click()
}

async function choose(password: string, again = password): Promise<void> {
  await byId("new-password").fill(password)
  await byId("new-password-again").fill(again)
  await byId("new-password-submit").click()
}

it("a person whom an administrator made chooses a password of their own, and signs in with it from then on", async () => {
  await createPerson("nina@backline.test", "Temporary-2026-pass")
  await page.goto(product.console)
  await signIn("nina@backline.test", "Temporary-2026-pass")
  await choose("mezzanine left 12", "mezzanine left 13")
  expect(await byId("sign-in-error").innerText()).toMatch(/not the same/)
  await choose("short")
  await byId("sign-in-error")
    .filter({ hasText: /password/i })
    .waitFor()
  await choose("Mezzanine-left-12")
  await byId("composer").waitFor()

  await byId("account-menu").click()
  await byId("sign-out").click()
  await signIn("nina@backline.test", "Temporary-2026-pass")
  await byId("sign-in-error").waitFor()
  await signIn("nina@backline.test", "Mezzanine-left-12")
  await byId("composer").waitFor()
})
