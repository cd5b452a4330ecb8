import type { Product } from "../../test/e2e/product.ts"
import { processTree } from "../process-tree.ts"
import { median } from "../table.ts"
import { crowd } from "./crowd.ts"
import { Latencies } from "./latencies.ts"
import { prices } from "./price.ts"
import type { Run, Talker } from "./reader.ts"
import type { RoomClient } from "./room-client.ts"
import { Sheet } from "./sheet.ts"
import { SOCKET_IO, socketIoHall } from "./socket-io.ts"
import { allHave, Conversation } from "./talk.ts"
import { history, verdict } from "./verdict.ts"

const CLIENTS = 1_000
const TEXT = "Doors at seven."
const SENDERS = 40
/**
 * Messages of a round, by contender, both at one pace. Ten a second to a thousand is what two cores and their kernel carry of one socket message each, with
 * the clients beside them. Frames of a livelier room travel together, so twenty thousand messages go at thrice that pace; the other room needs no
 * more of them than its quantiles do.
 */
const SIZES = {
  small: { rounds: 5, ours: 100, theirs: 100, perSecond: 10 },
  full: { rounds: 10, ours: 2_000, theirs: 400, perSecond: 30 },
}
/** Who has not heard a message by then did not hear it live. */
const PATIENCE_MS = 30_000

/** One contender: its clients, what they say, and what a round of it costs. */
class Side {
  readonly latencies = new Latencies()
  readonly medians: number[] = []
  cpuMs = 0
  sent = 0
  lost = 0
  private readonly talk: Conversation

  constructor(
    readonly name: string,
    readonly clients: readonly Talker[],
    private readonly run: Run,
    private readonly pid: number,
    private readonly perSecond: number,
  ) {
    this.talk = new Conversation(name, clients.slice(0, SENDERS), run)
  }

  get acks() {
    return this.talk.acks
  }

  async round(count: number): Promise<void> {
    const before = processTree(this.pid).cpuMs
    const round = (this.run.latencies = new Latencies())
    await this.talk.go({ count, perSecond: this.perSecond })
    this.sent += count
    if (!(await allHave(this.clients, this.sent, PATIENCE_MS)))
      this.lost += this.clients.filter(({ reader }) => reader.log.length < this.sent).length
    this.cpuMs += processTree(this.pid).cpuMs - before
    this.latencies.merge(round)
    this.medians.push(round.quantile(0.5))
    console.error(`  ${this.name}: ${this.sent} messages, p50 ${round.quantile(0.5)} ms, p99 ${round.quantile(0.99)} ms`)
  }
}

/** What was not heard is fetched, as every client of the product does; gives how many messages that were. */
async function caughtUp(clients: readonly RoomClient[], epoch: string, sent: number): Promise<number> {
  let fetched = 0
  for (const client of clients)
    if (client.reader.log.length < sent) {
      const before = client.reader.log.length
      await client.join(epoch)
      fetched += client.reader.log.length - before
    }
  return fetched
}

/** A thousand sockets in one room, every log checked, beside a Socket.IO room of the same size, in turns. */
export async function hall(product: Product, { full }: { full: boolean }): Promise<Sheet[]> {
  const sheet = new Sheet()
  const { rounds, perSecond, ...counts } = full ? SIZES.full : SIZES.small
  const messages = rounds * counts.ours
  console.error(`  opening ${CLIENTS} sockets of each …`)
  const [filled, theirs] = [await crowd(product, CLIENTS), await socketIoHall(CLIENTS)]
  const { clients, room, epoch, run, people } = filled
  try {
    run.text = theirs.run.text = TEXT
    const ours = new Side("ours", clients, run, product.child.pid!, perSecond)
    const socketIo = new Side("socket.io", theirs.clients, theirs.run, theirs.pid, perSecond)
    for (let round = 0; round < rounds; round++)
      for (const side of round % 2 ? [socketIo, ours] : [ours, socketIo])
        await side.round(side === ours ? counts.ours : counts.theirs)
    const fetched = await caughtUp(clients, epoch, messages)
    const own = verdict(clients, await history(people[0]!, room), ours.acks)
    const other = verdict(theirs.clients, theirs.clients[0]!.reader.log, socketIo.acks)
    const recipients = messages * CLIENTS
    const ratio = median(ours.medians.map((value, round) => value / socketIo.medians[round]!))
    const theirRecipients = rounds * counts.theirs * CLIENTS
    const setup = `${CLIENTS} sockets of ${people.length} people, ${messages} messages of ${SENDERS} senders at ${perSecond}/s`
    sheet.add({
      hallWrongLogs: [own.wrong, `${setup}: readers whose log is not the room's`, { max: 0 }],
      hallDeliveries: [own.deliveries, `messages in all logs; ${recipients} are all`, { min: recipients }],
      hallFetched: [fetched, "of these not heard live but fetched afterwards", { max: 0 }],
      hallDoubled: [own.doubled, "heard twice and dropped"],
      hallLate: [own.late, "heard after a later one, and put in their place"],
      hallSpread: [ours.latencies.spread, "p99 over p50, from due to be sent to heard", { max: 4 }],
      hallP50Ms: [ours.latencies.quantile(0.5), "of all deliveries; up to 100 ms of it is gathering"],
      hallP99Ms: [ours.latencies.quantile(0.99), ""],
      hallFramesPerRecipient: [own.frames / recipients, `socket messages per message and recipient at ${perSecond}/s`],
      socketIoWrongLogs: [
        other.wrong,
        `Socket.IO ${SOCKET_IO}, a bare room without log and rights, as many clients, ${rounds * counts.theirs} messages at the same pace, in turns`,
      ],
      socketIoSpread: [socketIo.latencies.spread, "p99 over p50"],
      socketIoP50Ms: [socketIo.latencies.quantile(0.5), ""],
      socketIoP99Ms: [socketIo.latencies.quantile(0.99), ""],
      socketIoFramesPerRecipient: [other.frames / theirRecipients, ""],
      hallP50OverSocketIo: [ratio, "median over the rounds of p50 over p50"],
      hallCpuOverSocketIo: [
        ours.cpuMs / recipients / (socketIo.cpuMs / theirRecipients),
        "CPU of the whole local cloud over that of their server, by delivery",
      ],
    })
    console.error("  prices of calm rooms …")
    return [sheet, await prices(product, filled)]
  } finally {
    for (const client of clients) client.close()
    await theirs.stop()
  }
}
