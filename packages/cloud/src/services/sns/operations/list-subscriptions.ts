import { anything, type Operation } from "./operation.ts"
import { page } from "../paging.ts"
import type { Subscription } from "../subscription.ts"

export const shownSubscription = ({ arn, pending, record }: Subscription, account: string) => ({
  SubscriptionArn: pending ? "PendingConfirmation" : arn,
  Owner: account,
  Protocol: record.protocol,
  Endpoint: record.endpoint,
  TopicArn: record.topicArn,
})

/** https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptions.html */
export const ListSubscriptions: Operation = {
  members: ["NextToken"],
  access: anything("ListSubscriptions"),
  run({ input: form, topics, cloud }) {
    const { items, NextToken } = page(topics.allSubscriptions(), "subscriptions", form.get("NextToken"))
    return { output: { Subscriptions: items.map((each) => shownSubscription(each, cloud.account)), NextToken } }
  },
}
