import { shownSubscription } from "./list-subscriptions.ts"
import { onTopic, type Operation, topicOf } from "./operation.ts"
import { page } from "../paging.ts"

/** https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html */
export const ListSubscriptionsByTopic: Operation = {
  members: ["TopicArn", "NextToken"],
  access: onTopic("ListSubscriptionsByTopic"),
  run(call) {
    const { arn, subscriptions } = topicOf(call)
    const { items, NextToken } = page(subscriptions, arn, call.input.get("NextToken"))
    return { output: { Subscriptions: items.map((each) => shownSubscription(each, call.cloud.account)), NextToken } }
  },
}
