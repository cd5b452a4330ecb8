import { randomUUID } from "node:crypto"
import { join } from "node:path"
import { Outbox, type Promised } from "../../delivery/outbox.ts"
import { type Attempt, repeat } from "../../delivery/repeat.ts"
import { type Parcel, send } from "../../delivery/send.ts"
import type { Cloud } from "../../service.ts"
import { lambdaEvent, queueBody } from "./envelope.ts"
import type { Message } from "./message.ts"
import type { Subscription } from "./subscription.ts"
import type { Topic } from "./topic.ts"
import type { Topics } from "./topics.ts"

interface Delivery {
  subscriptionArn: string
  message: Message
}

const PRINCIPAL = "sns.amazonaws.com"
const MAX_QUEUE_ATTRIBUTES = 10

/**
 * To queues and functions: three retries at once, two a second apart, ten between one and twenty seconds, then 100,000 every twenty:
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
 */
export function pauseMs(failures: number): number | undefined {
  if (failures <= 3) return 0
  if (failures <= 5) return 1_000
  if (failures <= 15) return Math.round(1_000 * 20 ** ((failures - 6) / 9))
  return failures <= 100_015 ? 20_000 : undefined
}

/** Brings messages to subscribers, each on its own: none waits for another one. */
export class FanOut {
  private readonly outbox: Outbox<Delivery>

  constructor(
    private readonly topics: Topics,
    private readonly cloud: () => Cloud,
  ) {
    this.outbox = new Outbox<Delivery>({
      now: () => cloud().now(),
      run: (promised, signal) => this.deliver(promised, signal),
      // Order counts within a group of a FIFO topic.
      laneOf: ({ subscriptionArn, message }) =>
        message.sequenceNumber === undefined ? undefined : `${subscriptionArn}\n${message.groupId}`,
      lost: ({ work }, error) => cloud().log("sns", `a message for ${work.subscriptionArn} was lost: ${String(error)}`),
    })
  }

  open(folder: string | undefined): void {
    this.outbox.open(folder === undefined ? undefined : join(folder, "sns", "deliveries.jsonl"))
  }

  resume(): void {
    this.outbox.resume()
  }

  get waiting(): number {
    return this.outbox.waiting
  }

  stop(): void {
    this.outbox.stop()
  }

  /** Accepts a message for everyone who wants it; returns its id, the first one's where a FIFO topic has it already. */
  publish(topic: Topic, read: Message): Message {
    const { message, isNew } = topic.admit(read)
    if (!isNew) return message
    topic.published++
    for (const subscription of topic.subscriptions) {
      if (subscription.filter && !subscription.filter.accepts(message)) continue
      if (subscription.pending)
        this.cloud().log(
          "sns",
          `${topic.name}: message ${message.id} is not mailed to ${subscription.record.endpoint}: the subscription waits for its confirmation${message.subject === undefined ? "" : ` (${message.subject})`}`,
        )
      else this.outbox.add({ subscriptionArn: subscription.arn, message })
    }
    return message
  }

  private async deliver({ work }: Promised<Delivery>, signal: AbortSignal): Promise<void> {
    const cloud = this.cloud()
    // Unsubscribed meanwhile.
    const subscription = this.topics.find(work.subscriptionArn)
    if (!subscription) return
    const topic = this.topics.get(work.message.topicArn)
    const parcel = await parcelFor(cloud, topic, subscription, work.message)
    const attempt = (): Promise<Attempt> => ("code" in parcel ? Promise.resolve(parcel) : send(cloud, parcel))
    const repeated = await repeat(cloud, signal, attempt, pauseMs)
    if (!repeated) return
    if (repeated.last.ok) {
      subscription.delivered++
      return
    }
    subscription.failed++
    await this.bury(topic, subscription, work.message, repeated.last, signal)
  }

  /** https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html: the same message, with the reason as attributes. */
  private async bury(
    topic: Topic,
    subscription: Subscription,
    message: Message,
    { code, message: reason }: { code: string; message: string },
    signal: AbortSignal,
  ): Promise<void> {
    const cloud = this.cloud()
    const { endpoint } = subscription.record
    const what = `${topic.name}: message ${message.id} could not be delivered to ${endpoint}: ${code}: ${reason}`
    if (subscription.deadLetter === undefined)
      return cloud.log("sns", `${what}. It is gone: give the subscription a RedrivePolicy to keep such messages.`)
    const text = (StringValue: string) => ({ DataType: "String", StringValue })
    const parcel: Parcel = {
      arn: subscription.deadLetter,
      as: { service: PRINCIPAL, sourceArn: topic.arn },
      text: await bodyFor(cloud, topic, subscription, message),
      attributes: { RequestID: text(randomUUID()), ErrorCode: text(code), ErrorMessage: text(reason.slice(0, 1_024) || code) },
      groupId: message.groupId,
      deduplicationId: message.deduplicationId,
    }
    const buried = await repeat(cloud, signal, () => send(cloud, parcel), pauseMs)
    if (buried && !buried.last.ok)
      cloud.log(
        "sns",
        `${what}. Its dead-letter queue ${subscription.deadLetter} refused it too: ${buried.last.code}: ${buried.last.message}`,
      )
  }
}

async function bodyFor(cloud: Cloud, topic: Topic, subscription: Subscription, message: Message): Promise<string> {
  if (subscription.record.protocol === "lambda") return lambdaEvent(cloud, topic, subscription, message)
  return subscription.raw ? (message.text.sqs ?? message.text.default) : queueBody(cloud, topic, subscription, message)
}

/** What is sent, or why it cannot be. */
async function parcelFor(
  cloud: Cloud,
  topic: Topic,
  subscription: Subscription,
  message: Message,
): Promise<Parcel | (Attempt & { ok: false })> {
  const { raw, record } = subscription
  const count = Object.keys(message.attributes).length
  // https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html
  if (raw && count > MAX_QUEUE_ATTRIBUTES)
    return {
      ok: false,
      final: true,
      code: "InvalidAttributes",
      message: `a raw message has ${count} attributes, a queue takes ${MAX_QUEUE_ATTRIBUTES}`,
    }
  return {
    arn: record.endpoint,
    as: { service: PRINCIPAL, sourceArn: topic.arn },
    text: await bodyFor(cloud, topic, subscription, message),
    groupId: message.groupId,
    deduplicationId: record.endpoint.endsWith(".fifo") ? message.deduplicationId : undefined,
    attributes: raw && count > 0 ? message.attributes : undefined,
    trace: message.trace,
  }
}
