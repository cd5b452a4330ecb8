import { onQueue, type Operation, queueOf, unlessEmpty } from "./operation.ts"

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListQueueTags.html */
export const ListQueueTags: Operation = {
  members: ["QueueUrl"],
  access: onQueue("ListQueueTags"),
  run: (call) => ({ output: { Tags: unlessEmpty(queueOf(call).definition.tags) } }),
}
