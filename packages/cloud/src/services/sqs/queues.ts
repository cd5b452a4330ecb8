import { join } from "node:path"
import { Journal } from "../../journal.ts"
import type { Clock } from "../../clock.ts"
import { apply, type Change, type State } from "./change.ts"
import { deadLetter, isDead } from "./dead-letter.ts"
import { queueDoesNotExist } from "./errors.ts"
import { FifoQueue } from "./fifo.ts"
import { LongPolls } from "./long-poll.ts"
import type { Message, MessageRecord } from "./message.ts"
import type { MoveTask } from "./task-record.ts"
import { MAX_IN_FLIGHT, type Queue } from "./queue.ts"
import { Recent } from "./recent.ts"
import { snapshot, shifted } from "./snapshot.ts"

/** Below this the journal is not worth rewriting; above, it is when it has grown fourfold. */
const SMALL_JOURNAL_BYTES = 8 * 1_048_576

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html */
const NAME_KEPT_MS = 60_000

const emptyState = (): State => ({ queues: new Map(), deleted: new Recent(NAME_KEPT_MS), tasks: new Map() })

/** All queues of one cloud. Made outside the service where others want to look at queues in process. */
export class Queues {
  private state = emptyState()
  private journal?: Journal<Change>
  /** Bytes of the journal when it last was rewritten. */
  private rewrittenBytes = 0
  /** Set when the cloud stops: nothing changes any more. */
  isClosed = false
  private readonly polls = new Map<string, LongPolls>()

  /** Restores what `folder` holds from earlier runs; without it nothing is kept. */
  open(folder: string | undefined, now: number): void {
    if (folder === undefined) return
    let changes = 0
    let latest = 0
    this.journal = new Journal<Change>(join(folder, "sqs", "journal.jsonl"), (change) => {
      apply(this.state, change)
      changes++
      latest = Math.max(latest, change.at)
    })
    this.rewrittenBytes = this.journal.size
    // An earlier run may have moved its clock ahead. What was to happen in an hour then still happens in an hour.
    const aheadMs = latest - now
    if (aheadMs > 0) {
      const moved = this.changes(latest).map((change) => shifted(change, -aheadMs))
      this.state = emptyState()
      for (const change of moved) apply(this.state, change)
    }
    const kept = [...this.state.queues.values()].reduce((sum, { messages }) => sum + messages.size, 0)
    if (aheadMs > 0 || changes > 1_000 + 2 * kept) this.rewrite(now)
  }

  /** Makes a change: when this returns it outlives the process, and whoever waits for it was told. */
  commit(change: Change): void {
    this.journal?.append(change)
    apply(this.state, change)
    if (this.journal && this.journal.size > Math.max(SMALL_JOURNAL_BYTES, 4 * this.rewrittenBytes)) this.rewrite(change.at)
    if (change.kind === "task" || change.kind === "receive" || change.kind === "again") return
    if (change.kind === "move") this.wake(change.from, change.at)
    this.wake(change.kind === "define" ? change.queue.name : change.queue, change.at)
  }

  find(name: string): Queue | undefined {
    return this.state.queues.get(name)
  }

  get(name: string): Queue {
    const queue = this.find(name)
    if (!queue) throw queueDoesNotExist()
    return queue
  }

  byArn(arn: string): Queue | undefined {
    const queue = this.find(arn.slice(arn.lastIndexOf(":") + 1))
    return queue?.arn === arn ? queue : undefined
  }

  all(): Queue[] {
    return [...this.state.queues.values()]
  }

  /** The queues whose dead letters go to `arn`. */
  sourcesOf(arn: string): Queue[] {
    return this.all().filter(({ redrive }) => redrive?.deadLetterTargetArn === arn)
  }

  wasDeletedRecently(name: string, now: number): boolean {
    return this.state.deleted.get(name, now) === true
  }

  task(id: string): MoveTask | undefined {
    return this.state.tasks.get(id)
  }

  tasks(): MoveTask[] {
    return [...this.state.tasks.values()]
  }

  /** Puts new messages at the end of a queue. A FIFO queue answers a repeated one with the first. */
  send(queue: Queue, drafts: readonly Omit<MessageRecord, "order">[], now: number): { id: string; order: number }[] {
    const known = new Map<string, { id: string; order: number }>()
    const messages: MessageRecord[] = []
    const results = drafts.map((draft) => {
      const key = queue instanceof FifoQueue ? queue.deduplicationKey(draft.group!, draft.deduplicationId!) : undefined
      const same = key === undefined ? undefined : (known.get(key) ?? (queue as FifoQueue).sent.get(key, now))
      if (same) return same
      const message = { ...draft, order: queue.nextOrder + messages.length }
      messages.push(message)
      if (key !== undefined) known.set(key, message)
      return message
    })
    if (messages.length > 0) this.commit({ kind: "add", at: now, queue: queue.name, messages })
    return results
  }

  /** Hands up to `max` messages to a consumer; those received too often go to the dead letter queue instead. */
  receive(queue: Queue, now: number, options: { max: number; visibilityMs: number; attempt?: string }): Message[] {
    queue.settle(now)
    const most = Math.min(options.max, MAX_IN_FLIGHT - queue.counts().inFlight)
    for (;;) {
      const found = queue.peek(most)
      if (found.length === 0) return []
      const spent = found.filter((message) => isDead(this, queue, message))
      const taken = found.filter((message) => !spent.includes(message))
      // Before the dead letters go, because that wakes others who would take the same.
      if (taken.length > 0) {
        const until = now + options.visibilityMs
        const { attempt } = options
        this.commit({ kind: "receive", at: now, queue: queue.name, ids: taken.map(({ id }) => id), until, attempt })
      }
      for (const message of spent) deadLetter(this, queue, message, now)
      if (taken.length > 0) return taken
    }
  }

  /** Those who wait for messages of a queue. */
  pollsOf(name: string, clock: Clock): LongPolls {
    let polls = this.polls.get(name)
    if (!polls) this.polls.set(name, (polls = new LongPolls(clock, () => this.find(name))))
    return polls
  }

  close(): void {
    this.isClosed = true
    for (const polls of this.polls.values()) polls.close()
    this.journal?.close()
    this.journal = undefined
  }

  /** The changes that build up these queues from nothing. */
  changes(now: number): Change[] {
    for (const queue of this.state.queues.values()) queue.settle(now)
    return [...snapshot(this.state, now)]
  }

  private wake(name: string, now: number): void {
    this.polls.get(name)?.wake(now)
  }

  private rewrite(now: number): void {
    this.journal!.rewrite(this.changes(now))
    this.rewrittenBytes = this.journal!.size
  }
}
