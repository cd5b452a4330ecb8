import { type Access, AwsError } from "../../service.ts"
import { invalidParameter, missingParameter } from "./errors.ts"
import type { MoveTask } from "./task-record.ts"
import type { Queue } from "./queue.ts"
import type { Queues } from "./queues.ts"

export const notFound = (message: string): AwsError => new AwsError("ResourceNotFoundException", message, 404)

/** What a task handle says, without a look at whether there is such a task. */
export function readTaskHandle(handle: unknown): { taskId: string; sourceArn: string } {
  if (typeof handle !== "string" || handle === "") throw missingParameter("TaskHandle")
  try {
    const { taskId, sourceArn } = JSON.parse(Buffer.from(handle, "base64").toString("utf8")) as Record<string, unknown>
    if (typeof taskId === "string" && typeof sourceArn === "string") return { taskId, sourceArn }
  } catch {
    // Falls through to the same refusal.
  }
  throw invalidParameter("Value for parameter TaskHandle is invalid.")
}

export const taskHandle = ({ id, sourceArn }: MoveTask): string =>
  Buffer.from(JSON.stringify({ taskId: id, sourceArn })).toString("base64")

/** The dead letter queue that tasks take from. */
export function sourceOf(queues: Queues, arn: unknown): Queue {
  if (typeof arn !== "string" || arn === "") throw missingParameter("SourceArn")
  const source = queues.byArn(arn)
  if (!source) throw notFound("The resource that you specified for the SourceArn parameter doesn't exist.")
  return source
}

/** Who deals with tasks acts on the dead letter queue as its consumer: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html */
export const asConsumer = (action: string, arn: string): Access[] =>
  [action, "ReceiveMessage", "DeleteMessage", "GetQueueAttributes"].map((each) => ({ action: `sqs:${each}`, resource: arn }))
