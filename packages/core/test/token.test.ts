import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { generateKeyPairSync, sign, type KeyObject } from "node:crypto"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { withClock } from "../src/clock.ts"
import { vouch } from "../src/connection/token.ts"

const ours = generateKeyPairSync("rsa", { modulusLength: 2048 })
const newer = generateKeyPairSync("rsa", { modulusLength: 2048 })
const theirs = generateKeyPairSync("rsa", { modulusLength: 2048 })
const jwk = (key: KeyObject, kid: string) => ({ ...key.export({ format: "jwk" }), kid, alg: "RS256", use: "sig" })

let asked = 0
let isDown = false
let keys: object[] = []
let issuer = ""
const server = createServer((request, response) => {
  asked += 1
  if (isDown || request.url !== "/pool/.well-known/jwks.json") return void response.writeHead(503).end()
  response.end(JSON.stringify({ keys }))
})
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/pool`
  Object.assign(process.env, { TOKEN_ISSUER: issuer, TOKEN_CLIENT_ID: "client" })
  keys = [jwk(ours.publicKey, "k1"), { kty: "EC", kid: "k0" }]
})
afterAll(() => void server.close())
beforeEach(() => void (asked = 0))

const text = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url")
const now = () => Math.floor(Date.now() / 1000)
const claims = (more: object = {}) => ({
  sub: "person",
  iss: issuer,
  client_id: "client",
  token_use: "access",
  iat: now(),
  exp: now() + 3_600,
  ...more,
})
function token(payload: unknown, { key = ours.privateKey, header = {} }: { key?: KeyObject; header?: object } = {}): string {
  const head = `${text({ alg: "RS256", kid: "k1", ...header })}.${text(payload)}`
  return `${head}.${sign("RSA-SHA256", Buffer.from(head), key).toString("base64url")}`
}
const outcome = (token: string) =>
  vouch(token).then(
    ({ userId }) => userId,
    (error) => error.code ?? error.name,
  )

test("an access token of our pool and client vouches for its person, with the role of its groups, until its end", async () => {
  const exp = now() + 100
  expect(await vouch(token(claims({ exp, "cognito:groups": ["member", "admin"] })))).toEqual({
    userId: "person",
    role: "admin",
    expiresAt: exp * 1000,
  })
  expect((await vouch(token(claims()))).role).toBe("member")
})

test("anything else is refused", async () => {
  const good = token(claims())
  const [head, body, signature] = good.split(".") as [string, string, string]
  const bad: Record<string, string> = {
    empty: "",
    "two parts": `${head}.${body}`,
    "four parts": `${good}.x`,
    "no JSON": `${head}.x.${signature}`,
    "no object": `${head}.${text(7)}.${signature}`,
    "alg none": `${text({ alg: "none", kid: "k1" })}.${body}.`,
    "alg none, signed": token(claims(), { header: { alg: "none" } }),
    "symmetric alg": token(claims(), { header: { alg: "HS256" } }),
    "no kid": token(claims(), { header: { kid: undefined } }),
    "another key": token(claims(), { key: theirs.privateKey }),
    "another body": `${head}.${text(claims({ sub: "somebody" }))}.${signature}`,
    "a cut signature": good.slice(0, -10),
    "another issuer": token(claims({ iss: "https://evil.example" })),
    "another client": token(claims({ client_id: "other" })),
    "an id token": token(claims({ token_use: "id", aud: "client" })),
    "no subject": token(claims({ sub: "" })),
    "no end": token(claims({ exp: undefined })),
    "a key of its own": token(claims(), { key: theirs.privateKey, header: { jwk: jwk(theirs.publicKey, "k1") } }),
    "a key elsewhere": token(claims(), { key: theirs.privateKey, header: { jku: "https://evil.example/jwks.json", kid: "k9" } }),
    "17 KB": token(claims({ more: "x".repeat(17_000) })),
  }
  for (const [what, each] of Object.entries(bad)) expect([what, await outcome(each)]).toEqual([what, "auth.token"])
})

test("clocks may differ by a minute; beyond it a token from the future says so, and one whose end is past has expired", async () => {
  const counts: Record<string, number> = {}
  for (let skew = -300; skew <= 300; skew += 5) {
    /** Where the service's clock is behind, tokens seem to come from the future; where it is ahead, they seem to end early. */
    const made = now() + skew
    const [young, old] = [
      await outcome(token(claims({ iat: made, exp: made + 3_600 }))),
      await outcome(token(claims({ iat: made - 3_595, exp: made + 5 }))),
    ]
    counts[young] = (counts[young] ?? 0) + 1
    counts[old] = (counts[old] ?? 0) + 1
    if (Math.abs(skew) < 60) expect([skew, young, old]).toEqual([skew, "person", "person"])
    if (Math.abs(skew) > 65)
      expect([skew, young, old]).toEqual([skew, skew > 0 ? "auth.clock_skew" : "person", skew > 0 ? "person" : "auth.expired"])
  }
  console.log("tokens under clocks of up to five minutes either way:", JSON.stringify(counts))
  expect(Object.keys(counts).sort()).toEqual(["auth.clock_skew", "auth.expired", "person"])
  expect(await outcome(token(claims({ nbf: now() + 300 })))).toBe("auth.clock_skew")
})

test("a thousand forged key ids cause one look-up a minute; a new key is found within that minute", async () => {
  await outcome(token(claims()))
  asked = 0
  const forged = Array.from({ length: 1_000 }, (_, n) =>
    token(claims(), { key: theirs.privateKey, header: { kid: `forged${n}` } }),
  )
  const later = <R>(ms: number, run: () => R) => withClock({ now: () => Date.now() + ms }, run)
  expect(new Set(await later(61_000, () => Promise.all(forged.map(outcome))))).toEqual(new Set(["auth.token"]))
  expect(asked).toBe(1)
  keys.push(jwk(newer.publicKey, "k2"))
  const rotated = token(claims(), { key: newer.privateKey, header: { kid: "k2" } })
  expect(await later(62_000, () => outcome(rotated))).toBe("auth.token")
  expect(await later(122_000, () => outcome(rotated))).toBe("person")
  expect(asked).toBe(2)
})

test("while the keys cannot be read, known ones still serve and others are told to try again", async () => {
  isDown = true
  const later = <R>(ms: number, run: () => R) => withClock({ now: () => Date.now() + ms }, run)
  const unknown = token(claims(), { key: newer.privateKey, header: { kid: "k3" } })
  expect(await later(400_000, () => outcome(unknown))).toBe("unavailable.identity")
  expect(await later(400_000, () => outcome(token(claims())))).toBe("person")
})
