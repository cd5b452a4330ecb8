import { inParallel } from "../../packages/core/src/parallel.ts"
import type { Product } from "../../test/e2e/product.ts"
import { people, type Person } from "./people.ts"
import { Latencies } from "./latencies.ts"
import type { Run } from "./reader.ts"
import { RoomClient } from "./room-client.ts"

export const newRun = (): Run => ({ due: new Map(), latencies: new Latencies(), heard: new Map() })

/** Handshakes under way at once: far below API Gateway's 500 new connections a second. */
const AT_ONCE = 8
/** Sockets of one person. Whoever comes is told to all who are there: a thousand people who come in cost half a million posts. */
const TABS = 4

export interface Crowd {
  room: string
  epoch: string
  clients: RoomClient[]
  people: Person[]
  run: Run
}

/** A public room and so many sockets in it. */
export async function crowd(product: Product, count: number, { tabs = TABS, run = newRun() } = {}): Promise<Crowd> {
  const all = await people(product, Math.ceil(count / tabs))
  const { body: made } = await all[0]!.call("/rooms", { name: "A hall", visibility: "public" })
  const clients: RoomClient[] = []
  const enter = async (person: Person) => {
    const client = await RoomClient.open(product.ws, person, made.id, run)
    await client.join()
    clients.push(client)
  }
  const places = Array.from({ length: count }, (_, n) => all[n % all.length]!)
  await inParallel(places, AT_ONCE, enter)
  return { room: made.id, epoch: made.epoch, clients, people: all, run }
}
