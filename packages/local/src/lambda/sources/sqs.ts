import { AwsError } from "../../service.ts"
import { MAX_PAYLOAD_BYTES } from "../runner.ts"
import { backOffMs, until } from "../wait.ts"
import { readBatchResponse } from "./partial.ts"
import { callAs, type Poller, type PollerParts, requireCall } from "./poller.ts"
import { type SqsMessage, sqsEvent } from "./sqs-event.ts"

/** One call takes and deletes at most this many. */
const CALL_MESSAGES = 10
const LONG_POLL_SECONDS = 20
/** A queue engine that answers an empty long poll at once must not be asked in a loop. */
const EMPTY_PAUSE_MS = 200

/** Calls a function with the messages of a queue. What it does not delete becomes visible again when the queue says so. */
export function sqsPoller(parts: PollerParts): Poller {
  const { mapping, cloud, runner, target, signal } = parts
  const QueueUrl = cloud.find("AWS::SQS::Queue", mapping.sourceArn)?.identity.ref
  const { spec } = target
  let underWay = 0
  let freed: (() => void) | undefined

  async function receive(max: number, waitSeconds: number): Promise<SqsMessage[] | undefined> {
    const body = {
      QueueUrl,
      MaxNumberOfMessages: Math.min(CALL_MESSAGES, max),
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ["All"],
      AttributeNames: ["All"],
      MessageAttributeNames: ["All"],
    }
    const { status, json } = await callAs(parts, "sqs", "AmazonSQS.ReceiveMessage", body)
    if (status < 400) return json?.Messages ?? []
    cloud.log(
      "lambda",
      `${spec.name} cannot receive from ${String(QueueUrl)}: ${String(json?.__type ?? status)}: ${String(json?.message ?? "")}`,
    )
    return undefined
  }

  /** Collects until the batch is full or its window is over. Undefined where the queue cannot be read. */
  async function gather(): Promise<SqsMessage[] | undefined> {
    const messages = await receive(mapping.batchSize, LONG_POLL_SECONDS)
    if (!messages || messages.length === 0) return messages
    const end = cloud.now() + mapping.windowMs
    let bytes = messages.reduce((sum, { Body }) => sum + Body.length, 0)
    while (messages.length < mapping.batchSize && bytes < MAX_PAYLOAD_BYTES / 2 && !signal.aborted) {
      const left = end - cloud.now()
      if (left <= 0 && messages.length % CALL_MESSAGES !== 0) break
      // Without a window a batch of more than ten still takes what is there.
      const more = await receive(
        mapping.batchSize - messages.length,
        left <= 0 ? 0 : Math.min(LONG_POLL_SECONDS, Math.ceil(left / 1000)),
      )
      if (!more || (more.length === 0 && cloud.now() >= end)) break
      if (more.length === 0) await until(cloud, Math.min(end, cloud.now() + EMPTY_PAUSE_MS), signal)
      messages.push(...more)
      bytes += more.reduce((sum, { Body }) => sum + Body.length, 0)
    }
    return messages
  }

  /** Messages that were processed; the others go back by themselves. */
  async function processed(messages: SqsMessage[]): Promise<SqsMessage[]> {
    const { error, payload } = await runner.run(mapping.function, JSON.stringify(sqsEvent(messages, mapping.sourceArn, cloud)))
    if (error) return []
    const verdict = mapping.partial ? readBatchResponse(payload) : "success"
    if (verdict === "success") return messages
    if (verdict === "failure") return []
    const failed = new Set(verdict.failed)
    const known = new Set(messages.map(({ MessageId }) => MessageId))
    return verdict.failed.every((id) => known.has(id)) ? messages.filter(({ MessageId }) => !failed.has(MessageId)) : []
  }

  async function remove(messages: SqsMessage[]): Promise<void> {
    for (let from = 0; from < messages.length; from += CALL_MESSAGES) {
      const Entries = messages
        .slice(from, from + CALL_MESSAGES)
        .map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }))
      const { status, json } = await callAs(parts, "sqs", "AmazonSQS.DeleteMessageBatch", { QueueUrl, Entries })
      const reason = status >= 400 ? json?.message : json?.Failed?.[0]?.Message
      if (reason !== undefined)
        cloud.log("lambda", `${spec.name} could not delete messages of ${String(QueueUrl)}, they come again: ${String(reason)}`)
    }
  }

  async function deliver(messages: SqsMessage[]): Promise<void> {
    try {
      await remove(await processed(messages))
    } catch (thrown) {
      const isThrottled = thrown instanceof AwsError && thrown.status === 429
      if (!signal.aborted)
        cloud.log(
          "lambda",
          `${spec.name}: ${messages.length} messages go back to the queue: ${isThrottled ? "throttled" : String(thrown)}`,
        )
    } finally {
      underWay--
      freed?.()
    }
  }

  async function poll(): Promise<void> {
    for (let failures = 0; !signal.aborted;) {
      if (underWay >= mapping.maxConcurrency) await new Promise<void>((resolve) => (freed = resolve))
      const asked = performance.now()
      const messages = await gather()
      if (signal.aborted) return
      if (!messages) await until(cloud, cloud.now() + backOffMs(failures++ + 4), signal)
      else if (messages.length === 0) {
        if (performance.now() - asked < EMPTY_PAUSE_MS) await until(cloud, cloud.now() + EMPTY_PAUSE_MS, signal)
      } else {
        failures = 0
        underWay++
        void deliver(messages)
      }
    }
  }

  return {
    async start() {
      const json = await requireCall(parts, "sqs", "AmazonSQS.GetQueueAttributes", {
        QueueUrl,
        AttributeNames: ["VisibilityTimeout", "QueueArn"],
      })
      const visibility = Number(json?.Attributes?.VisibilityTimeout ?? 30)
      if (visibility * 1000 < spec.timeoutMs)
        throw new Error(
          `Queue visibility timeout: ${visibility} seconds is less than Function timeout: ${spec.timeoutMs / 1000} seconds (${mapping.sourceArn}, ${spec.name}). Raise it to at least six times the timeout.`,
        )
      void poll().catch((error: unknown) =>
        cloud.log("lambda", `${spec.name} stopped reading ${String(QueueUrl)}: ${String(error)}`),
      )
    },
    state: () => ({ underWay }),
  }
}
