import type { Access } from "../../../service.ts"
import type { Form } from "../../protocol/form.ts"
import type { Call as AnyCall, Operation as AnyOperation } from "../../protocol/operation.ts"
import { invalid } from "../errors.ts"
import type { FanOut } from "../fan-out.ts"
import type { Topic } from "../topic.ts"
import type { Topics } from "../topics.ts"

export interface Context {
  topics: Topics
  fanOut: FanOut
}

type Call = AnyCall<Form, Context>
/** One SNS operation: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html */
export type Operation = AnyOperation<Form, Context, string>

export const anything = (action: string) => (): Access[] => [{ action: `sns:${action}`, resource: "*" }]
export const onTopic =
  (action: string) =>
  ({ input }: Call): Access[] => [{ action: `sns:${action}`, resource: input.get("TopicArn") ?? input.get("TargetArn") ?? "*" }]

export const topicOf = ({ input, topics }: Call): Topic => {
  if (input.get("PhoneNumber") !== undefined) throw invalid("NOT_SIMULATED: PhoneNumber: a laptop sends no text messages.")
  const arn = input.get("TopicArn") ?? input.get("TargetArn")
  if (arn === undefined) throw invalid("TopicArn or TargetArn Reason: no value for required parameter")
  return topics.get(arn)
}
