import type { Product } from "../../../test/e2e/product.ts"
import { controlOf } from "../control.ts"
import { crowd } from "../crowd.ts"
import { Sheet } from "../sheet.ts"
import { allHave, Conversation } from "../talk.ts"
import { history, verdict } from "../verdict.ts"
import { beside } from "./beside.ts"

const SIZES = {
  small: { rounds: 3, pace: { count: 30, perSecond: 10 } },
  full: { rounds: 7, pace: { count: 100, perSecond: 10 } },
}
/** Share of the writes to the hot room's key that are answered as DynamoDB answers above 1,000 units a second. */
const THROTTLED = 0.5

/** A room whose key is throttled, and another one beside it. */
export async function hotRoom(product: Product, { full }: { full: boolean }): Promise<Sheet> {
  const sheet = new Sheet()
  const others = await crowd(product, 10, { tabs: 2 })
  const hot = await crowd(product, 10, { tabs: 2 })
  const control = controlOf(product)
  const talk = new Conversation("hot", hot.clients.slice(0, 5), hot.run)
  let isOver = false
  const talking = (async () => {
    while (!isOver) await talk.go({ count: 5, perSecond: 10 })
  })()
  const disturb = async () => {
    const fault = {
      service: "dynamodb",
      op: "UpdateItem",
      match: { body: `room#${hot.room}` },
      kind: "throttle",
      rate: THROTTLED,
    }
    await control.faults([fault])
    return control.noFaults
  }
  const { p99Ratio, p99Ms, missing } = await beside(others, { ...(full ? SIZES.full : SIZES.small), disturb })
  isOver = true
  await talking
  await allHave(hot.clients, talk.acks.length)
  const throttled = (await control.calls("dynamodb")).filter(({ fault }) => fault === "throttle")
  const attempts = Math.max(...throttled.map(({ attempt }) => attempt))
  const found = verdict(hot.clients, await history(hot.people[0]!, hot.room), talk.acks)
  sheet.add({
    hotRoomWrongLogs: [
      found.wrong,
      `of 10 readers, ${talk.acks.length} messages to a room of whose writes ${100 * THROTTLED} % are throttled`,
      { max: 0 },
    ],
    hotRoomAttempts: [attempts, "of a throttled call at most", { max: 5 }],
    hotRoomOthersP99: [p99Ratio, "p99 of another room meanwhile, over the same without throttles", { max: 1.5 }],
    hotRoomOthersP99Ms: [p99Ms, ""],
    hotRoomOthersMissing: [missing, "messages of the other room that did not reach everybody", { max: 0 }],
  })
  for (const client of [...others.clients, ...hot.clients]) client.close()
  return sheet
}
