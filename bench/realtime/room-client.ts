import { setTimeout as sleep } from "node:timers/promises"
import { type Frame, Link } from "./link.ts"
import type { Person } from "./people.ts"
import { type Entry, Reader, type Run, type Talker } from "./reader.ts"

/** One who looks at a room over a bare socket, and keeps its log. */
export class RoomClient implements Talker {
  readonly reader: Reader
  readonly user: string

  constructor(
    readonly link: Link,
    readonly room: string,
    readonly run: Run,
  ) {
    this.user = link.person.id
    this.reader = new Reader(run)
    link.listen(
      room,
      (message) => this.reader.hear(entryOf(message)),
      () => void this.reader.frames++,
    )
  }

  static async open(ws: string, person: Person, room: string, run: Run): Promise<RoomClient> {
    return new RoomClient(await Link.open(ws, person), room, run)
  }

  /** Enters the room; what was missed since the last message here is fetched. */
  async join(epoch?: string): Promise<void> {
    let position = epoch === undefined ? undefined : { epoch, seq: this.reader.log.length }
    for (;;) {
      const ack = await this.link.ask("room.join", { room: this.room, after: position })
      if (ack.type !== "ack") throw new Error(`room.join answered ${ack.code}: ${ack.message}`)
      for (const message of ack.messages) this.reader.take(entryOf(message))
      if (!ack.next) return
      position = ack.next
    }
  }

  async leave(): Promise<void> {
    await this.link.ask("room.leave", { room: this.room })
  }

  async send(text: string, clientId: string): Promise<number> {
    for (;;) {
      const answer = await this.link
        .ask("room.send", { room: this.room, text, clientId })
        .catch((): Frame => ({ code: "no answer" }))
      if (answer.type === "ack") return answer.seq as number
      if (answer.code === "no answer") this.link.count(answer.code)
      else if (answer.retryAfterMs === undefined && !/^(internal|unavailable)/.test(answer.code))
        throw new Error(`room.send answered ${answer.code}: ${answer.message}`)
      await sleep(answer.retryAfterMs ?? 100)
    }
  }

  close(): void {
    this.link.close()
  }
}

/** The client id ends in the sender's own count: `<run>-<sender>-<n>`. Of a person's sockets each is a sender with an order of its own. */
export const entryOf = ({ seq, user, clientId }: Frame): Entry => {
  const end = clientId.lastIndexOf("-")
  return { seq, user: senderOf(user.id, clientId), clientId, n: Number(clientId.slice(end + 1)) }
}

export const senderOf = (user: string, clientId: string): string => `${user} ${clientId.slice(0, clientId.lastIndexOf("-"))}`
