import { AwsError } from "../../../service.ts"
import { onQueue, type Operation, queueOf } from "./operation.ts"

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_PurgeQueue.html */
const ONCE_IN_MS = 60_000

export const PurgeQueue: Operation = {
  members: ["QueueUrl"],
  access: onQueue("PurgeQueue"),
  run(call) {
    const { name, purgedAt } = queueOf(call).definition
    if (purgedAt !== undefined && call.now < purgedAt + ONCE_IN_MS)
      throw new AwsError("PurgeQueueInProgress", `Only one PurgeQueue operation on ${name} is allowed every 60 seconds.`, 403)
    call.queues.commit({ kind: "purge", at: call.now, queue: name })
    return {}
  },
}
