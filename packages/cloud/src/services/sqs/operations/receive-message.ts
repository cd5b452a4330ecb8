import { AwsError } from "../../../service.ts"
import { invalidValue } from "../errors.ts"
import { unknownAttribute } from "../attributes.ts"
import { FifoQueue, paced } from "../fifo.ts"
import { type Message, sequenceNumber } from "../message.ts"
import { askedAttributes, attributesMd5 } from "../message-attributes.ts"
import { billed, type Call, integer, list, onQueue, type Operation, queueOf } from "./operation.ts"
import { MAX_IN_FLIGHT, type Queue } from "../queue.ts"
import { receiptHandle } from "../receipt.ts"

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
const MAX_WAIT = 20
export const MAX_VISIBILITY = 43_200

/** System attributes, and how a message tells each. */
const SYSTEM: Readonly<Record<string, (message: Message, queue: Queue) => string | number | undefined>> = {
  SenderId: ({ sender }) => sender,
  SentTimestamp: ({ sentAt }) => sentAt,
  ApproximateReceiveCount: ({ receives }) => receives,
  ApproximateFirstReceiveTimestamp: ({ firstReceivedAt }) => firstReceivedAt,
  SequenceNumber: ({ order }, { isFifo }) => (isFifo ? sequenceNumber(order) : undefined),
  MessageDeduplicationId: ({ deduplicationId }) => deduplicationId,
  MessageGroupId: ({ group }) => group,
  AWSTraceHeader: ({ trace }) => trace,
  DeadLetterQueueSourceArn: ({ source }) => source,
}

interface Asked {
  max: number
  waitMs: number
  visibilityMs: number
  attempt?: string
  system: readonly string[]
  attributes: readonly string[]
}

function readAsked({ input }: Call, queue: Queue): Asked {
  const max = integer(input, "MaxNumberOfMessages", (value) =>
    Number(value) < 1 || Number(value) > 10
      ? invalidValue(value, "MaxNumberOfMessages", "Must be between 1 and 10, if provided.")
      : undefined,
  )
  const wait = integer(input, "WaitTimeSeconds", (value) =>
    Number(value) < 0 || Number(value) > MAX_WAIT
      ? invalidValue(value, "WaitTimeSeconds", `Must be >= 0 and <= ${MAX_WAIT}, if provided.`)
      : undefined,
  )
  const visibility = integer(input, "VisibilityTimeout", (value) =>
    Number(value) < 0 || Number(value) > MAX_VISIBILITY
      ? invalidValue(value, "VisibilityTimeout", `Must be >= 0 and <= ${MAX_VISIBILITY}, if provided.`)
      : undefined,
  )
  const names = [...list(input, "AttributeNames"), ...list(input, "MessageSystemAttributeNames")]
  for (const name of names) if (name !== "All" && !Object.hasOwn(SYSTEM, name)) throw unknownAttribute(name)
  const attempt: unknown = input.ReceiveRequestAttemptId
  if (attempt !== undefined && !queue.isFifo)
    throw invalidValue(attempt, "ReceiveRequestAttemptId", "The request include parameter that is not valid for this queue type.")
  if (attempt !== undefined && (typeof attempt !== "string" || attempt.length < 1 || attempt.length > 128))
    throw invalidValue(attempt, "ReceiveRequestAttemptId", "It must be 1 to 128 characters long.")
  return {
    max: max ?? 1,
    waitMs: (wait ?? queue.setting("ReceiveMessageWaitTimeSeconds")) * 1000,
    visibilityMs: (visibility ?? queue.setting("VisibilityTimeout")) * 1000,
    attempt: attempt as string | undefined,
    system: names.includes("All") ? Object.keys(SYSTEM) : names,
    attributes: list(input, "MessageAttributeNames"),
  }
}

/** The messages of an earlier receive with the same attempt id, as long as nobody touched them. */
function sameAgain(queue: Queue, { attempt, visibilityMs }: Asked, { queues }: Call, now: number): Message[] {
  const earlier = attempt !== undefined && queue instanceof FifoQueue ? queue.attempts.get(attempt, now) : undefined
  if (!earlier) return []
  const messages = earlier.ids.map((id) => queue.messages.get(id))
  const isUntouched = messages.every(
    (message, index) =>
      message?.state === "inFlight" && message.receives === earlier.receives[index] && message.visibleAt === earlier.until,
  )
  if (!isUntouched) return []
  const { ids, receives } = earlier
  queues.commit({ kind: "again", at: now, queue: queue.name, ids, receives, until: now + visibilityMs, attempt: attempt! })
  return messages as Message[]
}

function written(message: Message, queue: Queue, { system, attributes }: Asked) {
  const told = system.flatMap((name) => {
    const value = SYSTEM[name]!(message, queue)
    return value === undefined ? [] : [[name, String(value)]]
  })
  const asked = askedAttributes(message.attributes, attributes)
  return {
    MessageId: message.id,
    ReceiptHandle: receiptHandle(queue, message),
    MD5OfBody: message.md5,
    Body: message.body,
    ...(told.length > 0 && { Attributes: Object.fromEntries(told) as Record<string, string> }),
    ...(asked && { MD5OfMessageAttributes: attributesMd5(asked), MessageAttributes: asked }),
  }
}

export const ReceiveMessage: Operation = {
  members: [
    "QueueUrl",
    "AttributeNames",
    "MessageSystemAttributeNames",
    "MessageAttributeNames",
    "MaxNumberOfMessages",
    "VisibilityTimeout",
    "WaitTimeSeconds",
    "ReceiveRequestAttemptId",
  ],
  access: onQueue("ReceiveMessage"),
  async run(call) {
    const { queues, cloud } = call
    const asked = readAsked(call, queueOf(call))
    paced(queueOf(call), "ReceiveMessage", call.now)
    // What is taken is written at once: another receive may change the message before this one is answered.
    const take = () => {
      const queue = queueOf(call)
      const now = cloud.now()
      queue.settle(now)
      const same = sameAgain(queue, asked, call, now)
      const messages = same.length > 0 ? same : queues.receive(queue, now, asked)
      return messages.map((message) => ({ size: message.size, message: written(message, queue, asked) }))
    }
    let taken = take()
    const queue = queueOf(call)
    if (taken.length === 0 && asked.waitMs > 0)
      taken = await queues.pollsOf(queue.name, cloud.clock).wait(take, call.now + asked.waitMs, call.request.signal)
    // Only a short poll is told: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html
    else if (taken.length === 0 && !queue.isFifo && queue.counts().inFlight >= MAX_IN_FLIGHT)
      throw new AwsError("OverLimit", `Queue ${queue.name} has ${MAX_IN_FLIGHT} messages in flight: delete some first.`, 403)
    const Messages = taken.map(({ message }) => message)
    return { output: Messages.length > 0 ? { Messages } : {}, units: billed(taken.reduce((sum, { size }) => sum + size, 0)) }
  },
}
