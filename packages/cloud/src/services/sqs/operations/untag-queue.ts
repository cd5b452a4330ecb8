import { list, onQueue, type Operation, queueOf } from "./operation.ts"

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_UntagQueue.html */
export const UntagQueue: Operation = {
  members: ["QueueUrl", "TagKeys"],
  access: onQueue("UntagQueue"),
  run(call) {
    const { definition } = queueOf(call)
    const gone = list(call.input, "TagKeys")
    const tags = Object.fromEntries(Object.entries(definition.tags).filter(([key]) => !gone.includes(key)))
    call.queues.commit({ kind: "define", at: call.now, queue: { ...definition, tags } })
    return {}
  },
}
