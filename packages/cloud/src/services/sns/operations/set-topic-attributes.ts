import { invalid } from "../errors.ts"
import { onTopic, type Operation, topicOf } from "./operation.ts"

/** What a topic is from its beginning: https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html */
const FIXED = ["FifoTopic"]

/** An empty policy lets nobody in; any other attribute goes back to its default. https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html */
export const SetTopicAttributes: Operation = {
  members: ["TopicArn", "AttributeName", "AttributeValue"],
  access: onTopic("SetTopicAttributes"),
  run(call) {
    const topic = topicOf(call)
    const name = call.input.get("AttributeName")
    const value = call.input.get("AttributeValue") ?? ""
    if (!name || FIXED.includes(name)) throw invalid("AttributeName")
    const attributes = { ...topic.attributes, [name]: value }
    if (value === "" && name !== "Policy") delete attributes[name]
    call.topics.setTopic(topic, attributes)
    return {}
  },
}
