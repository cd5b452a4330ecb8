import { GetCommand, ScanCommand } from "../src/dynamo/index.ts"
import { afterAll, beforeAll, expect, test } from "vitest"
import * as Account from "../src/account/index.ts"
import { type Role, withActor } from "../src/actor.ts"
import { dynamo } from "../src/aws.ts"
import { withClock } from "../src/clock.ts"
import * as Ticket from "../src/ticket/index.ts"
import { startPeople } from "./people.ts"

const ORIGIN = "http://127.0.0.1:3000"
let people: Awaited<ReturnType<typeof startPeople>>

beforeAll(async () => {
  people = await startPeople()
})
afterAll(() => people.stop())

const as = <R>(userId: string, run: () => R, role: Role = "member") => withActor({ type: "user", userId, role }, run)
const later = <R>(ms: number, run: () => R) => withClock({ now: () => Date.now() + ms }, run)
const outcome = (promise: Promise<unknown>) =>
  promise.then(
    () => "redeemed",
    (error) => error.code ?? error.name,
  )
const rows = async () => (await dynamo().send(new ScanCommand({ TableName: "connection" }))).Items ?? []

test("a ticket says whose it is, once", async () => {
  const { ticket, url, expiresAt } = await as("ada", () => Ticket.create({ origin: ORIGIN, tokenExpiresAt: 7 }), "admin")
  expect([url, Math.abs(expiresAt - Date.now() - 30_000) < 1_000]).toEqual(["wss://example.com/live", true])
  expect(await Ticket.redeem({ ticket, origin: ORIGIN })).toEqual({ userId: "ada", role: "admin", tokenExpiresAt: 7 })
  expect(await outcome(Ticket.redeem({ ticket, origin: ORIGIN }))).toBe("auth.ticket")
})

test("of a hundred redeems at once exactly one succeeds", async () => {
  const { ticket } = await as("ada", () => Ticket.create({ origin: ORIGIN, tokenExpiresAt: 7 }))
  const outcomes = await Promise.all(Array.from({ length: 100 }, () => outcome(Ticket.redeem({ ticket, origin: ORIGIN }))))
  expect([outcomes.filter((it) => it === "redeemed").length, outcomes.filter((it) => it === "auth.ticket").length]).toEqual([
    1, 99,
  ])
})

test("a ticket ends after 30 seconds", async () => {
  const { ticket } = await as("ada", () => Ticket.create({ origin: ORIGIN, tokenExpiresAt: 7 }))
  expect(await outcome(later(30_001, () => Ticket.redeem({ ticket, origin: ORIGIN })))).toBe("auth.ticket")
  expect(await outcome(later(29_000, () => Ticket.redeem({ ticket, origin: ORIGIN })))).toBe("redeemed")
})

test("no other origin opens a ticket, nor a missing one, and the right one still does", async () => {
  const { ticket } = await as("ada", () => Ticket.create({ origin: ORIGIN, tokenExpiresAt: 7 }))
  const others = [
    undefined,
    "",
    "null",
    "none",
    "http://127.0.0.1",
    "http://127.0.0.1:3001",
    "https://127.0.0.1:3000",
    "http://localhost:3000",
    `${ORIGIN}/`,
    `${ORIGIN}.evil.example`,
    "http://evil.example",
    ORIGIN.toUpperCase(),
  ]
  for (const origin of others) expect([origin, await outcome(Ticket.redeem({ ticket, origin }))]).toEqual([origin, "auth.ticket"])
  expect(await outcome(Ticket.redeem({ ticket, origin: ORIGIN }))).toBe("redeemed")
  const { ticket: plain } = await as("ada", () => Ticket.create({ tokenExpiresAt: 7 }))
  expect(await outcome(Ticket.redeem({ ticket: plain, origin: ORIGIN }))).toBe("auth.ticket")
  expect(await outcome(Ticket.redeem({ ticket: plain }))).toBe("redeemed")
})

test("invented tickets are refused, and the table never holds one in clear", async () => {
  for (const ticket of ["", "tck_", "x".repeat(10_000), `tck_${"A".repeat(43)}`, "tck_#ticket"])
    expect(await outcome(Ticket.redeem({ ticket, origin: ORIGIN }))).toBe("auth.ticket")
  const { ticket } = await as("ada", () => Ticket.create({ origin: ORIGIN, tokenExpiresAt: 7 }))
  expect(JSON.stringify(await rows())).not.toContain(ticket.slice(4))
})

test("fifty first visits at once make one profile with one number", async () => {
  let asked = 0
  const identify = async () => {
    asked += 1
    return { name: "Ada", email: "ada@example.com" }
  }
  const accounts = await Promise.all(Array.from({ length: 50 }, () => Account.ensure("first", identify)))
  expect(new Set(accounts.map((account) => JSON.stringify(account))).size).toBe(1)
  expect(accounts[0]).toMatchObject({ id: "first", name: "Ada", email: "ada@example.com", number: expect.any(Number) })
  asked = 0
  await Account.ensure("first", identify)
  expect(asked).toBe(0)
})

test("a hundred people at once get a hundred numbers", async () => {
  const accounts = await Promise.all(
    Array.from({ length: 100 }, (_, i) => Account.ensure(`many${i}`, async () => ({ email: `p${i}@example.com` }))),
  )
  expect(new Set(accounts.map(({ number }) => number)).size).toBe(100)
  expect(accounts[7]).toMatchObject({ name: "p7" })
  await expect(Account.get("nobody")).rejects.toMatchObject({ code: "missing.account" })
  const stored = await dynamo().send(new GetCommand({ TableName: "account", Key: { pk: "counter", sk: "user" } }))
  expect(stored.Item?.value).toBeGreaterThanOrEqual(101)
})

test("no profile is made while nobody can say who it is", async () => {
  const refuse = () => Account.identityOf("token", "http://127.0.0.1:9/pool")
  await expect(Account.ensure("unknown", refuse)).rejects.toMatchObject({ code: "unavailable.identity" })
  expect(await Account.find("unknown")).toBeUndefined()
})
