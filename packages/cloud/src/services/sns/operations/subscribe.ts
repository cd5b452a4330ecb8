import { onTopic, type Operation, topicOf } from "./operation.ts"
import { invalid } from "../errors.ts"
import { readProtocol } from "../subscription.ts"

/** https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html */
export const Subscribe: Operation = {
  members: ["TopicArn", "Protocol", "Endpoint", "Attributes", "ReturnSubscriptionArn"],
  access: onTopic("Subscribe"),
  run(call) {
    const { input: form, topics } = call
    const topic = topicOf(call)
    const endpoint = form.get("Endpoint")
    if (!endpoint) throw invalid("Endpoint")
    const made = topics.subscribe({
      topicArn: topic.arn,
      protocol: readProtocol(form.get("Protocol")),
      endpoint,
      attributes: form.map("Attributes"),
    })
    const isShown = !made.pending || form.get("ReturnSubscriptionArn") === "true"
    return { output: { SubscriptionArn: isShown ? made.arn : "pending confirmation" } }
  },
}
