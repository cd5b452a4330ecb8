import { ChangeMessageVisibilityCommand } from "../sqs/index.ts"
import { sqs } from "../aws.ts"
import { config } from "../config.ts"
import { log } from "../logger.ts"

/** A lease has run out by then, and the run can be taken. */
const FIRST_SECONDS = 35
/** What the queue does by itself: six times the worker's timeout. */
const MOST_SECONDS = 720

/**
 * Has a delivery that failed come again soon, and then later and later: somebody waits for its end. Where this fails, the queue's own time applies.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
 */
export async function comeAgain({ receiptHandle, received }: { receiptHandle: string; received: number }): Promise<void> {
  try {
    await sqs().send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: config("RUN_QUEUE_URL"),
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: Math.min(MOST_SECONDS, FIRST_SECONDS * 2 ** Math.max(0, received - 1)),
      }),
    )
  } catch (error) {
    log.warn("delivery was left to its queue", { error })
  }
}
