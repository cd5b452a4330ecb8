import { AwsError } from "../../../service.ts"
import { type Entry, failedEntry, readEntries } from "../batch.ts"
import { digestsOf, type Draft, DRAFT_MEMBERS, readDraft, tooLarge } from "../draft.ts"
import { invalidParameter } from "../errors.ts"
import { paced } from "../fifo.ts"
import { sequenceNumber } from "../message.ts"
import { billed, type Call, onQueue, type Operation, queueOf, STRANGERS } from "./operation.ts"
import type { Queue } from "../queue.ts"
import { checkMembers } from "../../protocol/members.ts"

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
const MAX_BATCH_BYTES = 1_048_576

/** What one entry sends, or why it fails alone. Group and deduplication missing in one fail the whole batch, as AWS does. */
function draftOf(entry: Entry, queue: Queue, call: Call): Draft | AwsError {
  checkMembers(Object.keys(entry), ["Id", ...DRAFT_MEMBERS], "sqs.SendMessageBatch.Entries", STRANGERS)
  if (queue.isFifo && entry.MessageGroupId === undefined)
    throw invalidParameter("The request must contain the parameter MessageGroupId.")
  if (
    queue.isFifo &&
    entry.MessageDeduplicationId === undefined &&
    queue.definition.attributes.ContentBasedDeduplication !== "true"
  )
    throw invalidParameter(
      "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
    )
  try {
    return readDraft(entry, queue, call)
  } catch (error) {
    if (error instanceof AwsError) return error
    throw error
  }
}

export const SendMessageBatch: Operation = {
  members: ["QueueUrl", "Entries"],
  access: onQueue("SendMessage"),
  run(call) {
    const queue = queueOf(call)
    const entries = readEntries(call.input, "SendMessageBatchRequestEntry")
    const drafts = entries.map((entry) => ({ entry, draft: draftOf(entry, queue, call) }))
    const good = drafts.flatMap(({ entry, draft }) => (draft instanceof AwsError ? [] : [{ entry, draft }]))
    const bytes = good.reduce((sum, { draft }) => sum + draft.size, 0)
    if (bytes > MAX_BATCH_BYTES)
      throw new AwsError(
        "BatchRequestTooLong",
        `Batch requests cannot be longer than ${MAX_BATCH_BYTES} bytes. You have sent ${bytes} bytes.`,
      )
    paced(queue, "SendMessage", call.now)
    const fitting = good.filter(({ draft }) => draft.size <= queue.setting("MaximumMessageSize"))
    const sent = call.queues.send(
      queue,
      fitting.map(({ draft }) => draft),
      call.now,
    )
    const Successful = fitting.map(({ entry, draft }, index) => ({
      Id: entry.Id,
      MessageId: sent[index]!.id,
      ...digestsOf(draft),
      ...(queue.isFifo && { SequenceNumber: sequenceNumber(sent[index]!.order) }),
    }))
    const Failed = drafts.flatMap(({ entry, draft }) => {
      if (draft instanceof AwsError) return [failedEntry(entry, draft)]
      return draft.size > queue.setting("MaximumMessageSize") ? [failedEntry(entry, tooLarge(queue, "cannot be validated"))] : []
    })
    return {
      output: { ...(Successful.length > 0 && { Successful }), ...(Failed.length > 0 && { Failed }) },
      units: billed(bytes),
    }
  },
}
