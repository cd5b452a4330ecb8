import { pageOf } from "./list-queues.ts"
import { onQueue, type Operation, queueOf, queueUrl } from "./operation.ts"

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListDeadLetterSourceQueues.html */
export const ListDeadLetterSourceQueues: Operation = {
  members: ["QueueUrl", "MaxResults", "NextToken"],
  access: onQueue("ListDeadLetterSourceQueues"),
  run(call) {
    const { arn } = queueOf(call)
    const sources = () => call.queues.sourcesOf(arn).map(({ name }) => name)
    const { page, NextToken } = pageOf(sources, { QueueUrl: arn }, call.input)
    return { output: { queueUrls: page.map((name) => queueUrl(call.cloud, name)), NextToken } }
  },
}
