import { pageOf } from "./list-queues.ts"
import { onQueue, type Operation, queueOf, queueUrl } from "./operation.ts"

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListDeadLetterSourceQueues.html */
export const ListDeadLetterSourceQueues: Operation = {
  members: ["QueueUrl", "MaxResults", "NextToken"],
  access: onQueue("ListDeadLetterSourceQueues"),
  run(call) {
    const names = call.queues.sourcesOf(queueOf(call).arn).map(({ name }) => name)
    const { page, NextToken } = pageOf(names, call.input)
    return { output: { queueUrls: page.map((name) => queueUrl(call.cloud, name)), NextToken } }
  },
}
