import { setTimeout as sleep } from "node:timers/promises"
import { caller, type Product, until } from "../../../test/e2e/product.ts"
import { crowd } from "../crowd.ts"
import { people, type Person } from "../people.ts"
import { Sheet } from "../sheet.ts"
import { type Tab, tabOf } from "../tab.ts"
import { Conversation } from "../talk.ts"
import { tellings } from "../told.ts"
import { history } from "../verdict.ts"

const CLIENTS = 10
/** Each has one message under way: with more of them every worker of this machine would send, and who was kicked wait to come in. */
const SENDERS = 8
const SIZES = { small: { kicks: 2, perSecond: 40 }, full: { kicks: 8, perSecond: 200 } }
/** Between two kicks of somebody: long enough to hear something in between, short enough to meet who is just catching up. */
const PAUSE_MS = 800
/** Where a room of this pace has both cores to itself, a handshake waits its turn. */
const BACK_MS = 120_000

/** An administrator closes each client's connections again and again, while the room goes on. */
export async function kicks(product: Product, { full }: { full: boolean }): Promise<Sheet> {
  const sheet = new Sheet()
  const { kicks: each, perSecond } = full ? SIZES.full : SIZES.small
  const { clients: senders, people: owners, room, run } = await crowd(product, SENDERS, { tabs: 1 })
  const persons = await people(product, CLIENTS)
  const tabs = persons.map((person) => tabOf(product, person, room))
  await until("the clients are in the room", async () => tabs.every((tab) => tab.room.get().status === "live"), 60_000, 20)

  const administrator = caller(product)
  let [closed, repeated] = [0, 0]
  const kick = async (person: Person, tab: Tab) => {
    for (let n = 0; n < each;) {
      const before = tab.opened()
      const asked = administrator(`/people/${person.id}/connections`, undefined, "DELETE")
      const { body } = await asked.catch(() => ({ body: { closed: 0 } }))
      if (body.closed > 0) {
        closed += body.closed
        n++
        await until("the client is back", async () => tab.opened() > before, BACK_MS, 10)
      } else repeated++
      await sleep(PAUSE_MS * Math.random())
    }
  }
  let isOver = false
  const kicking = Promise.all(tabs.map((tab, n) => kick(persons[n]!, tab))).finally(() => (isOver = true))
  /** It is waited for once the talk is over. */
  kicking.catch(() => undefined)
  const talk = new Conversation("kicks", senders, run)
  const begin = performance.now()
  do {
    await talk.go({ count: perSecond, perSecond })
    console.error(`  ${talk.acks.length} messages, ${closed} connections closed`)
  } while (!isOver)
  await kicking
  const taken = (talk.acks.length * 1_000) / (performance.now() - begin)
  const hasAll = async () => tabs.every((tab) => tab.told.length >= talk.acks.length)
  await until("everybody was told everything", hasAll, 60_000, 50).catch(() => undefined)

  const told = tellings(
    tabs.map((tab) => tab.told),
    await history(owners[0]!, room),
    talk.acks,
  )
  const back = tabs.reduce((sum, tab) => sum + tab.opened() - 1, 0)
  sheet.add({
    kicksWrongLogs: [
      told.wrong,
      `of ${CLIENTS} clients who were not told the room's log, ${talk.acks.length} messages at ${perSecond}/s, ${taken.toFixed(0)}/s taken`,
      { max: 0 },
    ],
    kicksClosed: [
      closed,
      `connections closed by the administrator's route meanwhile; ${repeated} times there was none, or no answer in time`,
      { min: CLIENTS * each },
    ],
    kicksBack: [back, "times that a client connected again", { min: CLIENTS * each }],
    kicksMissing: [told.missing, "messages not told", { max: 0 }],
    kicksDoubled: [told.doubled, "messages told twice", { max: 0 }],
    kicksSwapped: [told.swapped, "messages told after a later one", { max: 0 }],
  })
  for (const { close } of tabs) close()
  for (const sender of senders) sender.close()
  return sheet
}
