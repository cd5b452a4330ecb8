import type { RoomMessage } from "../wire.ts"
import type { Chaos } from "./chaos.ts"
import { createFakeNetwork, type FakeConnection, type Frame } from "./fake-network.ts"

const personOf = (id: string) => ({ id, name: id, number: 1 })

/** One room of a service that keeps the contract. */
export function createFakeRoom(chaos: Chaos) {
  const network = createFakeNetwork(chaos, act)
  let log: RoomMessage[] = []
  let epoch = "e1"
  /** Connections in the call. */
  const calling = new Set<FakeConnection>()
  /** Positions before this are no longer served. */
  let forgotten = 0

  function append(clientId: string, user: string, text: string, told = true): RoomMessage {
    const seq = log.length + 1
    const message = { room: "rom_1", epoch, seq, messageId: `msg_${seq}`, clientId, user: personOf(user), text, at: seq }
    log.push(message)
    if (told) network.publish({ type: "message", ...message })
    return message
  }

  function join(connection: FakeConnection, after: { epoch: string; seq: number } | undefined): object {
    connection.joined = true
    const base = { room: "rom_1", epoch, seq: log.length, members: network.users.map(personOf), call: inCall() }
    if (!after || after.epoch !== epoch || after.seq < forgotten) return { ...base, recovered: false, messages: log.slice(-100) }
    const messages = log.slice(after.seq, after.seq + 100)
    return { ...base, recovered: true, messages, ...(after.seq + 100 < log.length ? { next: "more" } : {}) }
  }

  const inCall = () =>
    [...new Set([...calling].filter(({ readyState }) => readyState === 1).map(({ user }) => user))].map(personOf)

  function call(connection: FakeConnection, on: boolean): object {
    if (on) calling.add(connection)
    else calling.delete(connection)
    const user = personOf(connection.user)
    const isIn = inCall().some(({ id }) => id === user.id)
    network.publish({ type: "call", room: "rom_1", joined: isIn ? [user] : [], left: isIn ? [] : [user] })
    return {}
  }

  function send(connection: FakeConnection, { clientId, text, n }: { clientId: string; text: string; n: number }): object {
    const known = log.find((each) => each.clientId === clientId)
    if (known && !chaos.repeatsCount) return known
    if (n !== connection.n + 1) return { code: "conflict.order", message: "", expected: connection.n + 1 }
    if (chaos.random() < chaos.limit) return { code: "limit.rate", message: "", retryAfterMs: 200 }
    connection.n = n
    return known ?? append(clientId, connection.user, text)
  }

  function act(connection: FakeConnection, frame: Frame): object {
    if (frame.action === "room.join") return join(connection, frame.after as { epoch: string; seq: number } | undefined)
    if (frame.action === "room.send") return send(connection, frame as never)
    if (frame.action === "room.call") return call(connection, Boolean(frame.on))
    if (frame.action === "room.history") return { messages: log.slice(-Number(frame.limit)) }
    return {}
  }

  return {
    connect: network.connect,
    cutAll: network.cutAll,
    /** All positions lose their meaning. */
    newEpoch(): void {
      epoch = `e${Number(epoch.slice(1)) + 1}`
      log = log.map((message) => ({ ...message, epoch }))
    },
    /** Messages after an older position than this are not served any more. */
    forget(seq: number): void {
      forgotten = seq
    },
    /** Someone without a socket of this test writes. */
    write: (text: string, told = true, clientId = `c${log.length + 1}`) => append(clientId, "z", text, told),
    /** A frame besides the log. */
    tell: (frame: object) => network.publish({ room: "rom_1", ...frame }),
    history: (before: number, limit: number) => log.filter(({ seq }) => seq < before).slice(-limit),
    /** Who is in the call as the service sees it. */
    inCall: () => inCall().map(({ id }) => id),
    get log(): readonly RoomMessage[] {
      return log
    },
  }
}

export type FakeRoom = ReturnType<typeof createFakeRoom>
