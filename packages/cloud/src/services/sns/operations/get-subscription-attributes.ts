import { anything, type Operation } from "./operation.ts"

/** https://docs.aws.amazon.com/sns/latest/api/API_GetSubscriptionAttributes.html */
export const GetSubscriptionAttributes: Operation = {
  members: ["SubscriptionArn"],
  access: anything("GetSubscriptionAttributes"),
  run({ input: form, topics, cloud }) {
    const { arn, pending, record, raw, scope, filter } = topics.subscription(form.get("SubscriptionArn"))
    const shown = {
      SubscriptionArn: arn,
      Owner: cloud.account,
      Protocol: record.protocol,
      Endpoint: record.endpoint,
      TopicArn: record.topicArn,
      PendingConfirmation: String(pending),
      ConfirmationWasAuthenticated: String(!pending),
      RawMessageDelivery: String(raw),
      ...(filter && { FilterPolicyScope: scope }),
      ...record.attributes,
    }
    return { output: { Attributes: new Map(Object.entries(shown)) } }
  },
}
