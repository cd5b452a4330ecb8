import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest"
import type { Role } from "../src/actor.ts"
import { withClock } from "../src/clock.ts"
import * as Connection from "../src/connection/index.ts"
import * as Standing from "../src/standing/index.ts"
import { startPeople } from "./people.ts"

let people: Awaited<ReturnType<typeof startPeople>>
beforeAll(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined)
  people = await startPeople()
})
afterAll(() => people.stop())
beforeEach(() => {
  people.asks.length = people.asked.length = 0
  people.revoked.clear()
  people.unwelcome.clear()
  people.groups.clear()
  people.silence(false)
})

const HOUR = 3_600_000
const later = <R>(ms: number, run: () => R) => withClock({ now: () => Date.now() + ms }, run)
let count = 0
const somebody = (role: Role = "member") => ({ userId: `u${++count}`, session: `s${count}`, role })
const outcome = (asked: Promise<Role>) => asked.catch(({ code }: { code: string }) => code)
const confirm = (who: Standing.Session, token?: string, module = Standing) =>
  outcome(module.confirm(who, { token: async () => token }))
/** The module as another function has it: with a memory of its own. */
async function another(): Promise<typeof Standing> {
  vi.resetModules()
  return import("../src/standing/index.ts")
}

test("the user pool is asked once a minute for each session, whoever asks and however often", async () => {
  const who = somebody()
  const other = await another()
  for (let n = 0; n < 50; n++) expect(await confirm(who, "t")).toBe("member")
  for (let n = 0; n < 50; n++) expect(await confirm(who, "t", other)).toBe("member")
  expect(people.asks).toEqual(["GetUser"])
  await later(51_000, async () => {
    await Promise.all(Array.from({ length: 50 }, () => confirm(who, "t")))
    expect(people.asks).toEqual(["GetUser", "GetUser"])
  })
})

test("a token that was signed out, and a person who was disabled or deleted, are out within a minute; other sessions stay", async () => {
  const [phone, laptop, ann, ben] = [somebody(), somebody(), somebody("editor"), somebody()]
  for (const [who, token] of [[phone, "phone"], [laptop, "laptop"], [ann], [ben]] as const)
    expect(await confirm(who, token)).toBe(who.role)
  people.revoked.add("phone")
  people.unwelcome.set(ann.userId, "disabled").set(ben.userId, "removed")
  await later(51_000, async () => {
    const found = [await confirm(phone, "phone"), await confirm(laptop, "laptop"), await confirm(ann), await confirm(ben)]
    expect(found).toEqual(["auth.revoked", "member", "auth.revoked", "auth.revoked"])
  })
})

test("a role is what the groups say now, never more than the token claims; a member is not asked about", async () => {
  const ada = somebody("admin")
  expect(await confirm(ada, "t")).toBe("admin")
  people.groups.set(ada.userId, ["editor", "others"])
  await later(51_000, async () => expect(await confirm(ada, "t")).toBe("editor"))
  people.groups.set(ada.userId, ["admin"])
  expect(await later(110_000, () => confirm({ ...ada, role: "editor" }, "t"))).toBe("editor")
  people.asks.length = 0
  expect(await confirm({ ...ada, role: "member" }, "t")).toBe("member")
  expect(people.asks).toEqual(["GetUser"])
})

test("while the user pool is silent members are believed for ten minutes, a higher role for one, and who was never seen not at all", async () => {
  const [max, ada] = [somebody(), somebody("admin")]
  for (const who of [max, ada]) await confirm(who, "t")
  people.silence(true)
  const at = (ms: number) => later(ms, async () => [await confirm(max, "t"), await confirm(ada, "t")])
  expect(await at(40_000)).toEqual(["member", "admin"])
  expect(await at(60_000)).toEqual(["member", "unavailable.identity"])
  expect(await at(11 * 60_000)).toEqual(["unavailable.identity", "unavailable.identity"])
  expect(await confirm(somebody(), "t")).toBe("unavailable.identity")
})

test("of a thousand checks of two people at once none is answered with the other's standing", async () => {
  const [ada, max] = [somebody("admin"), somebody()]
  people.revoked.add("max")
  const other = await another()
  const answers = await Promise.all(
    Array.from({ length: 1_000 }, async (_, n) => {
      const who = n % 2 ? ada : max
      return [who.role, await confirm(who, who === ada ? "ada" : "max", n % 3 ? other : Standing)] as const
    }),
  )
  const mixed = answers.filter(([role, answer]) => answer !== (role === "admin" ? "admin" : "auth.revoked"))
  expect(mixed).toEqual([])
})

test("the sweep closes the sockets of a session that was signed out and of a role that was lost, and no other", async () => {
  const open = async (who: Standing.Session, connectionId: string, token?: string) => {
    await confirm(who, token)
    if (token) await Standing.keepToken(who, { token, expiresAt: Date.now() + HOUR })
    await Connection.create({ ...who, connectionId, expiresAt: Date.now() + HOUR })
  }
  const [phone, laptop, ada, eve] = [somebody(), somebody(), somebody("admin"), somebody("admin")]
  await open(phone, "phone-1", "of-phone")
  await open(phone, "phone-2", "of-phone")
  await open({ ...laptop, userId: phone.userId }, "laptop-1", "of-laptop")
  await open(ada, "ada-1")
  await open(eve, "eve-1")
  expect(await Connection.sweep()).toMatchObject({ unwelcome: 0 })
  people.revoked.add("of-phone")
  people.groups.set(ada.userId, ["member"])
  expect(await Connection.sweep()).toMatchObject({ unwelcome: 3 })
  expect(people.asked.filter((each) => each.startsWith("DELETE")).toSorted()).toEqual([
    "DELETE ada-1",
    "DELETE phone-1",
    "DELETE phone-2",
  ])
  people.silence(true)
  expect(await Connection.sweep()).toMatchObject({ unwelcome: 0 })
})
