import { onQueue, type Operation, queueOf } from "./operation.ts"

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteQueue.html */
export const DeleteQueue: Operation = {
  members: ["QueueUrl"],
  access: onQueue("DeleteQueue"),
  run(call) {
    call.queues.commit({ kind: "drop", at: call.now, queue: queueOf(call).name })
    return {}
  },
}
