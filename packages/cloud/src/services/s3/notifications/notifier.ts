import { createHash, randomUUID } from "node:crypto"
import { backOffMs, until } from "../../../lambda/wait.ts"
import type { Cloud } from "../../../service.ts"
import type { Bucket } from "../storage/bucket.ts"
import type { Delivery, Entry } from "../storage/records.ts"
import type { Store } from "../storage/store.ts"
import type { Notifications } from "./configuration.ts"
import { type Change, deliveriesOf, testEvent } from "./event.ts"

/** Calls under way at once; the rest waits in the store. */
const IN_FLIGHT = 32
/** Half a minute with the back-off. One that refuses, rather than fails, needs its policy mended and is asked three times. */
const ATTEMPTS = { failed: 20, refused: 3 }

const isRefusal = (status: number): boolean => status >= 400 && status < 500 && status !== 429

/** Sends what happens in buckets to their destinations, at least once: a notification is written down with its change and crossed out when it was taken. */
export class Notifier {
  private readonly inFlight = new Map<string, Promise<void>>()
  private readonly ended = new AbortController()

  constructor(
    private readonly store: Store,
    private readonly cloud: Cloud,
  ) {}

  /** Commits entries together with the notifications of the changes they make. */
  commit(bucket: Bucket, entries: readonly Entry[], changes: readonly Change[]): void {
    const sends = changes.flatMap((change) => deliveriesOf(change, bucket, this.cloud))
    this.store.commit(...entries, ...sends.map((delivery): Entry => ({ do: "send", delivery })))
    if (sends.length > 0) this.pump()
  }

  /**
   * Makes a configuration valid. Queues and topics that it names for the first time get a test event; one that does not take it makes this throw, as
   * S3 refuses the configuration: https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-enable-disable-notification-intro.html
   */
  async configure(bucket: Bucket, notifications: Notifications, validate = true): Promise<void> {
    const hash = createHash("sha256").update(JSON.stringify(notifications)).digest("hex").slice(0, 16)
    const destinations = notifications.filters.filter(({ kind }) => kind !== "function")
    if (hash !== bucket.notificationHash && destinations.length > 0) {
      for (const { kind, to } of validate ? destinations : []) {
        const message = testEvent(bucket, this.cloud.now())
        const { status, said } = await this.send({ id: randomUUID(), bucketArn: bucket.arn, kind, to, message })
        if (status >= 300)
          throw new Error(`Unable to validate the following destination configurations: ${to} answered ${status} ${said}`)
      }
      this.store.commit({ do: "notification", bucket: bucket.name, hash })
    }
    bucket.settings = { ...bucket.settings, notifications }
    this.pump()
  }

  /** Sends what waits. */
  pump(): void {
    for (const delivery of this.store.pending.values()) {
      if (this.inFlight.size >= IN_FLIGHT || this.ended.signal.aborted) return
      if (this.inFlight.has(delivery.id)) continue
      const run = this.deliver(delivery).finally(() => {
        this.inFlight.delete(delivery.id)
        this.pump()
      })
      this.inFlight.set(delivery.id, run)
    }
  }

  /** Resolves when nothing waits any more. */
  async settled(): Promise<void> {
    while (this.inFlight.size > 0) await Promise.all(this.inFlight.values())
  }

  async stop(): Promise<void> {
    this.ended.abort()
    await Promise.all(this.inFlight.values())
  }

  private async deliver(delivery: Delivery): Promise<void> {
    let answer = { status: 0, said: "" }
    for (let attempt = 0; attempt < (isRefusal(answer.status) ? ATTEMPTS.refused : ATTEMPTS.failed); attempt++) {
      if (attempt > 0) await until(this.cloud, this.cloud.now() + backOffMs(attempt), this.ended.signal)
      // Stays in the store: the next start sends it.
      if (this.ended.signal.aborted) return
      answer = await this.send(delivery)
      if (answer.status < 300) break
    }
    if (answer.status >= 300)
      this.cloud.log("s3", `gave up sending an event of ${delivery.bucketArn} to ${delivery.to}: ${answer.status} ${answer.said}`)
    this.store.commit({ do: "sent", id: delivery.id })
  }

  private async send(delivery: Delivery): Promise<{ status: number; said: string }> {
    try {
      const { status, body } = await this.cloud.call({
        ...requestFor(delivery, this.cloud),
        as: { service: "s3.amazonaws.com", sourceArn: delivery.bucketArn },
      })
      return { status, said: body.toString("utf8").slice(0, 300) }
    } catch (error) {
      return { status: 599, said: error instanceof Error ? error.message : String(error) }
    }
  }
}

/** The AWS call that carries a notification to its destination. */
function requestFor({ kind, to, message }: Delivery, cloud: Cloud): Parameters<Cloud["call"]>[0] {
  switch (kind) {
    case "queue": {
      const url = cloud.find("AWS::SQS::Queue", to)?.identity.ref ?? `${cloud.awsUrl}/${cloud.account}/${to.split(":").at(-1)}`
      return { service: "sqs", target: "AmazonSQS.SendMessage", body: { QueueUrl: url, MessageBody: message } }
    }
    case "topic": {
      const form = { Action: "Publish", Version: "2010-03-31", TopicArn: to, Subject: "Amazon S3 Notification", Message: message }
      const headers = { "content-type": "application/x-www-form-urlencoded" }
      return { service: "sns", headers, body: new URLSearchParams(form).toString() }
    }
    case "function":
      return {
        service: "lambda",
        path: `/2015-03-31/functions/${encodeURIComponent(to)}/invocations`,
        headers: { "x-amz-invocation-type": "Event" },
        body: JSON.parse(message) as unknown,
      }
    case "bus":
      return { service: "events", target: "AWSEvents.PutEvents", body: JSON.parse(message) as unknown }
  }
}
