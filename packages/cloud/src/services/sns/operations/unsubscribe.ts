import { isUnsigned, isUnsubscribeLink } from "../unsubscribe-link.ts"
import { anything, type Operation } from "./operation.ts"
import { invalid } from "../errors.ts"

/** Succeeds for one that is gone already. https://docs.aws.amazon.com/sns/latest/api/API_Unsubscribe.html */
export const Unsubscribe: Operation = {
  members: ["SubscriptionArn"],
  // The link in a notification needs no permission.
  access: (call) => (isUnsigned(call.request) && isUnsubscribeLink(call.input, call.cloud) ? [] : anything("Unsubscribe")()),
  run({ input: form, topics }) {
    const arn = form.get("SubscriptionArn")
    if (!/^arn:aws:sns:[^:]+:\d{12}:[^:]+:[^:]+$/.test(arn ?? "")) throw invalid("SubscriptionId")
    topics.unsubscribe(arn!)
    return {}
  },
}
