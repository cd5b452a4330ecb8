import { AwsError } from "../../../service.ts"
import { invalidValue, missingParameter } from "../errors.ts"
import { type Call, type Input, integer, onQueue, type Operation, queueOf, required } from "./operation.ts"
import type { Queue } from "../queue.ts"
import { MAX_VISIBILITY } from "./receive-message.ts"
import { readReceipt } from "../receipt.ts"

/** Sets when a message in flight becomes visible again; at most 12 hours after it was received. */
export function changeOne(queue: Queue, input: Input, { queues, now }: Call): void {
  const handle = required(input, "ReceiptHandle")
  const seconds = integer(input, "VisibilityTimeout", (value) =>
    Number(value) < 0 || Number(value) > MAX_VISIBILITY
      ? invalidValue(value, "VisibilityTimeout", `VisibilityTimeout must be an integer between 0 and ${MAX_VISIBILITY}.`)
      : undefined,
  )
  if (seconds === undefined) throw missingParameter("VisibilityTimeout")
  const { message, isCurrent } = readReceipt(queue, handle)
  if (!message || !isCurrent)
    throw invalidValue(handle, "ReceiptHandle", "Message does not exist or is not available for visibility timeout change.")
  if (message.state !== "inFlight") throw new AwsError("MessageNotInflight", "The specified message isn't in flight.")
  const until = now + seconds * 1000
  if (until > message.receivedAt! + MAX_VISIBILITY * 1000)
    throw invalidValue(
      seconds,
      "VisibilityTimeout",
      `Total VisibilityTimeout for the message is beyond the limit [${MAX_VISIBILITY} seconds]`,
    )
  queues.commit({ kind: "hide", at: now, queue: queue.name, id: message.id, until })
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html */
export const ChangeMessageVisibility: Operation = {
  members: ["QueueUrl", "ReceiptHandle", "VisibilityTimeout"],
  access: onQueue("ChangeMessageVisibility"),
  run(call) {
    const queue = queueOf(call)
    queue.settle(call.now)
    changeOne(queue, call.input, call)
    return {}
  },
}
