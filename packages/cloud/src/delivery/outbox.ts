import { randomUUID } from "node:crypto"
import { Journal } from "../journal.ts"

/** Work that was accepted, with the time of the cloud's clock at which it was. */
export interface Promised<Work> {
  id: string
  at: number
  work: Work
}

type Entry<Work> = { add: Promised<Work> } | { done: string }

interface Options<Work> {
  now(): number
  /** Does the work to its end, repetitions included; may run again after a crash. Returns early when the signal aborts. */
  run(promised: Promised<Work>, signal: AbortSignal): Promise<void>
  /** Works of the same lane are done one after another, in the order of their acceptance. */
  laneOf?(work: Work): string | undefined
  /** Told when `run` throws, which ends the work. */
  lost(promised: Promised<Work>, error: unknown): void
}

/** The file is written anew when this many entries are over and are most of it. */
const COMPACT_AFTER = 2_000

/** Promises to do something later, kept in a file where there is one: what `add` returned for is done at least once, also after SIGKILL. */
export class Outbox<Work> {
  private readonly pending = new Map<string, Promised<Work>>()
  private readonly lanes = new Map<string, Promise<void>>()
  private readonly stopping = new AbortController()
  private journal: Journal<Entry<Work>> | undefined
  private left: Promised<Work>[] = []
  private over = 0

  constructor(private readonly options: Options<Work>) {}

  /** Keeps what is promised in `file`, and reads what an earlier run left there. Without a file nothing is kept. */
  open(file: string | undefined): void {
    if (file === undefined || this.journal) return
    this.journal = new Journal<Entry<Work>>(file, (entry) => {
      if ("add" in entry) this.pending.set(entry.add.id, entry.add)
      else this.pending.delete(entry.done)
    })
    this.left = [...this.pending.values()]
  }

  /** Takes up what an earlier run left. */
  resume(): void {
    for (const promised of this.left.splice(0)) this.start(promised)
  }

  /** Accepts work; it is done afterwards. */
  add(work: Work, id: string = randomUUID()): string {
    const promised = { id, at: this.options.now(), work }
    this.pending.set(id, promised)
    this.journal?.append({ add: promised })
    this.start(promised)
    return id
  }

  get waiting(): number {
    return this.pending.size
  }

  /** What is not done stays in the file for the next run. */
  stop(): void {
    this.stopping.abort()
    this.journal?.close()
    this.journal = undefined
  }

  private start(promised: Promised<Work>): void {
    const lane = this.options.laneOf?.(promised.work)
    if (lane === undefined) return void this.run(promised)
    const mine = (this.lanes.get(lane) ?? Promise.resolve()).then(() => this.run(promised))
    this.lanes.set(lane, mine)
    void mine.then(() => this.lanes.get(lane) === mine && this.lanes.delete(lane))
  }

  private async run(promised: Promised<Work>): Promise<void> {
    const { signal } = this.stopping
    if (signal.aborted) return
    try {
      await this.options.run(promised, signal)
    } catch (error) {
      if (!signal.aborted) this.options.lost(promised, error)
    }
    if (!signal.aborted) this.finish(promised.id)
  }

  private finish(id: string): void {
    this.pending.delete(id)
    this.journal?.append({ done: id })
    if (++this.over < COMPACT_AFTER || this.over < this.pending.size) return
    this.over = 0
    this.journal?.rewrite([...this.pending.values()].map((add) => ({ add })))
  }
}
