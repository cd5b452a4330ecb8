import { eachEntry, readEntries } from "../batch.ts"
import { deleteOne } from "./delete-message.ts"
import { paced } from "../fifo.ts"
import { checkMembers } from "../../protocol/members.ts"
import { onQueue, type Operation, queueOf, required, STRANGERS } from "./operation.ts"

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessageBatch.html */
export const DeleteMessageBatch: Operation = {
  members: ["QueueUrl", "Entries"],
  access: onQueue("DeleteMessage"),
  run(call) {
    const queue = queueOf(call)
    const entries = readEntries(call.input, "DeleteMessageBatchRequestEntry")
    for (const entry of entries)
      checkMembers(Object.keys(entry), ["Id", "ReceiptHandle"], "sqs.DeleteMessageBatch.Entries", STRANGERS)
    paced(queue, "DeleteMessage", call.now)
    queue.settle(call.now)
    return {
      output: eachEntry(entries, (entry) => {
        deleteOne(queue, required(entry, "ReceiptHandle"), call)
        return {}
      }),
    }
  },
}
