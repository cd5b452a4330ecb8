import { readMessage } from "../read-message.ts"
import { onTopic, type Operation, topicOf } from "./operation.ts"

/** Answers when the message is accepted; it is delivered afterwards. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
export const Publish: Operation = {
  members: [
    "Message",
    "TopicArn",
    "TargetArn",
    "PhoneNumber",
    "Subject",
    "MessageStructure",
    "MessageAttributes",
    "MessageDeduplicationId",
    "MessageGroupId",
  ],
  access: onTopic("Publish"),
  run(call) {
    const topic = topicOf(call)
    const read = readMessage(call.input, topic, call.cloud.now(), call.request.headers["x-amzn-trace-id"])
    const { id, sequenceNumber } = call.fanOut.publish(topic, read)
    return { output: { MessageId: id, SequenceNumber: sequenceNumber } }
  },
}
