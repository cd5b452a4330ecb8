import { inParallel } from "../../packages/core/src/parallel.ts"
import { PAGE } from "../../packages/core/src/room/table.ts"
import { PRICES } from "../../packages/cloud/src/prices/prices.ts"
import type { Product } from "../../test/e2e/product.ts"
import { type Bill, perMillion, spent } from "./bill.ts"
import { type Crowd, newRun } from "./crowd.ts"
import { RoomClient } from "./room-client.ts"
import { scanAndPost } from "./scan-and-post.ts"
import { Sheet } from "./sheet.ts"
import { allHave, Conversation } from "./talk.ts"

/** Twice a second is a calm room: each frame leaves by itself. Whole pages of the log, so that none is left unpaid. */
const CALM = { count: 3 * PAGE, perSecond: 2 }
/** A stage of this size is what its authors compare a scan with. */
const LARGE_STAGE = 100_000
const FRAME = JSON.stringify({ type: "message", text: "x".repeat(280) })

/** What a message costs at least: one that comes in and one for each reader. Traffic out is apart; it is the same for all. */
const floorOf = (members: number): number => (1 + members) * PRICES.apigateway.message

async function smallRoom({ people, clients }: Crowd, members: number): Promise<RoomClient[]> {
  const { body } = await people[0]!.call("/rooms", { name: `${members} people`, visibility: "public" })
  const run = newRun()
  const visitors = clients.slice(0, members).map((client) => new RoomClient(client.link, body.id, run))
  await inParallel(visitors, 4, (each) => each.join())
  return visitors
}

async function talkIn(product: Product, name: string, clients: readonly RoomClient[]): Promise<Bill> {
  const before = clients[0]!.reader.log.length
  const talk = new Conversation(name, clients.slice(0, 5), clients[0]!.run)
  const bill = await spent(product, async () => {
    await talk.go(CALM)
    await allHave(clients, before + CALM.count)
  })
  return bill
}

interface Said {
  members: number
  bill: Bill
  messages: number
  pace: "Calm" | "Busy"
  naive?: { now: number; at(n: number): number }
}

const goalOf = ({ members, pace }: Said): number =>
  pace === "Busy" ? 0.25 : members >= 1_000 ? 1.003 : members >= 50 ? 1.02 : 1.1

/** What a million messages cost, its parts, and how that compares with the least there is, and with a scan and a post to each. */
export function say(sheet: Sheet, said: Said): void {
  const { members, bill, messages, pace, naive } = said
  const total = perMillion(bill, messages)
  const part = (name: string) => perMillion(bill, messages, name).toFixed(2)
  const parts = `gateway ${part("apigateway message")}, DynamoDB ${part("dynamodb")}, SQS ${part("sqs")}, logs ${part("logs")}, invocations ${part("lambda request")}`
  const name = `price${members}${pace}`
  sheet.add({
    [name]: [
      total,
      `$ per million messages to ${members} members: ${parts}; GB-seconds, on this machine, ${part("lambda gbSecond")} more`,
    ],
    [`${name}OverFloor`]: [total / floorOf(members), `over one message in and ${members} out`, { max: goalOf(said) }],
  })
  if (!naive) return
  sheet.add({
    [`${name}ScanAndPost`]: [
      naive.now,
      "a scan of the connections and a post to each, with as many connections as this bench has",
    ],
    [`${name}ScanAndPostLarge`]: [naive.at(LARGE_STAGE), `the same with ${LARGE_STAGE} connections, by units per connection`],
    [`${name}OverScanAndPost`]: [total / naive.at(LARGE_STAGE), "ours over that"],
  })
}

/** Dollars per million messages of calm rooms at three sizes, from the bill of the local cloud, on a stage with all sockets of the crowd. */
export async function prices(product: Product, crowd: Crowd): Promise<Sheet> {
  const sheet = new Sheet()
  const calm = async (members: number, clients: readonly RoomClient[]) => {
    const bill = await talkIn(product, `calm${members}`, clients)
    const naive = await scanAndPost(product, members, FRAME)
    say(sheet, { members, bill, messages: CALM.count, pace: "Calm", naive })
  }
  for (const members of [10, 50]) {
    const clients = await smallRoom(crowd, members)
    await calm(members, clients)
    for (const client of clients) await client.leave()
  }
  await calm(crowd.clients.length, crowd.clients)
  return sheet
}
