import { AwsError } from "../../../service.ts"
import type { Xml } from "../../protocol/query.ts"
import { messageBytes, type Message } from "../message.ts"
import { readMessage } from "../read-message.ts"
import { onTopic, type Operation, topicOf } from "./operation.ts"

const MAX_ENTRIES = 10

const refuse = (code: string, message: string): never => {
  throw new AwsError(code, message)
}

/** Always 200 once the batch itself is well-formed: entries fail one by one. https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html */
export const PublishBatch: Operation = {
  members: ["TopicArn", "PublishBatchRequestEntries"],
  access: onTopic("Publish"),
  run(call) {
    const topic = topicOf(call)
    const entries = call.input.list("PublishBatchRequestEntries.member").map((form) => ({ id: form.get("Id") ?? "", form }))
    if (entries.length === 0) refuse("EmptyBatchRequest", "The batch request doesn't contain any entries.")
    if (entries.length > MAX_ENTRIES)
      refuse("TooManyEntriesInBatchRequest", "The batch request contains more entries than permissible.")
    if (new Set(entries.map(({ id }) => id)).size < entries.length)
      refuse("BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id.")
    const wrong = entries.find(({ id }) => !/^[\w-]{1,80}$/.test(id))
    if (wrong) refuse("InvalidBatchEntryId", `The Id ${wrong.id} of a batch entry doesn't abide by the specification.`)

    const trace = call.request.headers["x-amzn-trace-id"]
    const read = entries.map(({ id, form }): { id: string; message?: Message; error?: AwsError } => {
      try {
        return { id, message: readMessage(form, topic, call.cloud.now(), trace) }
      } catch (error) {
        if (error instanceof AwsError) return { id, error }
        throw error
      }
    })
    const bytes = read.reduce((sum, { message }) => sum + (message ? messageBytes(message) : 0), 0)
    if (bytes > topic.maxBytes)
      refuse("BatchRequestTooLong", "The length of all the batch messages put together is more than the limit.")

    const Successful: Xml[] = []
    const Failed: Xml[] = []
    for (const { id, message, error } of read) {
      if (error) Failed.push({ Id: id, Code: error.code, Message: error.message, SenderFault: "true" })
      else {
        const { id: MessageId, sequenceNumber } = call.fanOut.publish(topic, message!)
        Successful.push({ Id: id, MessageId, SequenceNumber: sequenceNumber })
      }
    }
    return { output: { Successful, Failed } }
  },
}
