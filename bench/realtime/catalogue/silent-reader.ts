import type { Socket } from "node:net"
import type { Product } from "../../../test/e2e/product.ts"
import { processTree } from "../../process-tree.ts"
import { controlOf } from "../control.ts"
import { type Crowd, crowd } from "../crowd.ts"
import { feed, poster } from "../feed.ts"
import { people } from "../people.ts"
import { RoomClient } from "../room-client.ts"
import { Sheet } from "../sheet.ts"
import { beside } from "./beside.ts"

const MB = 1024 * 1024
const FRAME = Buffer.from(JSON.stringify({ type: "filling", text: "x".repeat(470) }))
/** The network takes some megabytes by itself: they are posted at once, up to just below the limit; with `--full` they come as the others do. */
const FILLING = Buffer.from(JSON.stringify({ type: "filling", text: "x".repeat(120_000) }))
const FILLED = 3.8 * MB
const SIZES = {
  small: { pace: { count: 150, perSecond: 10 }, fedPerSecond: 200 },
  full: { pace: { count: 1_000, perSecond: 20 }, fedPerSecond: 1_000 },
}
const LOOK_MS = 200

/** One more of the room, and its connection's id. */
async function member(product: Product, { room, run }: Crowd): Promise<{ client: RoomClient; id: string }> {
  const { sockets } = controlOf(product)
  const before = new Set((await sockets()).map(({ connectionId }) => connectionId))
  const [person] = await people(product, 1)
  const client = await RoomClient.open(product.ws, person!, room, run)
  await client.join()
  return { client, id: (await sockets()).find(({ connectionId }) => !before.has(connectionId))!.connectionId }
}

/**
 * One reader of a room, to whom fifty times as much is posted besides, stops reading: what that costs the others, and how it ends. Before and afterwards as
 * much goes to one who reads, so that the difference is the silence alone.
 */
export async function silentReader(product: Product, { full }: { full: boolean }): Promise<Sheet> {
  const sheet = new Sheet()
  const { sockets } = controlOf(product)
  const { pace, fedPerSecond } = full ? SIZES.full : SIZES.small
  const all = await crowd(product, 10, { tabs: 2 })
  const [reading, silent] = [await member(product, all), await member(product, all)]
  const post = poster(product)
  const kept = async () => (await sockets()).find(({ connectionId }) => connectionId === silent.id)?.buffered
  const memory = () => processTree(product.child.pid!).rssMb
  const start = memory()
  let most = 0
  let [firstAt, cutAt]: (number | undefined)[] = []
  const look = async () => {
    const buffered = await kept()
    most = Math.max(most, buffered ?? 0)
    if (buffered) firstAt ??= performance.now()
    if (buffered === undefined) cutAt ??= performance.now()
  }
  const fed = feed(post, reading.id, FRAME, fedPerSecond)
  const { p99Ratio, p99Ms, missing } = await beside(all, {
    pace,
    rounds: 1,
    disturb: async () => {
      ;(silent.client.link.socket as unknown as { _socket: Socket })._socket.pause()
      while (!full && (await kept())! < FILLED) await post(silent.id, FILLING)
      fed.to = silent.id
      const timer = setInterval(() => void look(), LOOK_MS)
      return async () => {
        clearInterval(timer)
        fed.to = reading.id
        console.error(`  the silent one was sent ${fed.sent.get(silent.id)}`)
      }
    },
  })
  await fed.stop()
  const sent = pace.count + (fed.sent.get(silent.id) ?? 0)
  sheet.add({
    silentOthersP99: [
      p99Ratio,
      `p99 of 10 readers while another one stopped reading, over while it read; ${sent} messages to it, ${pace.count} of the room at ${pace.perSecond}/s`,
      { max: 2 },
    ],
    silentOthersP99Ms: [p99Ms, ""],
    silentMissing: [missing, "messages that did not reach everybody who reads", { max: 0 }],
    silentBufferMb: [most / MB, "kept for the silent one at most", { max: 4 }],
    silentCutSeconds: [
      ((cutAt ?? Infinity) - (firstAt ?? 0)) / 1_000,
      "from the first byte that the network did not take until it is cut",
      { max: 10 },
    ],
    silentMemoryMb: [memory() - start, "more resident memory of the local cloud at the end than before"],
  })
  for (const client of [...all.clients, reading.client, silent.client]) client.close()
  return sheet
}
