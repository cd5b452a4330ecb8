import { Heap } from "./heap.ts"
import type { Message, MessageRecord } from "./message.ts"

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
export const MAX_IN_FLIGHT = 120_000

/** What a queue is apart from its messages. */
export interface Definition {
  name: string
  arn: string
  /** All attributes that can be set, as GetQueueAttributes shows them. */
  attributes: Readonly<Record<string, string>>
  tags: Readonly<Record<string, string>>
  createdAt: number
  modifiedAt: number
  purgedAt?: number
  /** The policy that a call gave it, empty where one took it away; without it that of the template counts. */
  ownPolicy?: string
}

export interface Counts {
  visible: number
  inFlight: number
  delayed: number
}

/** A redrive policy as the attribute says it. */
export interface RedrivePolicy {
  deadLetterTargetArn: string
  maxReceiveCount: number
}

/**
 * A standard queue: messages wait (delayed or in flight) until they are visible, and those that have been visible longest are
 * delivered first. Nothing here looks at a clock; every method is told the time.
 */
export class Queue {
  readonly isFifo: boolean = false
  readonly messages = new Map<string, Message>()
  /** `order` of the next message. */
  nextOrder = 1
  redrive?: RedrivePolicy
  private readonly waiting = new Heap<"place", Message>("place", byVisibility)
  private readonly ready = new Heap<"place", Message>("place", byVisibility)
  private readonly byAge = new Heap<"agePlace", Message>("agePlace", (a, b) => a.sentAt < b.sentAt)
  private inFlight = 0
  private delayed = 0

  constructor(public definition: Definition) {
    this.define(definition)
  }

  get name(): string {
    return this.definition.name
  }

  get arn(): string {
    return this.definition.arn
  }

  /** A number among the attributes; seconds or bytes. */
  setting(name: string): number {
    return Number(this.definition.attributes[name])
  }

  define(definition: Definition): void {
    this.definition = definition
    const policy = definition.attributes.RedrivePolicy
    const { deadLetterTargetArn, maxReceiveCount } = policy ? JSON.parse(policy) : {}
    this.redrive = policy ? { deadLetterTargetArn, maxReceiveCount: Number(maxReceiveCount) } : undefined
  }

  /** Lets time pass: what has waited long enough becomes visible, what is older than the retention period is gone. */
  settle(now: number): void {
    const oldest = now - this.setting("MessageRetentionPeriod") * 1000
    for (let top = this.byAge.top; top && top.sentAt <= oldest; top = this.byAge.top) this.remove(top)
    for (let top = this.waiting.top; top && top.visibleAt <= now; top = this.waiting.top) this.place(top, now)
  }

  /** When the next hidden message becomes visible. */
  nextVisibleAt(): number | undefined {
    return this.waiting.top?.visibleAt
  }

  counts(): Counts {
    const { inFlight, delayed } = this
    return { visible: this.messages.size - inFlight - delayed, inFlight, delayed }
  }

  /** When the oldest message came into this queue. */
  oldestAt(): number | undefined {
    for (const { enteredAt } of this.messages.values()) return enteredAt
    return undefined
  }

  /** Up to `max` messages in the order in which they would be delivered. */
  peek(max: number): Message[] {
    return this.ready.first(max)
  }

  add(record: MessageRecord, at: number): void {
    const message: Message = { ...record, state: "visible", place: -1, agePlace: -1 }
    this.nextOrder = Math.max(this.nextOrder, message.order + 1)
    this.messages.set(message.id, message)
    this.byAge.push(message)
    this.joined?.(message)
    this.place(message, at, false)
  }

  /** Hands a message to a consumer until `until`. */
  take(message: Message, at: number, until: number): void {
    message.receives++
    message.receivesHere++
    message.firstReceivedAt ??= at
    message.receivedAt = at
    this.hide(message, at, until)
  }

  /** Moves the time at which a message becomes visible. */
  hide(message: Message, at: number, until: number): void {
    this.lift(message)
    message.visibleAt = until
    this.place(message, at, false)
  }

  remove(message: Message): void {
    this.lift(message)
    this.byAge.remove(message)
    this.messages.delete(message.id)
    this.left?.(message)
  }

  /** Whether one receive more would be more than the redrive policy allows. */
  isSpent(message: Message): boolean {
    return this.redrive !== undefined && message.receivesHere >= this.redrive.maxReceiveCount
  }

  /** A message came into the queue; it is hidden until `shown`. */
  protected joined?(message: Message): void

  protected shown(message: Message): void {
    this.ready.push(message)
  }

  protected hidden(message: Message): void {
    this.ready.remove(message)
  }

  protected left?(message: Message): void

  private place(message: Message, at: number, isPlaced = true): void {
    if (isPlaced) this.lift(message)
    if (message.visibleAt <= at) {
      message.state = "visible"
      this.shown(message)
      return
    }
    message.state = message.receivesHere > 0 ? "inFlight" : "delayed"
    this[message.state]++
    this.waiting.push(message)
  }

  private lift(message: Message): void {
    if (message.state === "visible") return this.hidden(message)
    this[message.state]--
    this.waiting.remove(message)
  }
}

const byVisibility = (a: Message, b: Message) => (a.visibleAt === b.visibleAt ? a.order < b.order : a.visibleAt < b.visibleAt)
