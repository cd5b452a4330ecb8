import { documentOf } from "./add-permission.ts"
import { onTopic, type Operation, topicOf } from "./operation.ts"

/** Takes the statement with a label away, where there is one. https://docs.aws.amazon.com/sns/latest/api/API_RemovePermission.html */
export const RemovePermission: Operation = {
  members: ["TopicArn", "Label"],
  access: onTopic("RemovePermission"),
  run(call) {
    const topic = topicOf(call)
    const document = documentOf(topic, call.cloud)
    const Statement = document.Statement.filter(({ Sid }) => Sid !== call.input.get("Label"))
    if (Statement.length < document.Statement.length) {
      const Policy = Statement.length === 0 ? "" : JSON.stringify({ ...document, Statement })
      call.topics.setTopic(topic, { ...topic.attributes, Policy })
    }
    return {}
  },
}
