import { setTimeout as sleep } from "node:timers/promises"
import { WebSocket } from "ws"
import type { Person } from "./people.ts"
import { type Entry, Reader, type Run, type Talker } from "./reader.ts"

type Frame = Record<string, any>

const ANSWER_MS = 30_000

/** A bare socket of the product that keeps a room's log. */
export class RoomClient implements Talker {
  readonly reader: Reader
  /** Refusals by code. */
  readonly refused = new Map<string, number>()
  closed?: { code: number; at: number }
  private readonly waiting = new Map<string, (frame: Frame) => void>()
  private asked = 0

  private constructor(
    readonly socket: WebSocket,
    readonly user: string,
    private readonly room: string,
    private readonly run: Run,
  ) {
    this.reader = new Reader(run)
    socket.on("message", (data: Buffer) => this.take(data))
    socket.on("error", () => undefined)
    socket.once("close", (code) => (this.closed = { code, at: performance.now() }))
  }

  static async open(ws: string, person: Person, room: string, run: Run): Promise<RoomClient> {
    const socket = new WebSocket(`${ws}?ticket=${await person.ticket()}`, { perMessageDeflate: false })
    const client = new RoomClient(socket, person.id, room, run)
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject))
    return client
  }

  private take(data: Buffer): void {
    const parsed = JSON.parse(data.toString()) as Frame | Frame[]
    let heard = false
    for (const frame of Array.isArray(parsed) ? parsed : [parsed]) {
      if (frame.type === "message" && frame.room === this.room) {
        heard = true
        this.reader.hear(entryOf(frame))
      } else if (frame.id !== undefined) {
        this.waiting.get(String(frame.id))?.(frame)
        this.waiting.delete(String(frame.id))
      }
    }
    if (heard) this.reader.frames++
  }

  /** The ack or the error of one frame. */
  ask(action: string, more: object): Promise<Frame> {
    const id = `a${++this.asked}`
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${action} was not answered within ${ANSWER_MS} ms`)), ANSWER_MS)
      this.waiting.set(id, (frame) => {
        clearTimeout(timer)
        if (frame.type === "error") this.refused.set(frame.code, (this.refused.get(frame.code) ?? 0) + 1)
        resolve(frame)
      })
      this.socket.send(JSON.stringify({ action, id, ...more }))
    })
  }

  /** Enters the room; what was missed since the last message here is fetched. Gives how many were. */
  async join(epoch?: string): Promise<{ epoch: string; fetched: number }> {
    let position = epoch === undefined ? undefined : { epoch, seq: this.reader.log.length }
    let fetched = 0
    for (;;) {
      const ack = await this.ask("room.join", { room: this.room, after: position })
      if (ack.type !== "ack") throw new Error(`room.join answered ${ack.code}: ${ack.message}`)
      for (const message of ack.messages) {
        fetched++
        this.reader.take(entryOf(message))
      }
      if (!ack.next) return { epoch: ack.epoch, fetched }
      position = ack.next
    }
  }

  async send(text: string, clientId: string): Promise<number> {
    for (;;) {
      const answer = await this.ask("room.send", { room: this.room, text, clientId }).catch((error: Error) => error)
      if (answer instanceof Error) this.refused.set("no answer", (this.refused.get("no answer") ?? 0) + 1)
      else if (answer.type === "ack") return answer.seq as number
      else if (answer.retryAfterMs === undefined && !/^(internal|unavailable)/.test(answer.code))
        throw new Error(`room.send answered ${answer.code}: ${answer.message}`)
      await sleep((answer as Frame).retryAfterMs ?? 100)
    }
  }

  close(): void {
    this.socket.terminate()
  }
}

/** The client id ends in the sender's own count: `<run>-<sender>-<n>`. */
export const entryOf = ({ seq, user, clientId }: Frame): Entry => ({
  seq,
  user: user.id as string,
  clientId,
  n: Number(clientId.slice(clientId.lastIndexOf("-") + 1)),
})
