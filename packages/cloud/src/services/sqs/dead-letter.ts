import { type Message, recordOf } from "./message.ts"
import type { Queue } from "./queue.ts"
import type { Change } from "./change.ts"

/** All queues, as far as a dead letter needs them. */
interface Queues {
  byArn(arn: string): Queue | undefined
  commit(change: Change): void
}

/** The queue that takes a message which one receive more would be too many for. Without one (it was deleted) the message stays. */
function targetOf(queues: Queues, queue: Queue, message: Message): Queue | undefined {
  const target = queue.isSpent(message) ? queues.byArn(queue.redrive!.deadLetterTargetArn) : undefined
  return target === queue ? undefined : target
}

/** Whether a message goes to the dead letter queue instead of being received. */
export const isDead = (queues: Queues, queue: Queue, message: Message): boolean => targetOf(queues, queue, message) !== undefined

/** Moves a message to the dead letter queue, unless somebody else just did. */
export function deadLetter(queues: Queues, queue: Queue, message: Message, now: number): void {
  const target = targetOf(queues, queue, message)
  if (!target || queue.messages.get(message.id) !== message) return
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
}
