import { type Message, recordOf } from "./message.ts"
import type { Queue } from "./queue.ts"
import type { Queues } from "./queues.ts"

/**
 * Moves a message that one receive more would be too many for to the dead letter queue; whether it did. Without that queue
 * (it was deleted) the message stays and is delivered.
 */
export function deadLetter(queues: Queues, queue: Queue, message: Message, now: number): boolean {
  if (!queue.isSpent(message)) return false
  const target = queues.byArn(queue.redrive!.deadLetterTargetArn)
  if (!target || target === queue) return false
  const record = recordOf(message)
  queues.commit({
    kind: "move",
    at: now,
    from: queue.name,
    id: message.id,
    queue: target.name,
    message: {
      ...record,
      enteredAt: now,
      visibleAt: now,
      order: target.nextOrder,
      receivesHere: 0,
      source: queue.arn,
      // Only FIFO queues start the age anew: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html
      sentAt: target.isFifo ? now : record.sentAt,
      // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
      ...(target.isFifo && { deduplicationId: record.id }),
    },
  })
  return true
}
