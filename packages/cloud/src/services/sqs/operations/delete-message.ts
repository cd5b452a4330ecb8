import { paced } from "../fifo.ts"
import { type Call, onQueue, type Operation, queueOf, required } from "./operation.ts"
import type { Queue } from "../queue.ts"
import { readReceipt } from "../receipt.ts"

/** Deletes the message of a receipt handle. One that is gone already is no error; an old handle succeeds and deletes nothing, as AWS allows. */
export function deleteOne(queue: Queue, handle: string, { queues, now }: Call): void {
  const { message, isCurrent } = readReceipt(queue, handle)
  if (message && isCurrent) queues.commit({ kind: "delete", at: now, queue: queue.name, id: message.id })
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html */
export const DeleteMessage: Operation = {
  members: ["QueueUrl", "ReceiptHandle"],
  access: onQueue("DeleteMessage"),
  run(call) {
    const queue = queueOf(call)
    paced(queue, "DeleteMessage", call.now)
    queue.settle(call.now)
    deleteOne(queue, required(call.input, "ReceiptHandle"), call)
    return {}
  },
}
