import { WebSocket } from "ws"
import type { Person } from "./people.ts"

export type Frame = Record<string, any>

const ANSWER_MS = 30_000

/** A bare socket of the product: asks, and hands what it hears of rooms to those who look at them. */
export class Link {
  /** Refusals by code. */
  readonly refused = new Map<string, number>()
  closed?: { code: number; at: number }
  private readonly waiting = new Map<string, (frame: Frame) => void>()
  private readonly rooms = new Map<string, (message: Frame) => void>()
  private readonly ends = new Map<string, () => void>()
  private asked = 0

  private constructor(
    readonly socket: WebSocket,
    readonly person: Person,
  ) {
    socket.on("message", (data: Buffer) => this.take(data))
    socket.on("error", () => undefined)
    socket.once("close", (code) => (this.closed = { code, at: performance.now() }))
  }

  static async open(ws: string, person: Person): Promise<Link> {
    const socket = new WebSocket(`${ws}?ticket=${await person.ticket()}`, { perMessageDeflate: false })
    const link = new Link(socket, person)
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject))
    return link
  }

  /** `heard` gets each message of a room, `ended` is told after each socket message that had some. */
  listen(room: string, heard: (message: Frame) => void, ended: () => void): void {
    this.rooms.set(room, heard)
    this.ends.set(room, ended)
  }

  private take(data: Buffer): void {
    const parsed = JSON.parse(data.toString()) as Frame | Frame[]
    let last: string | undefined
    for (const frame of Array.isArray(parsed) ? parsed : [parsed])
      if (frame.type === "message") {
        last = frame.room as string
        this.rooms.get(last)?.(frame)
      } else if (frame.id !== undefined) {
        this.waiting.get(String(frame.id))?.(frame)
        this.waiting.delete(String(frame.id))
      }
    if (last !== undefined) this.ends.get(last)?.()
  }

  /** The ack or the error of one frame; rejects where none comes. */
  ask(action: string, more: object, within = ANSWER_MS): Promise<Frame> {
    const id = `a${++this.asked}`
    return new Promise((resolve, reject) => {
      const late = () => {
        this.waiting.delete(id)
        reject(new Error(`${action} was not answered within ${within} ms`))
      }
      const timer = setTimeout(late, within)
      this.waiting.set(id, (frame) => {
        clearTimeout(timer)
        if (frame.type === "error") this.count(frame.code)
        resolve(frame)
      })
      this.socket.send(JSON.stringify({ action, id, ...more }))
    })
  }

  count(code: string): void {
    this.refused.set(code, (this.refused.get(code) ?? 0) + 1)
  }

  close(): void {
    this.socket.terminate()
  }
}
