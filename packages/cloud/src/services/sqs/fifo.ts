import { Heap } from "./heap.ts"
import type { Message } from "./message.ts"
import { type Definition, Queue } from "./queue.ts"
import { Recent } from "./recent.ts"
import { Throughput } from "./throughput.ts"

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-exactly-once-processing.html */
const DEDUPLICATION_MS = 5 * 60_000

interface Group {
  id: string
  /** Linked by `next`, in the order of arrival. */
  head?: Message
  tail?: Message
  place: number
}

/** What a receive with a ReceiveRequestAttemptId gave. */
export interface Attempt {
  ids: string[]
  /** `receives` of each, which is in its receipt handle. */
  receives: number[]
  until: number
}

/**
 * A FIFO queue. A group gives its messages in order, from its first one to the first that is hidden: one in flight or delayed
 * holds back all behind it. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
 */
export class FifoQueue extends Queue {
  override readonly isFifo = true
  /** What was sent in the last five minutes, deleted or not. */
  readonly sent = new Recent<{ id: string; order: number }>(DEDUPLICATION_MS)
  readonly attempts = new Recent<Attempt>(DEDUPLICATION_MS)
  readonly throughput = new Throughput()
  private readonly groups = new Map<string, Group>()
  /** Groups whose first message is visible, the longest waiting first. */
  private readonly open = new Heap<"place", Group>("place", (a, b) => a.head!.order < b.head!.order)

  /** The key under which a message is the same as an earlier one. */
  deduplicationKey(group: string, id: string): string {
    return this.definition.attributes.DeduplicationScope === "messageGroup" ? `${group} ${id}` : id
  }

  /** The delay of a FIFO queue holds for messages that are already in it: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-delay-queues.html */
  override define(definition: Definition): void {
    const delay = this.setting("DelaySeconds")
    super.define(definition)
    const now = definition.modifiedAt
    const newDelay = this.setting("DelaySeconds")
    if (delay === newDelay || !this.messages) return
    for (const message of this.messages.values())
      if (message.state === "delayed") this.hide(message, now, message.sentAt + newDelay * 1000)
  }

  /** As many of one group as there are, then the next group's. */
  override peek(max: number): Message[] {
    const found: Message[] = []
    for (const { head } of this.open.first(max))
      for (let each = head; each?.state === "visible" && found.length < max; each = each.next) found.push(each)
    return found
  }

  protected override joined(message: Message): void {
    const id = message.group!
    let group = this.groups.get(id)
    if (!group) this.groups.set(id, (group = { id, place: -1 }))
    message.previous = group.tail
    if (group.tail) group.tail.next = message
    else group.head = message
    group.tail = message
    // Its state says visible until it is placed; a group is only open once it really is.
    message.state = "delayed"
  }

  protected override shown(message: Message): void {
    this.refresh(this.groups.get(message.group!)!)
  }

  protected override hidden(message: Message): void {
    const group = this.groups.get(message.group!)!
    if (group.head === message) this.open.remove(group)
  }

  protected override left(message: Message): void {
    const group = this.groups.get(message.group!)!
    const { next, previous } = message
    this.open.remove(group)
    if (previous) previous.next = next
    else group.head = next
    if (next) next.previous = previous
    else group.tail = previous
    if (group.head) this.refresh(group)
    else this.groups.delete(group.id)
  }

  private refresh(group: Group): void {
    const isOpen = group.head?.state === "visible"
    if (isOpen && group.place < 0) this.open.push(group)
    else if (!isOpen) this.open.remove(group)
  }
}

/** Counts a call on a FIFO queue against its calls a second, batched or not. */
export function paced(queue: Queue, kind: string, now: number): void {
  if (queue instanceof FifoQueue && queue.definition.attributes.FifoThroughputLimit === "perQueue")
    queue.throughput.take(kind, now)
}
