import type { Product } from "../../test/e2e/product.ts"
import { spent } from "./bill.ts"
import { crowd } from "./crowd.ts"
import { say } from "./price.ts"
import { Sheet } from "./sheet.ts"
import { allHave, Conversation } from "./talk.ts"
import { history, verdict } from "./verdict.ts"

const CLIENTS = 1_000
/** Each sends one message at a time: as many as it takes for a hundred a second. */
const SENDERS = 100
const PER_SECOND = 100
const SIZES = { small: 500, full: 2_000 }
/** Who has not heard by then will not hear. */
const PATIENCE_MS = 60_000

/** A burst of a hundred messages a second in a room of a thousand: how many of them travel together, and what they cost. */
export async function busyRoom(product: Product, { full }: { full: boolean }): Promise<Sheet> {
  const sheet = new Sheet()
  const count = full ? SIZES.full : SIZES.small
  const { clients, room, people, run } = await crowd(product, CLIENTS)
  run.text = "Bravo!"
  const talk = new Conversation("busy", clients.slice(0, SENDERS), run)
  let seconds = 0
  const bill = await spent(product, async () => {
    const begin = performance.now()
    await talk.go({ count, perSecond: PER_SECOND })
    seconds = (performance.now() - begin) / 1_000
    await allHave(clients, count, PATIENCE_MS)
  })
  const found = verdict(clients, await history(people[0]!, room), talk.acks)
  sheet.add({
    busyWrongLogs: [
      found.wrong,
      `of ${CLIENTS} readers, ${count} messages at ${PER_SECOND}/s, ${(count / seconds).toFixed(0)}/s taken`,
      { max: 0 },
    ],
    busyFramesPerRecipient: [found.frames / (count * CLIENTS), "socket messages per message and recipient", { max: 0.25 }],
  })
  say(sheet, { members: CLIENTS, bill, messages: count, pace: "Busy" })
  for (const client of clients) client.close()
  return sheet
}
