import { Agent, request } from "node:http"
import { WebSocket } from "ws"

export const CLIENTS = 10

/** What every message says; the number keeps an echo of the last one from passing for this one's. */
const message = (n: number) => JSON.stringify({ action: "echo", n, text: "Sixty-four bytes or so of a message that says little" })

/** Runs `each` by ten clients, one thing at a time each, until the time is over; resolves to how often it was done. */
async function clients<T>(open: () => Promise<T>, each: (client: T, n: number) => Promise<void>, ms: number) {
  const opened = await Promise.all(Array.from({ length: CLIENTS }, open))
  const run = async (untilMs: number) => {
    const end = performance.now() + untilMs
    let done = 0
    await Promise.all(
      opened.map(async (client) => {
        while (performance.now() < end) await each(client, done++)
      }),
    )
    return done
  }
  return { opened, run: () => run(ms), warm: () => run(ms / 3) }
}

interface Asked {
  method: string
  path: string
  body?: string
}

function ask(agent: Agent, base: string, { method, path, body }: Asked): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }
    const outgoing = request(new URL(path, base), { agent, method, headers }, (answer) => {
      let text = ""
      answer.setEncoding("utf8")
      answer.on("data", (chunk: string) => (text += chunk))
      answer.on("end", () => (answer.statusCode === 200 ? resolve(text) : reject(new Error(`${answer.statusCode}: ${text}`))))
      answer.on("error", reject)
    })
    outgoing.once("error", reject)
    outgoing.end(body)
  })
}

export interface Load {
  /** A first second or so, in which workers start and code is compiled. */
  warm(): Promise<number>
  run(): Promise<number>
  close(): void
}

/** Requests with keep-alive, by default `POST /echo`, whose answer must be what was sent. */
export async function httpLoad(base: string, ms: number, asked?: Asked): Promise<Load> {
  const { opened, run, warm } = await clients(
    async () => new Agent({ keepAlive: true, maxSockets: 1 }),
    async (agent, n) => {
      const sent = asked ?? { method: "POST", path: "/echo", body: message(n) }
      const got = await ask(agent, base, sent)
      if (!asked && got !== sent.body) throw new Error(`${base} echoed ${got.slice(0, 100)}`)
    },
    ms,
  )
  return { run, warm, close: () => opened.forEach((agent) => agent.destroy()) }
}

/** One text frame, one answer. `frame` makes what is sent, `isAnswer` knows what must come back. */
export async function socketLoad(
  address: () => Promise<string>,
  ms: number,
  frame: (n: number) => string = message,
  isAnswer: (got: string, sent: string) => boolean = (got, sent) => got === sent,
): Promise<Load> {
  const { opened, run, warm } = await clients(
    async () => {
      const socket = new WebSocket(await address(), { perMessageDeflate: false })
      await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject))
      return socket
    },
    (socket, n) =>
      new Promise((resolve, reject) => {
        const sent = frame(n)
        socket.once("message", (data) => {
          const got = data.toString()
          if (isAnswer(got, sent)) resolve()
          else reject(new Error(`${sent} was answered with ${got.slice(0, 200)}`))
        })
        socket.send(sent)
      }),
    ms,
  )
  return { run, warm, close: () => opened.forEach((socket) => socket.terminate()) }
}
