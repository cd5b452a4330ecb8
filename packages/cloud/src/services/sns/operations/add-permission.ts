import { invalid } from "../errors.ts"
import type { Cloud } from "../../../service.ts"
import type { Form } from "../../protocol/form.ts"
import { onTopic, type Operation, topicOf } from "./operation.ts"
import type { Topic } from "../topic.ts"

interface Document {
  Version: string
  Statement: { Sid?: string; [element: string]: unknown }[]
}

/** The topic's policy as text: what a call gave it, else what the templates do. */
export function policyText({ attributes, arn }: Topic, cloud: Cloud): string | undefined {
  if (attributes.Policy !== undefined) return attributes.Policy
  const declared = cloud.resources("AWS::SNS::TopicPolicy").find(({ properties }) => properties.Topics?.includes(arn))
  return declared && JSON.stringify(declared.properties.PolicyDocument)
}

export function documentOf(topic: Topic, cloud: Cloud): Document {
  const { Statement = [], ...document } = JSON.parse(policyText(topic, cloud) || "{}")
  return { Version: "2012-10-17", ...document, Statement: [Statement].flat() }
}

/** `AWSAccountId.member.1`, `ActionName.member.1` … */
function members(form: Form, name: string): string[] {
  const found: string[] = []
  for (let value = form.get(`${name}.member.1`); value !== undefined; value = form.get(`${name}.member.${found.length + 1}`))
    found.push(value)
  return found
}

/** Adds a statement that lets accounts in. https://docs.aws.amazon.com/sns/latest/api/API_AddPermission.html */
export const AddPermission: Operation = {
  members: ["TopicArn", "Label", "AWSAccountId", "ActionName"],
  access: onTopic("AddPermission"),
  run(call) {
    const topic = topicOf(call)
    const Sid = call.input.get("Label")
    const accounts = members(call.input, "AWSAccountId")
    const actions = members(call.input, "ActionName")
    if (!Sid) throw invalid("Label")
    if (accounts.length === 0 || accounts.some((account) => !/^\d{12}$/.test(account))) throw invalid("AWSAccountId")
    if (actions.length === 0 || actions.some((action) => !/^[A-Za-z]+$/.test(action))) throw invalid("ActionName")
    const document = documentOf(topic, call.cloud)
    if (document.Statement.some((each) => each.Sid === Sid)) throw invalid("Statement already exists")
    document.Statement.push({
      Sid,
      Effect: "Allow",
      Principal: { AWS: accounts.map((account) => `arn:aws:iam::${account}:root`) },
      Action: actions.map((action) => `SNS:${action}`),
      Resource: topic.arn,
    })
    call.topics.setTopic(topic, { ...topic.attributes, Policy: JSON.stringify(document) })
    return {}
  },
}
