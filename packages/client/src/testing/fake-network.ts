import type { WebSocketLike } from "../socket/index.ts"
import type { Chaos } from "./chaos.ts"

export type Frame = Record<string, unknown> & { id: string; action: string }

/** A socket of the fake service. */
export class FakeConnection implements WebSocketLike {
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

/** Gives the ack of a frame, or an error: what has a `code`. */
type Act = (connection: FakeConnection, frame: Frame) => object

/** Connections to a service that keeps the contract, over a network that does not. */
export function createFakeNetwork(chaos: Chaos, act: Act) {
  let connections: FakeConnection[] = []

  function late(run: () => void): void {
    setTimeout(run, chaos.delayMs === 0 ? 0 : Math.floor(chaos.random() * chaos.delayMs))
  }

  function answer(connection: FakeConnection, frame: Frame, body: object): void {
    if (chaos.random() < chaos.cut) return connection.cut()
    if (chaos.random() < chaos.drop) return
    late(() => connection.say({ type: "ack", ...body, id: frame.id }))
  }

  function take(connection: FakeConnection, text: string): void {
    const frame = JSON.parse(text) as Frame
    if (chaos.random() < chaos.drop) return
    late(() => {
      const outcome = act(connection, frame)
      if (!("code" in outcome)) return answer(connection, frame, outcome)
      late(() => connection.say({ type: "error", id: frame.id, ...outcome }))
    })
  }

  return {
    connect: (user: string): WebSocketLike =>
      new FakeConnection(user, { opened: (connection) => connections.push(connection), take }),
    /** Tells a frame to everyone who listens. */
    publish(frame: object, except?: FakeConnection): void {
      for (const connection of connections.filter(({ joined }) => joined))
        for (let copy = 0; copy < (chaos.random() < chaos.double ? 2 : 1); copy++) {
          if (connection === except || chaos.random() < chaos.drop) continue
          late(() => connection.say(chaos.random() < 0.3 ? [frame] : frame))
        }
    },
    cutAll(): void {
      for (const connection of connections) connection.cut()
      connections = []
    },
    get users(): string[] {
      return [...new Set(connections.map(({ user }) => user))]
    },
  }
}
