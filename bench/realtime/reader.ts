import type { Entry } from "../../packages/core/test/room/check-log.ts"
import type { Latencies } from "./latencies.ts"

export type { Entry }

/** What all readers of a run share. */
export interface Run {
  /** When each message was due to be sent, by client id; on this process's clock, as everything is here. */
  due: Map<string, number>
  latencies: Latencies
  /** What they heard, by number: one entry for all who heard the same, so that a thousand logs of a long room fit into memory. */
  heard: Map<number, Entry>
  /** What they say, where it matters. */
  text?: string
}

/**
 * What one client has of a log: it takes messages in the order of their numbers and each once, as any client of a numbered log does, and
 * counts what made that necessary.
 */
export class Reader {
  readonly log: Entry[] = []
  /** Socket messages with at least one of the log in them. */
  frames = 0
  /** The same number again; a number below one that had come. */
  doubled = 0
  late = 0
  private readonly early = new Map<number, Entry>()
  private highest = 0

  constructor(private readonly run: Run) {}

  hear(entry: Entry): void {
    const due = this.run.due.get(entry.clientId)
    if (this.has(entry.seq)) this.doubled++
    else {
      if (due !== undefined) this.run.latencies.add(performance.now() - due)
      if (entry.seq < this.highest) this.late++
      this.take(entry)
    }
  }

  /** A message that was asked for, not heard. */
  take(entry: Entry): void {
    if (this.has(entry.seq)) return
    this.highest = Math.max(this.highest, entry.seq)
    this.early.set(entry.seq, this.shared(entry))
    for (let next = this.early.get(this.log.length + 1); next; next = this.early.get(this.log.length + 1)) {
      this.log.push(next)
      this.early.delete(next.seq)
    }
  }

  private shared(entry: Entry): Entry {
    const known = this.run.heard.get(entry.seq)
    if (!known) this.run.heard.set(entry.seq, entry)
    const isSame = known && known.clientId === entry.clientId && known.user === entry.user && known.n === entry.n
    return isSame ? known : entry
  }

  private has(seq: number): boolean {
    return seq <= this.log.length || this.early.has(seq)
  }
}

/** One client of either contender. */
export interface Talker {
  reader: Reader
  user: string
  /** Sends as the contender's clients do; resolves with the number it got. Sends again what was refused for a while. */
  send(text: string, clientId: string): Promise<number>
  close(): void
}
