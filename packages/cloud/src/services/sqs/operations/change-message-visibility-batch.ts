import { eachEntry, readEntries } from "../batch.ts"
import { changeOne } from "./change-message-visibility.ts"
import { checkMembers } from "../../protocol/members.ts"
import { onQueue, type Operation, queueOf, STRANGERS } from "./operation.ts"

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibilityBatch.html */
export const ChangeMessageVisibilityBatch: Operation = {
  members: ["QueueUrl", "Entries"],
  access: onQueue("ChangeMessageVisibility"),
  run(call) {
    const queue = queueOf(call)
    const entries = readEntries(call.input, "ChangeMessageVisibilityBatchRequestEntry")
    for (const entry of entries)
      checkMembers(
        Object.keys(entry),
        ["Id", "ReceiptHandle", "VisibilityTimeout"],
        "sqs.ChangeMessageVisibilityBatch.Entries",
        STRANGERS,
      )
    queue.settle(call.now)
    return {
      output: eachEntry(entries, (entry) => {
        changeOne(queue, entry, call)
        return {}
      }),
    }
  },
}
