import { setTimeout as sleep } from "node:timers/promises"
import { until } from "../../test/e2e/product.ts"
import type { Ack } from "../../packages/core/test/room/check-log.ts"
import type { Run, Talker } from "./reader.ts"
import { senderOf } from "./room-client.ts"

const TEXT = "Doors at seven, the second half begins after the interval; the strings are at the left."

export interface Pace {
  count: number
  perSecond: number
}

/** Sends at a steady pace, whoever is late: each sender one message at a time, counted from 1. Resolves with all acks. */
export class Conversation {
  readonly acks: Ack[] = []
  private readonly counts: number[]
  private turn = 0

  constructor(
    private readonly name: string,
    private readonly senders: readonly Talker[],
    private readonly run: Run,
  ) {
    this.counts = senders.map(() => 0)
  }

  async go({ count, perSecond }: Pace): Promise<void> {
    const begin = performance.now()
    const lanes: Promise<void>[] = this.senders.map(() => Promise.resolve())
    for (let k = 0; k < count; k++) {
      const due = begin + (k * 1000) / perSecond
      const wait = due - performance.now()
      if (wait > 0) await sleep(wait)
      const lane = this.turn++ % this.senders.length
      const clientId = `${this.name}-${lane}-${++this.counts[lane]!}`
      this.run.due.set(clientId, due)
      lanes[lane] = lanes[lane]!.then(() => this.send(this.senders[lane]!, clientId))
    }
    await Promise.all(lanes)
  }

  private async send(sender: Talker, clientId: string): Promise<void> {
    const seq = await sender.send(this.run.text ?? TEXT, clientId)
    this.acks.push({ seq, user: senderOf(sender.user, clientId), clientId })
  }
}

/** Waits until every reader has so many; false where some still have less after a while. */
export const allHave = (talkers: readonly Talker[], count: number, withinMs = 15_000): Promise<boolean> =>
  until("every reader has the log", async () => talkers.every(({ reader }) => reader.log.length >= count), withinMs, 20).catch(
    () => false,
  )
