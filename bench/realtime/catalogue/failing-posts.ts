import type { Product } from "../../../test/e2e/product.ts"
import { controlOf } from "../control.ts"
import { crowd } from "../crowd.ts"
import { Sheet } from "../sheet.ts"
import { allHave, Conversation } from "../talk.ts"
import { history, verdict } from "../verdict.ts"

const SIZES = { small: { readers: 40, count: 40, perSecond: 8 }, full: { readers: 100, count: 200, perSecond: 8 } }
const post = { service: "execute-api", op: "PostToConnection" }

/** A tenth of all posts to sockets are throttled and a hundredth fails: everybody hears everything all the same. */
export async function failingPosts(product: Product, { full }: { full: boolean }): Promise<Sheet> {
  const sheet = new Sheet()
  const control = controlOf(product)
  const { readers, ...pace } = full ? SIZES.full : SIZES.small
  const { clients, people, room, run } = await crowd(product, readers, { tabs: 4 })
  await control.faults([
    { ...post, kind: "throttle", rate: 0.1, seed: 1 },
    { ...post, kind: "error", rate: 0.01, seed: 2 },
  ])
  const talk = new Conversation("failing", clients.slice(0, 5), run)
  await talk.go(pace)
  await allHave(clients, pace.count)
  await control.noFaults()
  const found = verdict(clients, await history(people[0]!, room), talk.acks)
  const setup = `${readers} readers, ${pace.count} messages; 10 % of posts answered 429, 1 % 500`
  sheet.add({
    failingDeliveries: [found.deliveries, `messages heard; ${setup}`, { min: readers * pace.count }],
    failingWrongLogs: [found.wrong, "readers whose log is not the room's", { max: 0 }],
    failingRefused: [clients.reduce((sum, { link }) => sum + link.refused.size, 0), "publishes that were refused", { max: 0 }],
  })
  for (const client of clients) client.close()
  return sheet
}
