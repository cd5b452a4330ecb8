import { DeleteCommand, ScanCommand } from "../src/dynamo/index.ts"
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest"
import { withActor } from "../src/actor.ts"
import { dynamo } from "../src/aws.ts"
import { withClock } from "../src/clock.ts"
import * as Connection from "../src/connection/index.ts"
import * as FanOut from "../src/fan-out/index.ts"
import * as Notice from "../src/notice/index.ts"
import * as Roster from "../src/roster/index.ts"
import * as Ticket from "../src/ticket/index.ts"
import { startPeople } from "./people.ts"

let people: Awaited<ReturnType<typeof startPeople>>
beforeAll(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined)
  people = await startPeople()
})
afterAll(() => people.stop())
beforeEach(() => {
  people.posted.length = people.sent.length = people.asked.length = 0
  people.statuses.clear()
})

const HOUR = 3_600_000
const later = <R>(ms: number, run: () => R) => withClock({ now: () => Date.now() + ms }, run)
const open = (userId: string, connectionId: string, expiresAt = Date.now() + HOUR) =>
  Connection.create({ connectionId, userId, role: "member", expiresAt })
const idsOf = async (userId: string) =>
  (await Connection.byUser({ userId })).items.map(({ connectionId }) => connectionId).toSorted()
const rows = async () => (await dynamo().send(new ScanCommand({ TableName: "connection", ConsistentRead: true }))).Items ?? []

test("creating and removing a connection may be repeated", async () => {
  for (let i = 0; i < 2; i++) expect(await open("bob", "c1")).toBe(true)
  expect((await Connection.byUser({ userId: "bob" })).items).toMatchObject([
    { connectionId: "c1", userId: "bob", role: "member" },
  ])
  for (let i = 0; i < 2; i++) await Connection.remove({ userId: "bob", connectionId: "c1" })
  expect(await idsOf("bob")).toEqual([])
})

test("a connection that ended before it began does not begin", async () => {
  await Connection.remove({ userId: "bob", connectionId: "early" })
  expect(await open("bob", "early")).toBe(false)
  expect(await Roster.join({ topic: "early", userId: "bob", connectionId: "early" })).toMatchObject({ joined: false })
  expect([await idsOf("bob"), await Roster.present({ topic: "early" })]).toEqual([[], []])
})

test("a person's connections come page by page, without the expired ones and without anyone else's", async () => {
  for (let i = 0; i < 7; i++) await open("eve", `p${i}`)
  await later(-3 * HOUR, () => open("eve", "expired"))
  await open("eve2", "other")
  const found: string[] = []
  let cursor: string | undefined
  do {
    const page = await Connection.byUser({ userId: "eve", limit: 3, cursor })
    found.push(...page.items.map(({ connectionId }) => connectionId))
    cursor = page.next
  } while (cursor)
  expect(found.toSorted()).toEqual(["p0", "p1", "p2", "p3", "p4", "p5", "p6"])
  await expect(Connection.byUser({ userId: "eve", cursor: "%%" })).rejects.toMatchObject({ code: "input.cursor" })
})

test("a frame reaches every socket of a person; dead ones cost one 410 each and their rows go", async () => {
  for (const connectionId of ["f1", "f2", "f3", "f4"]) await open("fan", connectionId)
  people.statuses.set("f2", 410).set("f3", 410).set("f4", 403)
  const tell = () => later(60_000, () => Connection.postToUser("fan", { type: "notice", code: "hé" }))
  expect(await tell()).toEqual({ sent: 1, gone: 2, failed: 1 })
  expect(people.posted).toEqual([{ connectionId: "f1", body: '{"type":"notice","code":"hé"}' }])
  expect(await idsOf("fan")).toEqual(["f1", "f4"])
  expect(await tell()).toEqual({ sent: 1, gone: 0, failed: 1 })
  expect(people.asked.filter((it) => it === "POST f2")).toHaveLength(1)
  expect(await Connection.post({ userId: "fan", connectionId: "f2" }, {})).toBe("gone")
  await expect(Connection.post({ userId: "fan", connectionId: "f1" }, { text: "é".repeat(70_000) })).rejects.toMatchObject({
    code: "limit.size",
  })
})

test("a frame waits for a socket that is still opening, and keeps its row when it does not open in time", async () => {
  await open("new", "n1")
  await open("new", "n2")
  let early = 3
  people.statuses.set("n1", () => (early-- > 0 ? 410 : 200)).set("n2", 410)
  expect(await Connection.postToUser("new", { type: "notice", code: "welcome" })).toEqual({ sent: 1, gone: 1, failed: 0 })
  expect(await idsOf("new")).toEqual(["n1", "n2"])
})

test("the last connection that is lost is told of a while later, once; a return in between says nothing", async () => {
  for (const connectionId of ["l1", "l2"]) await open("lea", connectionId)
  await open("max", "m1")
  const join = (userId: string, connectionId: string) => Roster.join({ topic: "rom_1", userId, connectionId })
  expect((await join("max", "m1")).joined).toBe(true)
  expect([(await join("lea", "l1")).joined, (await join("lea", "l2")).joined]).toEqual([true, false])
  await Connection.remove({ userId: "lea", connectionId: "l1" })
  expect(people.sent).toEqual([])
  for (let i = 0; i < 3; i++) await Connection.remove({ userId: "lea", connectionId: "l2" })
  expect(people.sent.map(({ queue, body }) => [queue, body])).toEqual([
    ["departures", { topic: "rom_1", userId: "lea", at: expect.any(Number) }],
  ])
  await open("lea", "l3")
  expect((await join("lea", "l3")).joined).toBe(false)
  await FanOut.departed([{ topic: "rom_1", userId: "lea", at: 7 }])
  expect(people.posted).toEqual([])
  await Connection.remove({ userId: "lea", connectionId: "l3" })
  await Promise.all(Array.from({ length: 5 }, () => FanOut.departed([{ topic: "rom_1", userId: "lea", at: 7 }])))
  expect(people.posted).toEqual([
    { connectionId: "m1", body: '{"type":"presence","room":"rom_1","joined":[],"left":[{"id":"lea","seenAt":7}]}' },
  ])
  await open("lea", "l4")
  expect((await join("lea", "l4")).joined).toBe(true)
})

test("a token's end closes the socket at the next sweep; a newer token keeps it", async () => {
  await open("tom", "t1", Date.now() + 1_000)
  await open("tom", "t2", Date.now() + HOUR)
  const socket = { userId: "tom", connectionId: "t1", role: "member", expiresAt: Date.now() + 1_000 } as const
  expect(await Connection.check(socket, socket)).toBe("member")
  await later(2_000, async () => {
    await expect(Connection.check(socket, socket)).rejects.toMatchObject({ code: "auth.expired" })
    expect(await Connection.sweep()).toMatchObject({ expired: 1, unwelcome: 0 })
  })
  expect(people.asked).toContain("DELETE t1")
  expect(await idsOf("tom")).toEqual(["t2"])
})

test("who was disabled or removed loses every socket at the next sweep", async () => {
  for (const id of ["ann", "ben", "cat"]) for (const n of [1, 2]) await open(id, `${id}${n}`)
  people.unwelcome.set("ann", "disabled").set("ben", "removed")
  expect(await Connection.sweep()).toMatchObject({ unwelcome: 4 })
  expect([await idsOf("ann"), await idsOf("ben"), await idsOf("cat")]).toEqual([[], [], ["cat1", "cat2"]])
  people.unwelcome.clear()
})

test("of two hundred sockets exactly the hundred that died without a word lose their rows and places", async () => {
  await later(4 * HOUR, () => Connection.sweep())
  const started = Date.now()
  const all = Array.from({ length: 200 }, (_, n) => ({ userId: `u${n}`, connectionId: `s${n}`, isDead: n % 2 === 0 }))
  for (let i = 0; i < all.length; i += 50)
    await Promise.all(
      all.slice(i, i + 50).map(async ({ userId, connectionId }) => {
        await open(userId, connectionId, started + HOUR)
        await Roster.join({ topic: "rom_big", userId, connectionId })
      }),
    )
  expect(await Roster.present({ topic: "rom_big" })).toHaveLength(200)
  for (const { connectionId, isDead } of all)
    if (isDead) people.statuses.set(connectionId, 410)
    else people.lastActive.set(connectionId, started + 9 * 60_000)
  expect(await later(9 * 60_000, () => Connection.sweep())).toMatchObject({ dead: 0, ghosts: 0 })
  await later(10 * 60_000 + 5_000, async () => {
    expect(await Connection.sweep()).toEqual({ dead: 100, expired: 0, unwelcome: 0, ghosts: 0, strangers: 0 })
    expect(await Connection.sweep()).toEqual({ dead: 0, expired: 0, unwelcome: 0, ghosts: 0, strangers: 0 })
  })
  const left = (await rows()).filter(({ sk }) => sk.startsWith("connection#"))
  expect(left).toHaveLength(100)
  expect(left.every(({ connectionId }) => !people.statuses.has(connectionId))).toBe(true)
  expect(await Roster.present({ topic: "rom_big" })).toHaveLength(100)
  expect(people.asked.filter((it) => it.startsWith("GET"))).toHaveLength(200)
  expect(new Set(people.sent.map(({ body }) => body.userId)).size).toBe(100)
  console.info(`200 sockets, 100 dead without a word: ${left.length} rows and 100 places left, 0 of the living removed`)
}, 60_000)

test("the sweep takes ghosts off rosters and deletes what is over: tombstones, tickets, rosters", async () => {
  await later(4 * HOUR, () => Connection.sweep())
  expect(await rows()).toEqual([])
  await withActor({ type: "user", userId: "sam", role: "member" }, () => Ticket.create({ tokenExpiresAt: 0 }))
  await open("sam", "g1")
  await Roster.join({ topic: "rom_g", userId: "sam", connectionId: "g1" })
  await Roster.join({ topic: "rom_g", userId: "gus", connectionId: "ghost" })
  await Connection.remove({ userId: "gus", connectionId: "other" })
  expect(await Connection.sweep()).toMatchObject({ ghosts: 1, dead: 0 })
  expect(await Roster.present({ topic: "rom_g" })).toEqual([{ userId: "sam" }])
  await later(20 * 60_000, () => Connection.sweep())
  expect((await rows()).map(({ pk }) => pk.split("#")[0]).toSorted()).toEqual(["topic", "user", "user"])
  people.statuses.set("g1", 410)
  await later(4 * HOUR, () => Connection.sweep())
  expect((await rows()).map(({ pk }) => pk)).toEqual([])
})

test("an administrator sees and closes a person's sockets, one or all, as often as asked, and nobody else's", async () => {
  for (const n of [1, 2, 3]) await open("kim", `k${n}`)
  await open("lou", "other")
  const first = await Connection.list({ userId: "kim", limit: "2" })
  expect(first.items).toMatchObject([{ connectionId: "k1", role: "member" }, { connectionId: "k2" }])
  expect(Object.keys(first.items[0]!).sort()).toEqual(["connectedAt", "connectionId", "expiresAt", "role"])
  expect(await Connection.list({ userId: "kim", cursor: first.next })).toMatchObject({ items: [{ connectionId: "k3" }] })
  await expect(Connection.list({ userId: "kim", cursor: Buffer.from("{}").toString("base64url") })).rejects.toMatchObject({
    code: "input.cursor",
  })
  await open("kim", "k0")
  await Connection.remove({ userId: "kim", connectionId: "k0" })
  expect((await Connection.list({ userId: "kim", limit: 1 })).items).toMatchObject([{ connectionId: "k1" }])
  expect(await Connection.list({ userId: "kim", limit: 3 })).not.toHaveProperty("next")
  expect(await Connection.closeOne({ userId: "kim", connectionId: "other" })).toEqual({ closed: 0 })
  for (const closed of [1, 0]) expect(await Connection.closeOne({ userId: "kim", connectionId: "k2" })).toEqual({ closed })
  expect(people.asked).toEqual(["DELETE k2"])
  for (const closed of [2, 0]) expect(await Connection.closeAll({ userId: "kim" })).toEqual({ closed })
  expect([await idsOf("kim"), await idsOf("lou")]).toEqual([[], ["other"]])
})

test("closing all of a person's sockets that stops half-way is finished by the next call", async () => {
  for (const n of [1, 2, 3]) await open("pat", `h${n}`)
  people.statuses.set("h2", 500)
  await expect(Connection.closeAll({ userId: "pat" })).rejects.toMatchObject({ code: "unavailable.socket" })
  people.statuses.delete("h2")
  await Connection.closeAll({ userId: "pat" })
  expect(await idsOf("pat")).toEqual([])
})

test("notices to everybody leave with the next sweep, once; a sweep that dies half-way says them again under their ids", async () => {
  await later(4 * HOUR, () => Connection.sweep())
  for (const userId of ["una", "vic"]) await open(userId, `${userId}-1`)
  const say = (text: string, clientId?: string) =>
    withActor({ type: "user", userId: "ada", role: "admin" }, () => Notice.send({ text, clientId }))
  const one = await say("Doors in ten minutes", "c1")
  expect(one).toEqual({ id: expect.stringMatching(/^ntc_/), within: 60_000 })
  expect(await say("Doors in ten minutes", "c1")).toEqual(one)
  expect((await say("Doors in five minutes", "c1")).id).not.toBe(one.id)
  people.statuses.set("vic-1", 500)
  const heard = (connectionId: string) =>
    people.posted.filter((each) => each.connectionId === connectionId).map(({ body }) => JSON.parse(body))
  /** It cannot forget what it said: as if it had died there. */
  const { send } = dynamo()
  const broken = vi.spyOn(dynamo(), "send").mockImplementation((async (command: object) => {
    if (command instanceof DeleteCommand) throw new Error("died")
    return send.call(dynamo(), command as never)
  }) as never)
  await Connection.sweep()
  broken.mockRestore()
  expect(heard("una-1")).toHaveLength(1)
  expect(heard("una-1")[0]).toMatchObject([
    { type: "notice", code: "service.notice", id: one.id, text: "Doors in ten minutes", by: { id: "ada" } },
    { text: "Doors in five minutes" },
  ])
  people.statuses.delete("vic-1")
  await Connection.sweep()
  expect(heard("vic-1").map((each) => each[0].id)).toEqual([one.id])
  expect(heard("una-1").map((each) => each[0].id)).toEqual([one.id, one.id])
  await Connection.sweep()
  expect(heard("una-1")).toHaveLength(2)
  await say("Too late")
  await later(11 * 60_000, () => Connection.sweep())
  expect([heard("una-1").length, (await rows()).filter(({ pk }) => pk.startsWith("notice#"))]).toEqual([2, []])
})

test("a socket that opens while a notice is posted keeps its row, and ten notices at a time leave", async () => {
  await later(4 * HOUR, () => Connection.sweep())
  await open("wes", "w1")
  people.statuses.set("w1", 410)
  /** More than one person may say in a minute. */
  const say = (text: string, userId = "ada") => withActor({ type: "user", userId, role: "admin" }, () => Notice.send({ text }))
  for (let n = 1; n <= 12; n++) await say(`${n} ${"\u0001".repeat(490)}`, `admin-${n % 2}`)
  await Connection.sweep()
  expect(await idsOf("wes")).toEqual(["w1"])
  people.statuses.delete("w1")
  await Connection.sweep()
  expect(people.posted.map(({ body }) => JSON.parse(body).length)).toEqual([2])
  for (const text of ["", "   ", "x".repeat(501), "nul \0"])
    await expect((async () => say(text))()).rejects.toMatchObject({ code: "input.invalid" })
})

const codeOf = (outcome: Promise<unknown>): Promise<string> => outcome.then(String, ({ code }) => code)

test("a person announces ten times a minute, to rooms and to everybody together; who is over hears for how long, and nobody else is", async () => {
  /** The first moment of a minute. */
  const start = Math.ceil(Date.now() / 60_000) * 60_000 + 4 * HOUR
  const say = (userId: string, ms: number) =>
    withClock({ now: () => start + ms }, () =>
      withActor({ type: "user", userId, role: "admin" }, () => Notice.send({ text: "Doors", clientId: "the same" })),
    )
  const many = await Promise.all(Array.from({ length: 14 }, () => codeOf(say("loud", 20_000))))
  expect(many.filter((each) => each === "limit.rate")).toHaveLength(4)
  expect(await say("loud", 45_000).catch(({ retryAfterMs }) => retryAfterMs)).toBe(15_000)
  expect(await say("calm", 45_000)).toMatchObject({ within: 60_000 })
  expect(await say("loud", 60_000)).toMatchObject({ within: 60_000 })
})
