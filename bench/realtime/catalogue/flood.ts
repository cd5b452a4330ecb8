import { setTimeout as sleep } from "node:timers/promises"
import type { Product } from "../../../test/e2e/product.ts"
import { crowd, newRun } from "../crowd.ts"
import type { Frame } from "../link.ts"
import { people } from "../people.ts"
import { RoomClient } from "../room-client.ts"
import { Sheet } from "../sheet.ts"
import { beside } from "./beside.ts"

const PER_SECOND = 1_000
/**
 * Each frame, also one that is refused, is an invocation. Two cores work them off more slowly than they come: a thousand wait in the gateway, which
 * then reads the socket no further, so the rest waits in its sender and counts from when it is read.
 */
const FRAMES = 3_000
const SIZES = {
  small: { rounds: 1, pace: { count: 20, perSecond: 10 } },
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
  const got = { sent: 0, acks: 0, refused: 0, timeouts: 0, errors: 0 }
  const wrong = (frame: Frame) => {
    if (++got.errors <= 5) console.error(`  wrong: ${JSON.stringify(frame)}`)
  }
  const answered = new Set<string>()
  link.socket.on("message", (data) => {
    for (const frame of [JSON.parse(String(data))].flat()) {
      if (frame.type === "ack" || frame.type === "error") answered.add(frame.id)
      if (frame.type === "ack") got.acks++
      else if (frame.code === "limit.rate" && frame.retryAfterMs > 0) got.refused++
      else if (frame.type === "error") wrong(frame)
      // What API Gateway says by itself has no type.
      else if (frame.message === "Endpoint request timed out") got.timeouts++
      else if (frame.type === undefined) wrong(frame)
    }
  })
  const disturb = async () => {
    const sending = (async () => {
      for (let begin = performance.now(), sent = 0; sent < FRAMES; await sleep(5))
        for (; sent < Math.min(FRAMES, ((performance.now() - begin) * PER_SECOND) / 1_000); sent++, got.sent++)
          link.socket.send(
            JSON.stringify({ action: "room.send", id: `f${got.sent}`, room: room.id, text: "·", clientId: `f${got.sent}` }),
          )
    })()
    return async () => {
      await sending
      for (let last = -1; answered.size < got.sent && last !== answered.size; await sleep(3_000)) last = answered.size
    }
  }
  const { p99Ratio, p99Ms, missing } = await beside(others, { ...(full ? SIZES.full : SIZES.small), disturb })
  sheet.add({
    floodP99: [
      p99Ratio,
      `p99 of a room of 10 while one socket sends ${FRAMES} frames at ${PER_SECOND}/s elsewhere, over without`,
      { max: 2 },
    ],
    floodP99Ms: [p99Ms, ""],
    floodRefused: [
      got.refused,
      `of ${got.sent} frames refused as limit.rate with retryAfterMs; ${got.acks} were taken`,
      { min: 1 },
    ],
    floodUnanswered: [got.sent - answered.size, "frames without an ack or an error", { max: 0 }],
    floodErrors: [got.errors, "answered with anything but an ack or limit.rate", { max: 0 }],
    floodTimeouts: [got.timeouts, "frames that waited 29 s for one of this machine's workers", { max: 0 }],
    floodMissing: [missing, "messages of the others that did not reach everybody", { max: 0 }],
  })
  link.close()
  for (const client of others.clients) client.close()
  return sheet
}
