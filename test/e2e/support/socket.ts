import { WebSocket } from "ws"
import type { Product } from "../../../packages/start/src/product.ts"
import { until } from "../product.ts"

export type Frame = Record<string, any>

/** A call of a demo person, by number. */
export function personOf(local: Product, person: number) {
  const { accessToken } = local.users[person]!
  return async (path: string, body?: unknown, method = body === undefined ? "GET" : "POST") => {
    const response = await fetch(`${local.addresses.http}${path}`, {
      method,
      headers: { authorization: `Bearer ${accessToken}`, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    return { status: response.status, headers: response.headers, body: (await response.json().catch(() => undefined)) as Frame }
  }
}

/** A socket that keeps what it hears. `ask` resolves with the ack or the error of its frame, `frames` has the rest. */
export class Socket {
  readonly frames: Frame[] = []
  /** Messages of the socket, whatever was in them. */
  messages = 0
  private readonly waiting = new Map<string, (frame: Frame) => void>()
  private count = 0

  private constructor(readonly socket: WebSocket) {
    socket.on("message", (data: Buffer) => {
      this.messages += 1
      /** Several frames that came together are one message. */
      for (const frame of [JSON.parse(data.toString()) as Frame | Frame[]].flat()) this.take(frame)
    })
    socket.setMaxListeners(0)
    socket.on("error", () => undefined)
  }

  private take(frame: Frame): void {
    const answer = frame.id === undefined ? undefined : this.waiting.get(frame.id)
    if (!answer) return void this.frames.push(frame)
    this.waiting.delete(frame.id)
    answer(frame)
  }

  static async open(local: Product, person: number): Promise<Socket> {
    const { body } = await personOf(local, person)("/realtime/ticket", {})
    return Socket.at(`${local.addresses.ws}?ticket=${body.ticket}`)
  }

  /** Rejects with the status where the handshake is refused. */
  static async at(url: string, origin?: string): Promise<Socket> {
    const socket = new WebSocket(url, origin === undefined ? {} : { headers: { Origin: origin } })
    const made = new Socket(socket)
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject))
    return made
  }

  /** Rejects when the socket closes first or nothing comes in time. */
  ask(action: string, more: object = {}, within = 20_000): Promise<Frame> {
    const id = `f${++this.count}`
    return new Promise((resolve, reject) => {
      const closed = () => settle(() => reject(new Error(`closed before ${action} was answered`)))
      const timer = setTimeout(() => settle(() => reject(new Error(`no answer to ${action}`))), within)
      const settle = (end: () => void) => {
        clearTimeout(timer)
        this.socket.off("close", closed)
        this.waiting.delete(id)
        end()
      }
      this.socket.once("close", closed)
      this.waiting.set(id, (frame) => settle(() => resolve(frame)))
      if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ action, id, ...more }))
      else closed()
    })
  }

  of = (type: string): Frame[] => this.frames.filter((frame) => frame.type === type)

  heard = (type: string, count: number, within = 10_000) =>
    until(`${count} frames of type ${type}`, async () => this.of(type).length >= count && this.of(type), within, 20)

  close(): void {
    this.socket.close()
  }
}
