import { randomUUID } from "node:crypto"
import { join } from "node:path"
import { Journal } from "../../journal.ts"
import type { Place } from "../../service.ts"
import { invalid, notFound } from "./errors.ts"
import { Subscription, type SubscriptionRecord } from "./subscription.ts"
import { Topic } from "./topic.ts"

type Entry =
  | { topic: { arn: string; attributes: Record<string, string> } }
  | { subscription: SubscriptionRecord }
  | { gone: string }

export const topicArn = ({ region, account }: Place, name: string): string => `arn:aws:sns:${region}:${account}:${name}`

/** All topics and subscriptions; those that calls made are kept between runs, those of templates are made again. */
export class Topics {
  private readonly byArn = new Map<string, Topic>()
  private readonly subscriptions = new Map<string, Subscription>()
  private journal: Journal<Entry> | undefined

  open(folder: string | undefined): void {
    if (folder === undefined) return
    this.journal = new Journal<Entry>(join(folder, "sns", "topics.jsonl"), (entry) => {
      if ("topic" in entry) this.restore(entry.topic)
      else if ("subscription" in entry) this.place(entry.subscription)
      else this.forget(entry.gone)
    })
  }

  close(): void {
    this.journal?.close()
    this.journal = undefined
  }

  all(): Topic[] {
    return [...this.byArn.values()]
  }

  allSubscriptions(): Subscription[] {
    return [...this.subscriptions.values()]
  }

  at(arn: string): Topic | undefined {
    return this.byArn.get(arn)
  }

  get(arn: string): Topic {
    const topic = this.byArn.get(arn)
    if (!topic) throw notFound("Topic")
    return topic
  }

  find(subscriptionArn: string): Subscription | undefined {
    return this.subscriptions.get(subscriptionArn)
  }

  subscription(arn: string | undefined): Subscription {
    const found = this.subscriptions.get(arn ?? "")
    if (!found) throw notFound("Subscription")
    return found
  }

  /** Makes a topic, or answers the one of that name; `declared` ones take the template's attributes. */
  create(arn: string, attributes: Record<string, string>, declared = false): Topic {
    const known = this.byArn.get(arn)
    if (known && !declared) {
      const differs = Object.entries(attributes).find(([name, value]) => known.attributes[name] !== value)
      if (differs) throw invalid(`Attributes Reason: Topic already exists with different attributes (${differs[0]})`)
      return known
    }
    const topic = new Topic(arn, attributes)
    if (known) {
      known.set(attributes)
      return known
    }
    this.byArn.set(arn, topic)
    // Subscriptions of an earlier run are read before the templates' topics exist.
    topic.subscriptions.push(...this.allSubscriptions().filter(({ record }) => record.topicArn === arn))
    if (!declared) this.journal?.append({ topic: { arn, attributes } })
    return topic
  }

  /** Subscribes; the same endpoint again is the same subscription. `arn` is given for declared ones. */
  subscribe(given: Omit<SubscriptionRecord, "arn"> & { arn?: string }): Subscription {
    const topic = this.get(given.topicArn)
    const { protocol, endpoint } = given
    const service = protocol === "sqs" || protocol === "lambda" ? protocol : undefined
    if (service && !endpoint.startsWith("arn:aws:" + service + ":")) throw invalid(`${protocol.toUpperCase()} endpoint ARN`)
    if (topic.fifo && protocol !== "sqs")
      throw invalid(`Endpoint Reason: a FIFO topic delivers to queues only; subscribe ${endpoint} to a queue.`)
    if (!topic.fifo && protocol === "sqs" && endpoint.endsWith(".fifo"))
      throw invalid("Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics")
    const known = topic.subscriptions.find(({ record }) => record.protocol === protocol && record.endpoint === endpoint)
    if (known && known.arn !== given.arn && given.arn === undefined) {
      if (
        JSON.stringify(known.record.attributes) !== JSON.stringify(given.attributes) &&
        Object.keys(given.attributes).length > 0
      )
        throw invalid("Attributes Reason: Subscription already exists with different attributes")
      return known
    }
    const record = { ...given, arn: given.arn ?? `${topic.arn}:${randomUUID()}` }
    const made = this.place(record)
    if (given.arn === undefined) this.journal?.append({ subscription: record })
    return made
  }

  private restore({ arn, attributes }: { arn: string; attributes: Record<string, string> }): void {
    const known = this.byArn.get(arn)
    if (known) known.set(attributes)
    else this.byArn.set(arn, new Topic(arn, attributes))
  }

  setTopic(topic: Topic, attributes: Record<string, string>): void {
    topic.set(attributes)
    this.journal?.append({ topic: { arn: topic.arn, attributes } })
  }

  set(subscription: Subscription, name: string, value: string): void {
    subscription.set(name, value)
    this.journal?.append({ subscription: subscription.record })
  }

  /** A topic goes with its subscriptions. */
  remove(arn: string): void {
    for (const each of this.byArn.get(arn)?.subscriptions.map((subscription) => subscription.arn) ?? []) this.unsubscribe(each)
    this.byArn.delete(arn)
  }

  unsubscribe(arn: string): void {
    if (this.forget(arn)) this.journal?.append({ gone: arn })
  }

  private place(record: SubscriptionRecord): Subscription {
    const made = new Subscription(record)
    this.forget(record.arn)
    this.subscriptions.set(record.arn, made)
    this.byArn.get(record.topicArn)?.subscriptions.push(made)
    return made
  }

  private forget(arn: string): boolean {
    const found = this.subscriptions.get(arn)
    const siblings = (found && this.byArn.get(found.record.topicArn)?.subscriptions) ?? []
    const index = siblings.findIndex((each) => each === found)
    if (index >= 0) siblings.splice(index, 1)
    return this.subscriptions.delete(arn)
  }
}
