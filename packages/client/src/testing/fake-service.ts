import type { WebSocketLike } from "../socket/index.ts"
import type { RoomMessage } from "../wire.ts"
import type { Chaos } from "./chaos.ts"

type Frame = Record<string, unknown> & { id: string; action: string }

/** A socket of the fake service. */
class FakeConnection implements WebSocketLike {
  readyState = 0
  onopen: ((event: never) => void) | null = null
  onmessage: ((event: never) => void) | null = null
  onclose: ((event: never) => void) | null = null
  onerror: ((event: never) => void) | null = null
  /** Messages of this connection so far. */
  n = 0
  joined = false
  constructor(
    readonly user: string,
    private readonly service: { opened(connection: FakeConnection): void; take(connection: FakeConnection, text: string): void },
  ) {
    setTimeout(() => {
      if (this.readyState !== 0) return
      this.readyState = 1
      this.service.opened(this)
      this.onopen?.({} as never)
    }, 5)
  }
  send(text: string) {
    if (this.readyState === 1) this.service.take(this, text)
  }
  close() {
    this.readyState = 3
  }
  cut() {
    if (this.readyState === 3) return
    this.readyState = 3
    setTimeout(() => this.onclose?.({} as never), 0)
  }
  say(frames: object | object[]) {
    if (this.readyState === 1) this.onmessage?.({ data: JSON.stringify(frames) } as never)
  }
}

/** One room of a service that keeps the contract, behind a network that does not. */
export function createFakeService(chaos: Chaos) {
  let connections: FakeConnection[] = []
  let log: RoomMessage[] = []
  let epoch = "e1"
  /** Positions at or before this are no longer served. */
  let forgotten = 0
  const newest = () => log.slice(-100)
  const personOf = (id: string) => ({ id, name: id, number: 1 })

  function late(run: () => void): void {
    setTimeout(run, chaos.delayMs === 0 ? 0 : Math.floor(chaos.random() * chaos.delayMs))
  }

  function answer(connection: FakeConnection, frame: Frame, body: object): void {
    if (chaos.random() < chaos.cut) return connection.cut()
    if (chaos.random() < chaos.drop) return
    late(() => connection.say({ type: "ack", ...body, id: frame.id }))
  }

  function publish(message: RoomMessage): void {
    for (const connection of connections.filter(({ joined }) => joined))
      for (let copy = 0; copy < (chaos.random() < chaos.double ? 2 : 1); copy++) {
        if (chaos.random() < chaos.drop) continue
        const frame = { type: "message", ...message }
        late(() => connection.say(chaos.random() < 0.3 ? [frame] : frame))
      }
  }

  function act(connection: FakeConnection, frame: Frame): object {
    switch (frame.action) {
      case "room.join": {
        connection.joined = true
        const after = frame.after as { epoch: string; seq: number } | undefined
        const here = [...new Set(connections.map(({ user }) => user))].map(personOf)
        const base = { room: "rom_1", epoch, seq: log.length, members: here }
        if (!after || after.epoch !== epoch || after.seq < forgotten) return { ...base, recovered: false, messages: newest() }
        const page = log.slice(after.seq, after.seq + 100)
        return { ...base, recovered: true, messages: page, ...(after.seq + 100 < log.length ? { next: "more" } : {}) }
      }
      case "room.history":
        return { messages: log.slice(-Number(frame.limit)) }
      case "room.send": {
        const { clientId, text, n } = frame as unknown as { clientId: string; text: string; n: number }
        const known = log.find((each) => each.clientId === clientId)
        if (known && !chaos.repeatsCount) return known
        if (n !== connection.n + 1) return { code: "conflict.order", message: "", expected: connection.n + 1 }
        if (chaos.random() < chaos.limit) return { code: "limit.rate", message: "", retryAfterMs: 200 }
        connection.n = n
        if (known) return known
        const seq = log.length + 1
        const message = {
          room: "rom_1",
          epoch,
          seq,
          messageId: `msg_${seq}`,
          clientId,
          user: personOf(connection.user),
          text,
          at: seq,
        }
        log.push(message)
        publish(message)
        return message
      }
      default:
        return {}
    }
  }

  return {
    connect(user: string): WebSocketLike {
      const connection = new FakeConnection(user, {
        opened: (each) => connections.push(each),
        take(each, text) {
          const frame = JSON.parse(text) as Frame
          if (chaos.random() < chaos.drop) return
          late(() => {
            const outcome = act(each, frame)
            if (!("code" in outcome)) return answer(each, frame, outcome)
            late(() => each.say({ type: "error", id: frame.id, ...outcome }))
          })
        },
      })
      return connection
    },
    cutAll(): void {
      for (const connection of connections) connection.cut()
      connections = []
    },
    /** All positions lose their meaning. */
    newEpoch(): void {
      epoch = `e${Number(epoch.slice(1)) + 1}`
      log = log.map((message) => ({ ...message, epoch }))
    },
    /** Messages up to a number are not served after a position any more. */
    forget(seq: number): void {
      forgotten = seq
    },
    /** Someone without a socket of this test writes. */
    write(text: string, told = true): void {
      const seq = log.length + 1
      const message = {
        room: "rom_1",
        epoch,
        seq,
        messageId: `msg_${seq}`,
        clientId: `c${seq}`,
        user: personOf("z"),
        text,
        at: seq,
      }
      log.push(message)
      if (told) publish(message)
    },
    history: (before: number, limit: number) => log.filter(({ seq }) => seq < before).slice(-limit),
    get log(): readonly RoomMessage[] {
      return log
    },
    get open(): number {
      return connections.filter(({ readyState }) => readyState === 1).length
    },
  }
}

export type FakeService = ReturnType<typeof createFakeService>
