import { anything, type Operation } from "./operation.ts"
import { invalid } from "../errors.ts"

/** https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html */
export const SetSubscriptionAttributes: Operation = {
  members: ["SubscriptionArn", "AttributeName", "AttributeValue"],
  access: anything("SetSubscriptionAttributes"),
  run({ input: form, topics }) {
    const name = form.get("AttributeName")
    if (!name) throw invalid("AttributeName")
    topics.set(topics.subscription(form.get("SubscriptionArn")), name, form.get("AttributeValue") ?? "")
    return {}
  },
}
