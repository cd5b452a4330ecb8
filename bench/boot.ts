import { rm } from "node:fs/promises"
import { setTimeout as sleep } from "node:timers/promises"
import { WebSocket } from "ws"
import { caller, type Product, until } from "../test/e2e/product.ts"
import { peakMemory, processTree } from "./process-tree.ts"
import { start } from "./product.ts"
import { median, type Report } from "./table.ts"

const ROUNDS = 3
const QUESTIONS = 8

async function timed<T>(run: () => Promise<T>): Promise<[T, number]> {
  const started = performance.now()
  return [await run(), performance.now() - started]
}

/** Milliseconds from `chat.send` to the first piece of text, over the socket of a signed-in person. */
async function firstTokens(product: Product): Promise<{ token: number; roundTrip: number }> {
  const { body: ticket } = await caller(product)("/realtime/ticket", {})
  const socket = new WebSocket(`${product.ws}?ticket=${ticket.ticket}`)
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject))
  const frames = new Map<string, (frame: any) => boolean>()
  socket.on("message", (data) => {
    const frame = JSON.parse(data.toString())
    for (const [id, take] of frames) if (take(frame)) frames.delete(id)
  })
  const wait = (take: (frame: any) => boolean) =>
    new Promise<void>((resolve) => void frames.set(crypto.randomUUID(), (frame) => take(frame) && (resolve(), true)))

  const roundTrips: number[] = []
  const tokens: number[] = []
  for (let round = 0; round < QUESTIONS; round++) {
    const id = `p${round}`
    const [, trip] = await timed(async () => {
      const answered = wait((frame) => frame.id === id)
      socket.send(JSON.stringify({ action: "ping", id }))
      await answered
    })
    roundTrips.push(trip)
    let run: string | undefined
    const done = wait((frame) => frame.type === "chat.event" && frame.kind === "done" && (run === undefined || frame.run === run))
    const [, first] = await timed(async () => {
      const text = wait((frame) => frame.type === "chat.event" && frame.kind === "text")
      socket.send(
        JSON.stringify({
          action: "chat.send",
          id: `c${round}`,
          clientId: `bench-${Date.now()}-${round}`,
          text: "What can you do?",
        }),
      )
      await text
    })
    tokens.push(first)
    await done
    run = undefined
  }
  socket.close()
  return { token: median(tokens.slice(1)), roundTrip: median(roundTrips.slice(1)) }
}

/** Cold start (synthesis and bundling included), warm starts, memory at rest, and the first token. */
export async function boot(): Promise<Report> {
  await rm(".backline/assembly", { recursive: true, force: true })
  await rm(".backline/bundles", { recursive: true, force: true })
  const [first, cold] = await timed(() => start("--quiet-data"))
  await first.stop()

  const warm: number[] = []
  let figures = { token: 0, roundTrip: 0 }
  let rest = 0
  let peak = 0
  for (let round = 0; round < ROUNDS; round++) {
    const [product, ms] = await timed(() => start("--quiet-data"))
    warm.push(ms)
    if (round === ROUNDS - 1) {
      const memory = peakMemory(product.child.pid!)
      await until("health", async () => (await fetch(`${product.http}/health`)).ok)
      figures = await firstTokens(product)
      await sleep(500)
      rest = processTree(product.child.pid!).rssMb
      peak = memory.stop()
    }
    await product.stop()
  }
  return {
    bench: "boot",
    figures: {
      coldSeconds: cold / 1000,
      warmSeconds: median(warm) / 1000,
      restMb: rest,
      peakMb: peak,
      socketRoundTripMs: figures.roundTrip,
      firstTokenMs: figures.token,
      firstTokenOverRoundTrip: figures.token / figures.roundTrip,
    },
    goals: { peakMb: { max: 1024 } },
    notes: {
      coldSeconds: "to ready, with synthesis and bundling",
      warmSeconds: `to ready, templates and bundles cached (median of ${ROUNDS})`,
      restMb: "resident, all processes, after some questions",
      peakMb: "greatest sum of resident memory over all processes",
      socketRoundTripMs: "ping and its ack through a real handler (median)",
      firstTokenMs: "chat.send to the first text frame (median): ack, queue, worker, model, log, socket",
      firstTokenOverRoundTrip: "the same over one ping",
    },
  }
}
