import { AwsError } from "../../service.ts"
import { isLoop, joined, loopMessage } from "../../delivery/lineage.ts"
import { MAX_PAYLOAD_BYTES } from "../runner.ts"
import { backOffMs, until } from "../wait.ts"
import { contentOf } from "./filter.ts"
import { readBatchResponse } from "./partial.ts"
import { callAs, type Poller, type PollerParts, requireCall } from "./poller.ts"
import { type SqsMessage, sqsEvent } from "./sqs-event.ts"

/** One call takes and deletes at most this many. */
const CALL_MESSAGES = 10
const LONG_POLL_SECONDS = 20
/** A queue engine that answers an empty long poll at once must not be asked in a loop. */
const EMPTY_PAUSE_MS = 200

interface Batch {
  messages: SqsMessage[]
  /** When the first of them was received. */
  since: number
}

/** Calls a function with the messages of a queue. What it does not delete becomes visible again when the queue says so. */
export function sqsPoller(parts: PollerParts): Poller {
  const { mapping, cloud, runner, target, signal } = parts
  const QueueUrl = cloud.find("AWS::SQS::Queue", mapping.sourceArn)?.identity.ref
  const { spec } = target
  let visibilityMs = 30_000
  let underWay = 0
  /** Batches at once; fewer after failures: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html */
  let allowed = mapping.maxConcurrency
  let freed: (() => void) | undefined
  const say = (line: string) => cloud.log("lambda", `${spec.name} ${line}`)

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
    say(`cannot receive from ${String(QueueUrl)}: ${String(json?.__type ?? status)}: ${String(json?.message ?? "")}`)
    return undefined
  }

  /** Collects until the batch is full or its window is over. Undefined where the queue cannot be read. */
  async function gather(): Promise<Batch | undefined> {
    const messages = await receive(mapping.batchSize, LONG_POLL_SECONDS)
    const since = cloud.now()
    if (!messages || messages.length === 0) return messages && { messages, since }
    const end = since + mapping.windowMs
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
    return { messages, since }
  }

  /** Messages that were processed; the others go back by themselves. */
  async function processed(all: SqsMessage[]): Promise<SqsMessage[]> {
    const messages = spec.stopsLoops ? all.filter(({ Attributes }) => !isLoop(Attributes?.AWSTraceHeader, spec.arn)) : all
    if (messages.length < all.length) cloud.log("lambda", loopMessage(spec.name, mapping.sourceArn))
    if (messages.length === 0) return []
    const trace = joined(messages.map(({ Attributes }) => Attributes?.AWSTraceHeader))
    const event = JSON.stringify(sqsEvent(messages, mapping.sourceArn, cloud))
    const origin = { trace, source: mapping.sourceArn }
    const { error, payload } = await runner.run(mapping.function, event, undefined, origin)
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
      if (reason !== undefined) say(`could not delete messages of ${String(QueueUrl)}, they come again: ${String(reason)}`)
    }
  }

  /** Throttled batches are tried again while they are hidden from other readers, so they are not counted as received twice. */
  async function invoke({ messages, since }: Batch): Promise<SqsMessage[]> {
    for (let throttles = 0; ; throttles++) {
      try {
        return await processed(messages)
      } catch (thrown) {
        const isThrottled = thrown instanceof AwsError && thrown.status === 429
        const next = cloud.now() + backOffMs(throttles + 2)
        if (isThrottled && next < since + visibilityMs && !signal.aborted) {
          slowDown()
          await until(cloud, next, signal)
          if (!signal.aborted) continue
        }
        if (!signal.aborted)
          say(`: ${messages.length} messages go back to the queue: ${isThrottled ? "throttled" : String(thrown)}`)
        return []
      }
    }
  }

  function slowDown(): void {
    allowed = Math.max(1, Math.floor(allowed / 2))
  }

  async function deliver(batch: Batch): Promise<void> {
    try {
      const { passes, isOn } = mapping.filter
      const wanted = isOn ? batch.messages.filter(({ Body }) => passes({ body: contentOf(Body) })) : batch.messages
      const done = wanted.length > 0 ? await invoke({ ...batch, messages: wanted }) : []
      // What a dead poller's function did is not known to anybody: its messages come again.
      if (signal.aborted) return
      if (done.length < wanted.length) slowDown()
      else allowed = Math.min(mapping.maxConcurrency, allowed + 1)
      await remove([...batch.messages.filter((message) => !wanted.includes(message)), ...done])
    } finally {
      underWay--
      freed?.()
    }
  }

  async function poll(): Promise<void> {
    for (let failures = 0; !signal.aborted;) {
      if (underWay >= Math.min(allowed, mapping.maxConcurrency)) await new Promise<void>((resolve) => (freed = resolve))
      const asked = performance.now()
      const batch = await gather()
      if (signal.aborted) return
      if (!batch) await until(cloud, cloud.now() + backOffMs(failures++ + 4), signal)
      else if (batch.messages.length === 0) {
        if (performance.now() - asked < EMPTY_PAUSE_MS) await until(cloud, cloud.now() + EMPTY_PAUSE_MS, signal)
      } else {
        failures = 0
        underWay++
        deliver(batch).catch(parts.crashed)
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
      visibilityMs = visibility * 1000
      if (visibilityMs < spec.timeoutMs)
        throw new Error(
          `Queue visibility timeout: ${visibility} seconds is less than Function timeout: ${spec.timeoutMs / 1000} seconds (${mapping.sourceArn}, ${spec.name}). Raise it to at least six times the timeout.`,
        )
      poll().catch(parts.crashed)
    },
    state: () => ({ underWay, allowed: Math.min(allowed, mapping.maxConcurrency) }),
  }
}
