import type { AttributeValue } from "./message-attributes.ts"

/** A message as the journal keeps it. Times are epoch milliseconds. */
export interface MessageRecord {
  id: string
  body: string
  md5: string
  attributes?: Record<string, AttributeValue>
  /** `AWSTraceHeader`, the one system attribute that senders may set. */
  trace?: string
  sender: string
  /** Bytes of body and attributes. */
  size: number
  /** When it was sent; retention counts from here. */
  sentAt: number
  /** When it came into this queue; later than `sentAt` in a dead letter queue. */
  enteredAt: number
  visibleAt: number
  /** Position by which the queue delivers; grows with every arrival. */
  order: number
  group?: string
  deduplicationId?: string
  /** Receives in all queues, as ApproximateReceiveCount says. */
  receives: number
  /** Receives in this queue, which its redrive policy counts. */
  receivesHere: number
  firstReceivedAt?: number
  receivedAt?: number
  /** ARN of the queue it was dead-lettered from. */
  source?: string
}

/** A message in a queue, with its places in the queue's structures. */
export interface Message extends MessageRecord {
  state: "delayed" | "visible" | "inFlight"
  place: number
  agePlace: number
  /** Neighbours in its message group. */
  next?: Message
  previous?: Message
}

/** The persistent part of a message. */
export function recordOf(message: Message): MessageRecord {
  const record: MessageRecord & Partial<Message> = { ...message }
  for (const name of ["state", "place", "agePlace", "next", "previous"] as const) delete record[name]
  return record
}

/** 20 digits that grow with every message: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-key-terms.html */
export const sequenceNumber = (order: number): string => String(18_800_000_000_000_000_000n + BigInt(order) * 256n)
