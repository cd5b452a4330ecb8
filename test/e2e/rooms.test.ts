import { afterAll, beforeAll, expect, it } from "vitest"
import { seeded } from "../../packages/client/src/testing/chaos.ts"
import type { Product } from "../../packages/start/src/product.ts"
import { checkLog, checkReader } from "../../packages/core/test/room/check-log.ts"
import { until } from "./product.ts"
import { startHere } from "./support/cloud.ts"
import { type Frame, personOf, Socket } from "./support/socket.ts"

let local: Product
let [ada, max, mia]: ReturnType<typeof personOf>[] = []
const ids: string[] = []
beforeAll(async () => {
  local = await startHere()
  ;[ada, max, mia] = [0, 1, 2].map((person) => personOf(local, person))
  for (const each of [ada, max, mia]) ids.push((await each!("/me")).body.id)
})
afterAll(() => local?.stop())

it("lets two people talk: each hears each message once and in order, and who was away gets exactly what was missed", async () => {
  const made = await ada!("/rooms", { name: "Stage left", visibility: "public" })
  expect(made).toMatchObject({ status: 201, body: { id: expect.stringMatching(/^rom_/), seq: 0, role: "owner" } })
  const room = made.body.id
  const [a, b] = [await Socket.open(local, 0), await Socket.open(local, 1)]
  expect(await a.ask("room.join", { room })).toMatchObject({ type: "ack", seq: 0, messages: [], epoch: made.body.epoch })
  expect(await b.ask("room.join", { room })).toMatchObject({
    type: "ack",
    members: expect.arrayContaining([expect.objectContaining({ id: ids[1], role: "guest" })]),
  })
  const acks = []
  for (let n = 1; n <= 12; n++) acks.push(await (n % 3 ? a : b).ask("room.send", { room, text: `line ${n}`, clientId: `c${n}` }))
  expect(acks.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  for (const socket of [a, b]) {
    const heard = await socket.heard("message", 12)
    expect(heard.map(({ seq, text }) => [seq, text]).sort(([x], [y]) => x - y)).toEqual(
      acks.map(({ seq }) => [seq, `line ${seq}`]),
    )
  }
  b.close()
  for (let n = 13; n <= 22; n++) await a.ask("room.send", { room, text: `line ${n}`, clientId: `c${n}` })
  const back = await Socket.open(local, 1)
  const joined = await back.ask("room.join", { room, after: { epoch: made.body.epoch, seq: 12 } })
  expect(joined).toMatchObject({ recovered: true, seq: 22 })
  expect(joined.messages.map(({ seq }: any) => seq)).toEqual([13, 14, 15, 16, 17, 18, 19, 20, 21, 22])
  a.close()
  back.close()
})

const room = async (visibility: string, members: string[] = []) =>
  (await ada!("/rooms", { name: `A ${visibility} room`, visibility, members })).body.id as string

/** Everything a stranger could try on a room. */
async function tried(id: string, socket: Socket): Promise<unknown[]> {
  const shown = async (path: string, body?: unknown, method?: string) => {
    const { status, body: said } = await mia!(path, body, method)
    return { path: path.replace(id, "…"), method, status, said: { ...said, requestId: undefined } }
  }
  const actions: [string, object][] = [
    ["room.join", {}],
    ["room.join", { after: { epoch: "e", seq: 1 } }],
    ["room.leave", {}],
    ["room.send", { text: "hello", clientId: "c" }],
    ["room.send", { text: "hello", clientId: "c", n: 1 }],
    ["room.history", {}],
    ["room.edit", { seq: 1, text: "mine" }],
    ["room.react", { seq: 1, emoji: "x" }],
    ["room.read", { seq: 1 }],
    ["room.typing", { on: true }],
    ["room.call", { on: true }],
    ["room.call", { on: false }],
  ]
  const answers: unknown[] = []
  for (const [action, more] of actions)
    answers.push({ action, ...(await socket.ask(action, { room: id, ...more })), id: undefined })
  return [
    ...answers,
    await shown(`/rooms/${id}`),
    await shown(`/rooms/${id}/messages`),
    await shown(`/rooms/${id}/members`),
    await shown(`/rooms/${id}/runs/run_${"0".repeat(26)}`),
    await shown(`/rooms/${id}/members`, {}, "POST"),
    await shown(`/rooms/${id}/members`, { userId: ids[1] }, "POST"),
    await shown(`/rooms/${id}/members`, { userId: ids[0] }, "DELETE"),
    await shown(`/rooms/${id}/call`, {}, "POST"),
    await shown(`/rooms/${id}/connections`),
    await shown(`/rooms/${id}/notices`, { text: "Mine" }, "POST"),
  ]
}

it("shows a stranger no difference between a private, a direct, a banning and no room at all, and no trace of trying", async () => {
  const priv = await room("private", [ids[1]!])
  const direct = await room("direct", [ids[1]!])
  const banning = await room("public")
  await ada!(`/rooms/${banning}/members`, { userId: ids[2], ban: true }, "DELETE")
  const socket = await Socket.open(local, 2)
  const nothing = await tried(`rom_${"0".repeat(26)}`, socket)
  for (const id of [priv, direct, banning, "nonsense"]) expect(await tried(id, socket)).toEqual(nothing)
  expect(nothing).toHaveLength(22)
  expect(nothing.every((each) => JSON.stringify(each).includes("missing.room"))).toBe(true)
  for (const id of [priv, direct]) {
    const { items } = (await ada!(`/rooms/${id}/members`)).body
    expect(items.map((each: Frame) => each.id).sort()).toEqual([ids[0], ids[1]].sort())
  }
  expect(JSON.stringify((await mia!("/rooms?limit=50")).body)).not.toContain(priv)
  socket.close()
})

it("has one direct room of two people, whoever asks, and lists one's rooms with what is unread", async () => {
  const [one, other] = await Promise.all([
    ada!("/rooms", { name: "Us", visibility: "direct", members: [ids[2]] }),
    mia!("/rooms", { name: "We", visibility: "direct", members: [ids[0]] }),
  ])
  expect([one.status, other.status, one.body.id]).toEqual([201, 201, other.body.id])
  const socket = await Socket.open(local, 0)
  await socket.ask("room.join", { room: one.body.id })
  for (const n of [1, 2, 3]) await socket.ask("room.send", { room: one.body.id, text: `${n}`, clientId: `${n}` })
  const items: Frame[] = []
  for (let cursor: string | undefined = ""; cursor !== undefined;) {
    const { body } = await mia!(`/rooms?limit=2${cursor && `&cursor=${cursor}`}`)
    items.push(...body.items)
    cursor = body.next
  }
  expect(new Set(items.map(({ id }) => id)).size).toBe(items.length)
  expect(items.find(({ id }) => id === one.body.id)).toMatchObject({ unread: 3, role: "member", visibility: "direct" })
  expect((await mia!(`/rooms/${one.body.id}/messages?limit=2`)).body).toMatchObject({ items: [{ seq: 2 }, { seq: 3 }], next: 2 })
  expect((await ada!(`/rooms/${one.body.id}/members`, { userId: ids[1] }, "POST")).body.code).toBe("conflict.direct")
  socket.close()
})

it("takes a room from somebody at once: actions are refused, live frames stop, and a ban outlives the wish to come back", async () => {
  const id = await room("public")
  const [a, b] = [await Socket.open(local, 0), await Socket.open(local, 1)]
  for (const socket of [a, b]) await socket.ask("room.join", { room: id })
  await a.ask("room.send", { room: id, text: "before", clientId: "1" })
  await b.heard("message", 1)
  expect((await max!(`/rooms/${id}/members`, { userId: ids[0] }, "DELETE")).status).toBe(403)
  expect((await ada!(`/rooms/${id}/members`, { userId: ids[1], ban: true }, "DELETE")).status).toBe(200)
  expect(await b.ask("room.send", { room: id, text: "still here", clientId: "2" })).toMatchObject({ code: "missing.room" })
  expect(await b.ask("room.join", { room: id })).toMatchObject({ code: "missing.room" })
  expect(await b.heard("notice", 1)).toMatchObject([{ code: "room.removed", room: id }])
  await a.ask("room.send", { room: id, text: "after", clientId: "3" })
  await a.heard("message", 2)
  expect(b.of("message").map(({ text }) => text)).toEqual(["before"])
  expect((await ada!(`/rooms/${id}/members`, { userId: ids[1] }, "POST")).status).toBe(201)
  expect(await b.ask("room.join", { room: id })).toMatchObject({ type: "ack", seq: 2 })
  expect((await ada!(`/rooms/${id}/members`, {}, "DELETE")).body.code).toBe("conflict.owner")
  expect((await ada!(`/rooms/${id}/members`, { userId: ids[1], role: "owner" }, "POST")).body.role).toBe("owner")
  expect((await ada!(`/rooms/${id}/members`, {}, "DELETE")).status).toBe(200)
  for (const socket of [a, b]) socket.close()
})

it("tells everybody of edits, reactions, read marks and who types, and of who comes", async () => {
  const id = await room("public")
  const a = await Socket.open(local, 0)
  await a.ask("room.join", { room: id })
  const b = await Socket.open(local, 1)
  await b.ask("room.join", { room: id })
  expect(await a.heard("presence", 1)).toMatchObject([{ room: id, joined: [{ id: ids[1] }], left: [] }])
  await b.ask("room.send", { room: id, text: "Dors at seven", clientId: "1" })
  for (const [action, more] of [
    ["room.edit", { seq: 1, text: "Doors at seven" }],
    ["room.react", { seq: 1, emoji: "🎺" }],
    ["room.read", { seq: 1 }],
    ["room.typing", { on: true }],
  ] as const)
    expect(await b.ask(action, { room: id, ...more })).toMatchObject({ type: "ack" })
  expect(await a.heard("message.edited", 1)).toMatchObject([{ room: id, seq: 1, text: "Doors at seven" }])
  expect(await a.heard("reaction", 1)).toMatchObject([{ seq: 1, emoji: "🎺", on: true, user: { id: ids[1] } }])
  expect(await a.heard("read", 1)).toMatchObject([{ seq: 1, user: { id: ids[1] } }])
  expect(await a.heard("typing", 1)).toMatchObject([{ on: true, user: { id: ids[1] } }])
  expect(b.of("typing")).toEqual([])
  expect((await b.ask("room.history", { room: id })).messages).toMatchObject([
    { text: "Doors at seven", reactions: { "🎺": [ids[1]] } },
  ])
  expect(await b.ask("room.leave", { room: id })).toMatchObject({ type: "ack" })
  expect(await a.heard("presence", 2)).toMatchObject([{}, { left: [{ id: ids[1] }] }])
  for (const socket of [a, b]) socket.close()
})

it("loses, doubles and swaps nothing while sockets are reset again and again", async () => {
  const id = await room("public")
  const acks: { seq: number; user: string; clientId: string }[] = []
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
  const random = seeded(seed)
  let resets = 0
  async function person(n: number, count: number) {
    const seen = new Map<number, Frame>()
    let socket = await Socket.open(local, n)
    let position: { epoch: string; seq: number } | undefined
    const join = async () => {
      for (let more = true; more;) {
        const ack = await socket.ask("room.join", { room: id, after: position })
        if (position) expect(ack.recovered).toBe(true)
        for (const message of ack.messages) seen.set(message.seq, message)
        position = ack.next ?? { epoch: ack.epoch, seq: ack.seq }
        more = ack.next !== undefined
      }
    }
    const again = async () => {
      resets++
      socket = await Socket.open(local, n)
      await join()
    }
    await join()
    for (let sent = 1; sent <= count;) {
      if ((sent * 7 + n) % 5 === 0 && random() < 0.6) socket.socket.terminate()
      try {
        const ack = await socket.ask("room.send", { room: id, text: `${sent}`, clientId: `${n}-${sent}` })
        if (ack.type !== "ack") throw new Error(ack.code)
        acks.push({ seq: ack.seq, user: ids[n]!, clientId: `${n}-${sent}` })
        sent++
      } catch {
        await again()
      }
    }
    return async () => {
      await again()
      socket.close()
      return [...seen.values()].sort((x, y) => x.seq - y.seq)
    }
  }
  const finish = await Promise.all([0, 1, 2].map((n) => person(n, 15)))
  const logs = await Promise.all(finish.map((each) => each()))
  const entries = logs.map((log) =>
    log.map(({ seq, user, clientId }) => ({ seq, user: user.id, clientId, n: Number(clientId.slice(2)) })),
  )
  for (const each of entries) {
    expect(checkLog(each, acks)).toEqual([])
    expect(checkReader(each, entries[0]!)).toEqual([])
  }
  console.log(
    `SEED=${seed}: 45 messages of 3 people, ${resets} sockets lost: ${entries[0]!.length} in each log, 0 lost, 0 doubled, 0 swapped`,
  )
  expect(entries[0]).toHaveLength(45)
})

it("lets a room ask the assistant: its answer streams to everybody and is one message of the log", async () => {
  const id = await room("public")
  const [a, b] = [await Socket.open(local, 0), await Socket.open(local, 1)]
  for (const socket of [a, b]) await socket.ask("room.join", { room: id })
  // The answer fills the first page, so the worker moves it.
  for (const n of [1, 2, 3, 4, 5, 6]) await b.ask("room.send", { room: id, text: "·", clientId: `${n}` })
  const question = { room: id, text: "@assistant How many concerts are there?", clientId: "q" }
  const asked = await a.ask("room.send", question)
  expect(await a.ask("room.send", question)).toMatchObject({ seq: asked.seq, messageId: asked.messageId })
  const answer = await until(
    "the assistant's answer",
    async () => b.of("message").find(({ user }) => user.id === "assistant"),
    40_000,
  )
  expect(answer).toMatchObject({ room: id, user: { name: "Assistant" }, text: expect.stringMatching(/\S/) })
  for (const socket of [a, b]) {
    const events = socket.of("chat.event")
    expect(events.length).toBeGreaterThan(0)
    expect(events.every((event) => event.room === id)).toBe(true)
  }
  const { items } = (await max!(`/rooms/${id}/messages`)).body
  expect(items.filter(({ user }: Frame) => user.id === "assistant")).toHaveLength(1)
  expect(JSON.stringify((await ada!("/conversations")).body)).not.toContain("A public room")

  // Whoever reads the room later sees the same proof; nobody else does, nor another room's.
  const { clientId: run } = items.find(({ user }: Frame) => user.id === "assistant")
  const proof = (await mia!(`/rooms/${id}/runs/${run}`)).body
  expect(proof.state).toBe("done")
  expect(proof.events.filter(({ kind }: Frame) => kind === "receipt")).not.toHaveLength(0)
  expect((await mia!(`/runs/${run}`)).body.code).toBe("missing.run")
  expect((await ada!(`/rooms/${await room("public")}/runs/${run}`)).body.code).toBe("missing.run")
  for (const socket of [a, b]) socket.close()
})

it("lets the owner and administrators see who listens and announce to all of them; nobody else may, and it is no message", async () => {
  const { body } = await max!("/rooms", { name: "Max's", visibility: "public" })
  const id = body.id as string
  const sockets = [await Socket.open(local, 1), await Socket.open(local, 2), await Socket.open(local, 2)]
  for (const socket of sockets) await socket.ask("room.join", { room: id })
  const listening = [
    { id: ids[1], connections: 1 },
    { id: ids[2], connections: 2 },
  ]
  for (const person of [max!, ada!])
    expect((await person(`/rooms/${id}/connections`)).body.items).toEqual(
      expect.arrayContaining(listening.map((each) => expect.objectContaining(each))),
    )
  const page = (await max!(`/rooms/${id}/connections?limit=1`)).body
  expect((await max!(`/rooms/${id}/connections?limit=1&cursor=${page.next}`)).body.items).toHaveLength(1)
  for (const [path, more] of [["connections"], ["notices", { text: "Mine" }]] as const)
    expect(await mia!(`/rooms/${id}/${path}`, more)).toMatchObject({ status: 403, body: { code: "forbidden.room" } })

  const by = { id: ids[1], name: "Max Member" }
  expect(await max!(`/rooms/${id}/notices`, { text: " Doors in ten ", clientId: "1" })).toMatchObject({ status: 202 })
  expect(await max!(`/rooms/${id}/notices`, { text: "Doors in ten", clientId: "1" })).toMatchObject({ status: 202 })
  expect(await ada!(`/rooms/${id}/notices`, { text: "By an administrator" })).toMatchObject({ status: 202 })
  for (const socket of sockets) {
    const heard = (await socket.heard("notice", 3)) as Frame[]
    const [first, again] = heard.filter(({ text }) => text === "Doors in ten")
    expect(first).toMatchObject({ code: "room.notice", room: id, by, at: expect.any(Number) })
    expect(again!.id).toBe(first!.id)
    expect(heard.find(({ text }) => text === "By an administrator")).toMatchObject({ by: { id: ids[0] } })
  }
  expect((await max!(`/rooms/${id}`)).body.seq).toBe(0)
  expect((await max!(`/rooms/${id}/notices`, { text: "x".repeat(501) })).body.code).toBe("input.invalid")
  for (const socket of sockets) socket.close()
})

it("tells when somebody was last here: as they leave, and a while after they were lost", async () => {
  const id = await room("public")
  const [a, b] = [await Socket.open(local, 0), await Socket.open(local, 1)]
  for (const socket of [a, b]) await socket.ask("room.join", { room: id })
  const seen = async () => (await ada!(`/rooms/${id}/members`)).body.items.find((each: Frame) => each.id === ids[1]).seenAt
  expect(await seen()).toBeUndefined()
  await b.ask("room.leave", { room: id })
  const [, { left }] = (await a.heard("presence", 2)) as [Frame, Frame]
  expect(left).toMatchObject([{ id: ids[1], seenAt: expect.any(Number) }])
  expect(await seen()).toBe(left[0].seenAt)

  await b.ask("room.join", { room: id })
  b.socket.terminate()
  const lost = await until("the loss is told", async () => {
    local.cloud.clock.advance(5_000)
    return a.of("presence").find((each) => each.left[0]?.seenAt > left[0].seenAt)
  })
  expect(await seen()).toBe(lost.left[0].seenAt)
  const again = await Socket.open(local, 2)
  const { members } = await again.ask("room.join", { room: id })
  expect(members.find((each: Frame) => each.id === ids[1])).toMatchObject({ present: false, seenAt: lost.left[0].seenAt })
  for (const socket of [a, again]) socket.close()
})

it("shows who is in a room's call, live and to who comes later, until the last device has left or was lost", async () => {
  const id = await room("public")
  const [a, phone, laptop] = [await Socket.open(local, 0), await Socket.open(local, 1), await Socket.open(local, 1)]
  expect((await a.ask("room.join", { room: id })).call).toEqual([])
  for (const each of [phone, laptop]) await each.ask("room.join", { room: id })
  for (const each of [phone, laptop]) expect(await each.ask("room.call", { room: id, on: true })).toMatchObject({ type: "ack" })
  const [first] = (await a.heard("call", 1)) as [Frame]
  expect(first).toMatchObject({ room: id, joined: [{ id: ids[1], name: "Max Member" }], left: [] })
  const later = await Socket.open(local, 2)
  expect((await later.ask("room.join", { room: id })).call).toMatchObject([{ id: ids[1], name: "Max Member" }])

  await phone.ask("room.call", { room: id, on: false })
  await laptop.ask("room.call", { room: id, on: true })
  expect(a.of("call").flatMap(({ left }) => left)).toEqual([])
  laptop.socket.terminate()
  await until("the loss is told", async () => {
    local.cloud.clock.advance(5_000)
    return a.of("call").some(({ left }) => left[0]?.id === ids[1])
  })
  expect((await later.ask("room.join", { room: id })).call).toEqual([])

  await phone.ask("room.call", { room: id, on: true })
  await ada!(`/rooms/${id}/members`, { userId: ids[1] }, "DELETE")
  await until("the removal is told", async () => a.of("call").filter(({ left }) => left[0]?.id === ids[1]).length === 2)
  expect(await phone.ask("room.call", { room: id, on: true })).toMatchObject({ type: "error", code: "missing.room" })
  for (const socket of [a, phone, later]) socket.close()
})

it("says how calls are set up where they are not", async () => {
  const id = await room("private")
  expect(await ada!(`/rooms/${id}/call`, {}, "POST")).toMatchObject({
    status: 409,
    body: { code: "conflict.not_configured", message: expect.stringContaining("/backline/local/livekit/url") },
  })
})
