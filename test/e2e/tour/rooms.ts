import { expect, it } from "vitest"
import { until } from "../product.ts"
import { depths } from "../support/cloud.ts"
import { type Frame, Socket } from "../support/socket.ts"
import { strangers } from "./strangers.ts"
import { breaking, type World } from "./world.ts"

const MINUTE = 60_000

/** Everything that rooms and sockets may do. */
export function rooms({ local, person }: World): void {
  const idOf = async (number: number): Promise<string> => (await person(number)("/me")).body.id
  const made = async (name: string): Promise<string> => (await person(0)("/rooms", { name, visibility: "public" })).body.id
  const answered = (socket: Socket, room: string) =>
    until(
      "the assistant has answered",
      async () => socket.of("message").some((each) => each.room === room && each.user.id === "assistant"),
      40_000,
    )
  const say = (socket: Socket, room: string, text: string) =>
    socket.ask("room.send", { room, text, clientId: `${text} ${Math.random()}` })

  it("talks in a room, reads it over HTTP, and has the assistant answer at the end of its page", async () => {
    const [ada, max] = [person(0), person(1)]
    const room = await made("Stage")
    const socket = await Socket.open(local(), 0)
    await socket.ask("room.join", { room })
    for (let n = 1; n <= 15; n++) await say(socket, room, `line ${n}`)
    for (const [action, more] of [
      ["room.edit", { seq: 2, text: "line two" }],
      ["room.edit", { seq: 14, text: "line fourteen" }],
      ["room.react", { seq: 2, emoji: "🎺", on: true }],
      ["room.react", { seq: 14, emoji: "🎺", on: true }],
      ["room.read", { seq: 15 }],
      ["room.typing", { on: true }],
      ["room.call", { on: true }],
      ["room.call", { on: false }],
      ["room.history", { before: 3 }],
    ] as const)
      expect(await socket.ask(action, { room, ...more })).toMatchObject({ type: "ack" })
    expect((await ada(`/rooms/${room}`)).body.seq).toBe(15)
    expect((await ada(`/rooms/${room}/messages?limit=3&before=4`)).body.items).toHaveLength(3)
    expect((await max(`/rooms/${room}/members`, {})).status).toBe(201)
    expect((await ada(`/rooms/${room}/members`)).body.items).toHaveLength(2)
    expect(JSON.stringify((await max("/rooms")).body)).toContain(room)
    expect((await ada(`/rooms/${room}/call`, {})).body.code).toBe("conflict.not_configured")
    const direct = { name: "Us", visibility: "direct", members: [await idOf(1)] }
    expect((await ada("/rooms", direct)).body.id).toBe((await ada("/rooms", direct)).body.id)
    await say(socket, room, "the page after")
    await say(socket, room, "@assistant how many concerts are there?")
    await answered(socket, room)
    const { clientId: run } = socket.of("message").find(({ user }) => user.id === "assistant")!
    expect((await max(`/rooms/${room}/runs/${run}`)).body.events.length).toBeGreaterThan(1)
    expect((await max(`/rooms/${room}/members`, {}, "DELETE")).status).toBe(200)
    expect((await max(`/rooms/${room}/members`, {})).status).toBe(201)
    expect((await ada(`/rooms/${room}/members`, { userId: await idOf(1), ban: true }, "DELETE")).status).toBe(200)
    await socket.ask("room.leave", { room })
    socket.close()
  })

  it.each([1, 3])("forgets readers who are gone, and tells the others, where a roster has %s levels", async (depth) => {
    const stranger = strangers(local())
    const room = await made("Hall")
    const [a, b] = [await Socket.open(local(), 0), await Socket.open(local(), 1)]
    await a.ask("room.join", { room })
    await b.ask("room.join", { room })

    const first = await stranger.listening(room, depth)
    await say(a, room, "is everybody here?")
    await stranger.forgotten(first, room)

    const second = await stranger.listening(room, depth)
    await say(a, room, "@assistant how many venues are there?")
    await answered(b, room)
    await stranger.forgotten(second, room)

    // A row of Max's that nobody knows to be dead is met when Max is told of being removed.
    const third = await stranger.row(await idOf(1), `room-of-${depth}`, { ago: MINUTE, left: MINUTE })
    const fourth = await stranger.listening(room, depth)
    expect((await person(0)(`/rooms/${room}/members`, { userId: await idOf(1) }, "DELETE")).status).toBe(200)
    await stranger.forgotten(third, `room-of-${depth}`)
    await stranger.forgotten(fourth, room)
    for (const socket of [a, b]) socket.close()
    stranger.end()
  })

  it("writes down what fails in functions that write nothing about what goes well", async () => {
    const stranger = strangers(local())
    const room = await made("Foyer")
    const socket = await Socket.open(local(), 0)
    await socket.ask("room.join", { room })
    const written = (name: string) =>
      until(`${name} writes`, async () =>
        local()
          .cloud.calls.since(0, 20_000)
          .some(({ caller, operation }) => caller.includes(name) && operation === "PutLogEvents"),
      )
    const first = await breaking(local(), "SocketDefault", "dynamodb", "UpdateItem")
    expect(await say(socket, room, "one, two")).toMatchObject({ type: "error" })
    await written("SocketDefault")
    await first()
    const second = await breaking(local(), "FanOut", "execute-api", "PostToConnection")
    await stranger.listening(room, 3)
    await say(socket, room, "three, four")
    await written("FanOut")
    await second()
    socket.close()
    stranger.end()
  })

  it.each([1, 3])("tells of who was lost, and meets others who are gone, where a roster has %s levels", async (depth) => {
    const stranger = strangers(local())
    const room = await made("Lobby")
    const max = await idOf(1)
    const [a, b] = [await Socket.open(local(), 0), await Socket.open(local(), 1)]
    await a.ask("room.join", { room })
    await b.ask("room.join", { room })
    await a.heard("presence", 1)
    // The sweep would find them too.
    const mend = await breaking(local(), "ConnectionSweep", "dynamodb", "Scan")
    b.socket.terminate()
    const lost = await stranger.listening(room, depth)
    await until("the departure is told", async () => {
      local().cloud.clock.advance(5_000)
      return a.of("presence").some(({ left }) => left.some(({ id }: Frame) => id === max))
    })
    await stranger.forgotten(lost, room)
    await until("those who were met are to be told of in their turn", async () =>
      local()
        .cloud.calls.since(0, 20_000)
        .some(({ caller, operation }) => /Departures|FanOut/.test(caller) && operation === "SendMessage"),
    )
    await mend()
    a.close()
    stranger.end()
  })

  it.each([0, 1, 3])("shows who listens, announces, and closes sockets, where a roster has %s levels", async (depth) => {
    const stranger = strangers(local())
    const admin = person(0)
    const room = await made("Green room")
    const max = await idOf(1)
    const [a, b] = [await Socket.open(local(), 0), await Socket.open(local(), 1)]
    await a.ask("room.join", { room })
    await b.ask("room.join", { room })
    const lost = depth > 0 ? await stranger.listening(room, depth) : undefined
    expect((await admin(`/rooms/${room}/connections`)).body.items.length).toBeGreaterThan(1)
    expect((await admin(`/rooms/${room}/notices`, { text: "Five minutes" })).status).toBe(202)
    await b.heard("notice", 1)
    if (lost) await stranger.forgotten(lost, room)
    const rows = await Promise.all(
      [1, 2, 3].map((n) => stranger.row(max, `room-of-${depth}-${n}`, { ago: MINUTE, left: MINUTE })),
    )
    const { items } = (await admin(`/people/${max}/connections`)).body
    expect(items.length).toBeGreaterThanOrEqual(4)
    const one = `/people/${max}/connections/${encodeURIComponent(rows[0]!.connectionId)}`
    expect((await admin(one, undefined, "DELETE")).body).toEqual({ closed: 1 })
    expect((await admin(`/people/${max}/connections`, undefined, "DELETE")).body.closed).toBe(items.length - 1)
    for (const [n, each] of rows.entries()) await stranger.forgotten(each, `room-of-${depth}-${n + 1}`)
    await until("the live socket is closed too", async () => b.socket.readyState === b.socket.CLOSED)
    a.close()
    stranger.end()
  })

  it("traces a room and a person: handshakes, frames, what HTTP and queues send, and the end", async () => {
    const room = await made("Control room")
    const max = await idOf(1)
    const [admin, talker] = [await Socket.open(local(), 0), await Socket.open(local(), 1)]
    expect(await talker.ask("tap.start", { room })).toMatchObject({ type: "error", code: "forbidden.role" })
    const ofRoom = await admin.ask("tap.start", { room })
    const ofMax = await admin.ask("tap.start", { user: max })
    // All functions know of it after this.
    local().cloud.clock.advance(10_000)
    const caught = (tap: Frame): Frame[] => admin.of("tap").flatMap((each) => (each.tap === tap.tap ? each.events : []))
    const has = (tap: Frame, what: string, more: object = {}) =>
      caught(tap).some((line) => line.what === what && Object.entries(more).every(([name, value]) => line[name] === value))
    /** Does it until its line is there: a busy machine leaves lines out rather than let them delay what they tell of. */
    const catching = (act: () => Promise<unknown>, isCaught: () => boolean) =>
      until(
        `${isCaught} of ${JSON.stringify(caught(ofRoom))} and ${JSON.stringify(caught(ofMax))}`,
        async () => {
          await act()
          return isCaught()
        },
        40_000,
        500,
      )
    await catching(
      async () => {
        const other = await Socket.open(local(), 1)
        await other.ask("room.join", { room })
        other.close()
      },
      () =>
        has(ofMax, "$connect", { outcome: "open" }) &&
        [ofMax, ofRoom].every((tap) => has(tap, "$disconnect", { outcome: "closed" })),
    )
    await talker.ask("room.join", { room })
    await catching(
      () => say(talker, room, "nobody reads this in a trace"),
      () =>
        [ofRoom, ofMax].every((tap) => has(tap, "room.send", { outcome: "ack" })) &&
        has(ofRoom, "message", { outcome: "posted", to: 1 }),
    )
    await catching(
      () => Promise.all(Array.from({ length: 12 }, (_, n) => say(talker, room, `busy ${n}`))),
      () =>
        has(ofRoom, "message", { outcome: "queued" }) &&
        caught(ofRoom).some(({ outcome, frames }) => outcome === "posted" && frames > 1),
    )
    let notices = 0
    await catching(
      async () => ++notices > 9 || person(0)(`/rooms/${room}/notices`, { text: "Quiet, please" }),
      () => caught(ofRoom).some(({ what }) => /notice/.test(what)),
    )
    await talker.ask("chat.send", { text: "How many concerts are there?", clientId: "traced" })
    await catching(
      () => new Promise((resolve) => setTimeout(resolve, 100)),
      () => has(ofMax, "chat.event", { outcome: "posted" }),
    )
    expect(JSON.stringify(admin.of("tap"))).not.toMatch(/nobody reads|busy \d|Quiet|How many/)
    await admin.ask("tap.stop", { tap: ofMax.tap })
    admin.close()
    talker.close()
  })

  it("finds a person's dead sockets when an answer is posted to them", async () => {
    const stranger = strangers(local())
    const dead = await stranger.row(await idOf(0), "a-room-of-old", { ago: MINUTE, left: MINUTE })
    expect((await person(0)("/chat", { text: "How many artists are there?" })).status).toBeLessThan(300)
    await stranger.forgotten(dead, "a-room-of-old")
    stranger.end()
  })

  it("sweeps what nobody told: sockets that died, tokens that ended, places without a socket", async () => {
    const stranger = strangers(local())
    const socket = await Socket.open(local(), 0)
    const left = [
      await stranger.row("usr-idle", "a-topic", { ago: 11 * MINUTE, left: 20 * MINUTE }),
      await stranger.row("usr-expired", "a-topic", { ago: MINUTE, left: -MINUTE }),
    ]
    const ghost = await stranger.listening("a-topic", 1)
    expect((await person(0)("/notices", { text: "The house is open" })).status).toBe(202)
    local().cloud.clock.advance(MINUTE)
    for (const each of [...left, ghost]) await stranger.forgotten(each, "a-topic")
    await socket.heard("notice", 1)
    const swept = local()
      .cloud.calls.since(0, 20_000)
      .filter(({ caller }) => caller.includes("ConnectionSweep"))
      .map(({ operation }) => operation)
    // Whose token is known is asked about by it, unsigned, and about the groups that it claims.
    expect(swept).toEqual(
      expect.arrayContaining(["Scan", "GetConnection", "DeleteConnection", "DeleteItem", "AdminListGroupsForUser"]),
    )
    await until("everybody was told of", async () => {
      local().cloud.clock.advance(5_000)
      return Object.keys(await depths(local(), /^DepartureQueue/)).length === 0
    })
    socket.close()
    stranger.end()
  })
}
