import { invalid } from "./errors.ts"
import type { AwsRequest, Cloud } from "../../service.ts"
import type { Xml } from "../protocol/query.ts"
import type { FanOut } from "./fan-out.ts"
import type { Form } from "./form.ts"
import type { Topic } from "./topic.ts"
import type { Topics } from "./topics.ts"

/** What an operation works with. */
export interface Call {
  form: Form
  topics: Topics
  fanOut: FanOut
  cloud: Cloud
  request: AwsRequest
}

/** One SNS operation: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html */
export interface Operation {
  /** IAM action where it is not the operation's own name. */
  action?: string
  /** What IAM is asked about: the topic of the request, or `*`. */
  resource(call: Pick<Call, "form" | "cloud">): string
  run(call: Call): Xml
}

export const anything = (): string => "*"
export const onTopic = ({ form }: Pick<Call, "form">): string => form.get("TopicArn") ?? form.get("TargetArn") ?? "*"

export const topicOf = ({ form, topics }: Call): Topic => {
  if (form.get("PhoneNumber") !== undefined) throw invalid("NOT_SIMULATED: PhoneNumber: a laptop sends no text messages.")
  const arn = form.get("TopicArn") ?? form.get("TargetArn")
  if (arn === undefined) throw invalid("TopicArn or TargetArn Reason: no value for required parameter")
  return topics.get(arn)
}
