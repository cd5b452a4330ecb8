import { checkAttached } from "../../endpoint/attached.ts"
import { readAttached, type ResourcePolicy } from "../../iam/index.ts"
import type { Message } from "./message.ts"
import { invalid } from "./errors.ts"
import type { Subscription } from "./subscription.ts"

/** Within this time a FIFO topic takes a deduplication id once: https://docs.aws.amazon.com/sns/latest/dg/fifo-message-dedup.html */
const DEDUPLICATION_MS = 5 * 60_000
const MAX_BYTES = { default: 262_144, allowed: 1_048_576 } as const

export const TOPIC_ATTRIBUTES = [
  "DisplayName",
  "FifoTopic",
  "ContentBasedDeduplication",
  "FifoThroughputScope",
  "SignatureVersion",
  "MaximumMessageSize",
] as const

/** Attributes that calls may set beside those that templates have. */
const SET_BY_CALLS = ["Policy"]

/** A topic and what it knows of its subscribers and last messages. */
export class Topic {
  readonly subscriptions: Subscription[] = []
  published = 0
  /** The policy that a call gave it, in place of the template's. */
  policy: ResourcePolicy | undefined
  private readonly recent = new Map<string, { message: Message; until: number }>()
  private lastSequence = 0n

  constructor(
    readonly arn: string,
    public attributes: Record<string, string>,
  ) {
    const known: readonly string[] = [...TOPIC_ATTRIBUTES, ...SET_BY_CALLS]
    const unknown = Object.keys(attributes).find((name) => !known.includes(name))
    if (unknown !== undefined) throw invalid(`Attributes Reason: NOT_SIMULATED: topic attribute ${unknown}`)
    if (this.fifo !== this.name.endsWith(".fifo"))
      throw invalid("Topic Name Reason: FIFO topics, and only they, have names that end with .fifo")
    if (!(this.maxBytes >= 1_024 && this.maxBytes <= MAX_BYTES.allowed)) throw invalid("Attributes Reason: MaximumMessageSize")
    this.policy = this.readPolicy()
  }

  /** Takes other attributes, or throws and keeps its own. */
  set(attributes: Record<string, string>): void {
    const changed = new Topic(this.arn, attributes)
    this.attributes = attributes
    this.policy = changed.policy
  }

  private readPolicy(): ResourcePolicy | undefined {
    const { Policy } = this.attributes
    if (Policy === undefined) return undefined
    const name = `${this.name} policy`
    if (Policy !== "") checkAttached(name, Policy, (reason) => invalid(`Policy Error: ${reason}`))
    return readAttached(name, Policy)
  }

  get name(): string {
    return this.arn.split(":").at(-1)!
  }

  get fifo(): boolean {
    return this.attributes.FifoTopic === "true"
  }

  get contentBased(): boolean {
    return this.attributes.ContentBasedDeduplication === "true"
  }

  get maxBytes(): number {
    return Number(this.attributes.MaximumMessageSize ?? MAX_BYTES.default)
  }

  /** Numbers a message of a FIFO topic; answers the first one where it repeats that. */
  admit(message: Message): { message: Message; isNew: boolean } {
    if (!this.fifo) return { message, isNew: true }
    for (const [id, { until }] of this.recent) {
      if (until > message.at) break
      this.recent.delete(id)
    }
    const scope = this.attributes.FifoThroughputScope === "MessageGroup" ? `${message.groupId}\n` : ""
    const key = scope + message.deduplicationId!
    const known = this.recent.get(key)
    if (known) return { message: known.message, isNew: false }
    // 20 digits that grow, also over a restart.
    const next = 10n ** 19n + BigInt(message.at) * 1_000_000n
    this.lastSequence = next > this.lastSequence ? next : this.lastSequence + 1n
    const numbered = { ...message, sequenceNumber: String(this.lastSequence) }
    this.recent.set(key, { message: numbered, until: message.at + DEDUPLICATION_MS })
    return { message: numbered, isNew: true }
  }
}
