import type { Product } from "../../../test/e2e/product.ts"
import { inParallel } from "../../../packages/core/src/parallel.ts"
import { crowd, newRun } from "../crowd.ts"
import { Link } from "../link.ts"
import { people } from "../people.ts"
import { RoomClient } from "../room-client.ts"
import { Sheet } from "../sheet.ts"
import { allHave, Conversation } from "../talk.ts"
import { history, verdict } from "../verdict.ts"

const SIZES = { small: { sockets: 40, uses: 20 }, full: { sockets: 500, uses: 100 } }
const TABS = 4
const AT_ONCE = 8
const MESSAGES = { before: 20, after: 5 }

/** Sockets that ask for a room in the moment in which they open, while others speak there; and one ticket that many use at once. */
export async function welcome(product: Product, { full }: { full: boolean }): Promise<Sheet> {
  const sheet = new Sheet()
  const { sockets, uses } = full ? SIZES.full : SIZES.small
  const { clients: senders, people: owners, room, epoch, run } = await crowd(product, 3, { tabs: 1 })
  const talk = new Conversation("welcome", senders, run)
  await talk.go({ count: MESSAGES.before, perSecond: 20 })

  const comers = await people(product, Math.ceil(sockets / TABS))
  const clients: RoomClient[] = []
  let greeted = 0
  const enter = async (n: number) => {
    const client = await RoomClient.open(product.ws, comers[n % comers.length]!, room, newRun())
    // From its first message: without a position a newcomer gets the newest page alone.
    await client.join(epoch)
    if (client.reader.log.length >= MESSAGES.before) greeted++
    clients.push(client)
  }
  let isOver = false
  const entering = inParallel(
    Array.from({ length: sockets }, (_, n) => n),
    AT_ONCE,
    enter,
  ).finally(() => (isOver = true))
  entering.catch(() => undefined)
  while (!isOver) await talk.go({ count: MESSAGES.after, perSecond: 5 })
  await entering
  await allHave(clients, talk.acks.length, 60_000)
  const found = verdict(clients, await history(owners[0]!, room), talk.acks)

  const ticket = await owners[0]!.ticket()
  const tried = Array.from({ length: uses }, () => Link.open(product.ws, { ...owners[0]!, ticket: async () => ticket }))
  const opened = (await Promise.allSettled(tried)).flatMap((each) => (each.status === "fulfilled" ? [each.value] : []))
  sheet.add({
    welcomeGreeted: [
      greeted,
      `of ${sockets} sockets told the room's ${MESSAGES.before} messages at once, asking as they opened`,
      { min: sockets },
    ],
    welcomeWrongLogs: [
      found.wrong,
      `of these whose log is not the room's ${talk.acks.length} messages, said while they came`,
      { max: 0 },
    ],
    ticketOpened: [opened.length, `of ${uses} sockets that used one ticket at once`, { min: 1 }],
    ticketOpenedTooOften: [opened.length - 1, "", { max: 0 }],
  })
  for (const each of [...senders, ...clients, ...opened]) each.close()
  return sheet
}
