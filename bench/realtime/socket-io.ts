import { WebSocket } from "ws"
import { inParallel } from "../../packages/core/src/parallel.ts"
import { serve } from "../local/contenders.ts"
import { packages } from "../local/install.ts"
import { newRun } from "./crowd.ts"
import { Reader, type Run, type Talker } from "./reader.ts"
import { entryOf } from "./room-client.ts"

export const SOCKET_IO = "4.8.4"
const AT_ONCE = 16

/**
 * A bare socket that speaks Socket.IO's protocol over Engine.IO 4, so that both rooms are heard by the same few lines.
 * https://socket.io/docs/v4/engine-io-protocol/ https://socket.io/docs/v4/socket-io-protocol/
 */
class SocketIoClient implements Talker {
  readonly reader: Reader
  user = ""
  private asked = 0
  private readonly waiting = new Map<number, (seq: number) => void>()

  private constructor(
    private readonly socket: WebSocket,
    run: Run,
    private readonly entered: () => void,
  ) {
    this.reader = new Reader(run)
    socket.on("message", (data: Buffer) => this.take(data.toString()))
    socket.on("error", () => undefined)
  }

  static async open(url: string, run: Run): Promise<SocketIoClient> {
    const socket = new WebSocket(`${url}/socket.io/?EIO=4&transport=websocket`, { perMessageDeflate: false })
    return new Promise((resolve, reject) => {
      socket.once("error", reject)
      const client = new SocketIoClient(socket, run, () => resolve(client))
    })
  }

  private take(packet: string): void {
    if (packet.startsWith("42")) {
      const [, message] = JSON.parse(packet.slice(2)) as [string, Parameters<typeof entryOf>[0]]
      this.reader.frames++
      this.reader.hear(entryOf(message))
    } else if (packet.startsWith("43")) {
      const [, id, body] = /^43(\d+)(.*)$/s.exec(packet)!
      this.waiting.get(Number(id))?.(JSON.parse(body!)[0].seq)
      this.waiting.delete(Number(id))
    } else if (packet.startsWith("40")) {
      this.user = JSON.parse(packet.slice(2)).sid
      this.entered()
    } else if (packet === "2") this.socket.send("3")
    else if (packet.startsWith("0")) this.socket.send("40")
  }

  send(text: string, clientId: string): Promise<number> {
    const id = ++this.asked
    return new Promise((resolve) => {
      this.waiting.set(id, resolve)
      this.socket.send(`42${id}${JSON.stringify(["send", { text, clientId }])}`)
    })
  }

  close(): void {
    this.socket.terminate()
  }
}

export interface SocketIoHall {
  pid: number
  clients: Talker[]
  run: Run
  stop(): Promise<void>
}

/** A Socket.IO server of its own process, with so many sockets in one room. */
export async function socketIoHall(count: number): Promise<SocketIoHall> {
  const { folder, remove } = await packages({ "socket.io": SOCKET_IO })
  const server = await serve((port) => [new URL("socket-io-server.mjs", import.meta.url).pathname, folder, String(port)], folder)
  const run = newRun()
  const clients: Talker[] = []
  const open = async () => void clients.push(await SocketIoClient.open(server.ws, run))
  await inParallel(Array.from({ length: count }), AT_ONCE, open)
  const stop = async () => {
    for (const client of clients) client.close()
    await server.stop()
    await remove()
  }
  return { pid: server.pid, clients, run, stop }
}
