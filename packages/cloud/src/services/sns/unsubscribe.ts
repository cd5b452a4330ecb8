import { anything, type Operation } from "./operation.ts"
import { invalid } from "./errors.ts"

/** Succeeds for one that is gone already. https://docs.aws.amazon.com/sns/latest/api/API_Unsubscribe.html */
export const Unsubscribe: Operation = {
  resource: anything,
  run({ form, topics }) {
    const arn = form.get("SubscriptionArn")
    if (!/^arn:aws:sns:[^:]+:\d{12}:[^:]+:[^:]+$/.test(arn ?? "")) throw invalid("SubscriptionId")
    topics.unsubscribe(arn!)
    return {}
  },
}
