import { readMessage } from "./read-message.ts"
import { onTopic, type Operation, topicOf } from "./operation.ts"

/** Answers when the message is accepted; it is delivered afterwards. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
export const Publish: Operation = {
  resource: onTopic,
  run(call) {
    const topic = topicOf(call)
    const read = readMessage(call.form, topic, call.cloud.now(), call.request.headers["x-amzn-trace-id"])
    const { id, sequenceNumber } = call.fanOut.publish(topic, read)
    return { MessageId: id, SequenceNumber: sequenceNumber }
  },
}
