import { setTimeout as sleep } from "node:timers/promises"
import type { Product } from "../../../test/e2e/product.ts"
import { crowd, newRun } from "../crowd.ts"
import { people } from "../people.ts"
import { RoomClient } from "../room-client.ts"
import { Sheet } from "../sheet.ts"
import { beside } from "./beside.ts"

const PER_SECOND = 1_000
const SIZES = {
  small: { rounds: 2, pace: { count: 20, perSecond: 10 } },
  full: { rounds: 7, pace: { count: 100, perSecond: 10 } },
}

/** One socket sends a thousand frames a second, whatever it is told. */
export async function flood(product: Product, { full }: { full: boolean }): Promise<Sheet> {
  const sheet = new Sheet()
  const others = await crowd(product, 10, { tabs: 2 })
  const [hostile] = await people(product, 1)
  const { body: room } = await hostile!.call("/rooms", { name: "Alone", visibility: "private" })
  const { link } = await RoomClient.open(product.ws, hostile!, room.id, newRun())
  await link.ask("room.join", { room: room.id })
  const got = { sent: 0, acks: 0, refused: 0, unexplained: 0, errors: 0 }
  link.socket.on("message", (data) => {
    for (const frame of [JSON.parse(String(data))].flat()) {
      if (frame.type === "ack") got.acks++
      else if (frame.code === "limit.rate" && frame.retryAfterMs > 0) got.refused++
      else if (frame.type === "error" && /^(internal|unavailable)/.test(frame.code)) got.errors++
      // What API Gateway says where the function failed has no type at all.
      else if (frame.type === undefined && frame.message) got.errors++
      else if (frame.type === "error") got.unexplained++
    }
  })
  const disturb = async () => {
    let isOver = false
    const sending = (async () => {
      for (let begin = performance.now(), sent = 0; !isOver; await sleep(5))
        for (; sent < ((performance.now() - begin) * PER_SECOND) / 1_000; sent++, got.sent++)
          link.socket.send(
            JSON.stringify({ action: "room.send", id: `f${got.sent}`, room: room.id, text: "·", clientId: `f${got.sent}` }),
          )
    })()
    return async () => {
      isOver = true
      await sending
      for (let last = -1; last !== got.acks + got.refused; await sleep(500)) last = got.acks + got.refused
    }
  }
  const { p99Ratio, p99Ms, missing } = await beside(others, { ...(full ? SIZES.full : SIZES.small), disturb })
  const answers = got.acks + got.refused + got.errors + got.unexplained
  sheet.add({
    floodP99: [
      p99Ratio,
      `p99 of a room of 10 while one socket sends ${PER_SECOND} frames a second elsewhere, over without`,
      { max: 2 },
    ],
    floodP99Ms: [p99Ms, ""],
    floodRefused: [
      got.refused,
      `of ${got.sent} frames refused as limit.rate with retryAfterMs; ${got.acks} were taken`,
      { min: 1 },
    ],
    floodUnexplained: [got.unexplained + got.sent - answers, "frames with another answer or none", { max: 0 }],
    floodErrors: [got.errors, "internal or unavailable", { max: 0 }],
    floodMissing: [missing, "messages of the others that did not reach everybody", { max: 0 }],
  })
  link.close()
  for (const client of others.clients) client.close()
  return sheet
}
