import { digestsOf, DRAFT_MEMBERS, readDraft, tooLarge } from "../draft.ts"
import { paced } from "../fifo.ts"
import { sequenceNumber } from "../message.ts"
import { billed, onQueue, type Operation, queueOf } from "./operation.ts"

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
export const SendMessage: Operation = {
  members: ["QueueUrl", ...DRAFT_MEMBERS],
  access: onQueue("SendMessage"),
  run(call) {
    const queue = queueOf(call)
    const draft = readDraft(call.input, queue, call)
    if (draft.size > queue.setting("MaximumMessageSize")) throw tooLarge(queue, "are invalid")
    paced(queue, "SendMessage", call.now)
    const [sent] = call.queues.send(queue, [draft], call.now)
    return {
      output: {
        ...digestsOf(draft),
        MessageId: sent!.id,
        ...(queue.isFifo && { SequenceNumber: sequenceNumber(sent!.order) }),
      },
      units: billed(draft.size),
    }
  },
}
