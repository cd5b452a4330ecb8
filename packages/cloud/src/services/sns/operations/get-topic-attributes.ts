import { policyText } from "./add-permission.ts"
import { onTopic, type Operation, topicOf } from "./operation.ts"

/** https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html */
export const GetTopicAttributes: Operation = {
  members: ["TopicArn"],
  access: onTopic("GetTopicAttributes"),
  run(call) {
    const topic = topicOf(call)
    const { arn, subscriptions } = topic
    const { Policy: _, ...attributes } = topic.attributes
    const Policy = policyText(topic, call.cloud)
    const pending = subscriptions.filter((each) => each.pending).length
    const shown = {
      TopicArn: arn,
      Owner: call.cloud.account,
      DisplayName: "",
      SubscriptionsConfirmed: String(subscriptions.length - pending),
      SubscriptionsPending: String(pending),
      SubscriptionsDeleted: "0",
      ...attributes,
      ...(Policy && { Policy }),
    }
    return { output: { Attributes: new Map(Object.entries(shown)) } }
  },
}
