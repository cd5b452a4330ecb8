import { checkPolicy } from "../attributes.ts"
import { invalidParameter } from "../errors.ts"
import { type Call, list, onQueue, type Operation, queueOf, required } from "./operation.ts"
import type { Queue } from "../queue.ts"

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html */
const MAX_ACTIONS = 7

interface Document {
  Version: string
  Id?: string
  Statement: { Sid?: string; [element: string]: unknown }[]
}

export function documentOf({ definition, arn }: Queue): Document {
  const text = definition.attributes.Policy
  const { Statement = [], ...document } = text === undefined ? {} : JSON.parse(text)
  return { Version: "2012-10-17", Id: `${arn}/SQSDefaultPolicy`, ...document, Statement: [Statement].flat() }
}

/** Gives the queue a policy, or none; from now on that of a template does not count. */
export function attach({ queues, now }: Call, queue: Queue, policy: string | undefined): void {
  const { Policy: _, ...rest } = queue.definition.attributes
  const attributes = policy === undefined ? rest : { ...rest, Policy: policy }
  queues.commit({
    kind: "define",
    at: now,
    queue: { ...queue.definition, attributes, ownPolicy: policy ?? "", modifiedAt: now },
  })
}

/** Adds a statement that lets accounts in. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_AddPermission.html */
export const AddPermission: Operation = {
  members: ["QueueUrl", "Label", "AWSAccountIds", "Actions"],
  access: onQueue("AddPermission"),
  run(call) {
    const queue = queueOf(call)
    const Sid = required(call.input, "Label")
    const accounts = list(call.input, "AWSAccountIds")
    const actions = list(call.input, "Actions")
    if (!/^[\w-]{1,80}$/.test(Sid)) throw invalidParameter(`Value ${Sid} for parameter Label is invalid.`)
    if (accounts.length === 0 || accounts.some((account) => !/^\d{12}$/.test(account)))
      throw invalidParameter(`Value ${JSON.stringify(accounts)} for parameter PrincipalId is invalid. Reason: Unable to verify.`)
    if (actions.length === 0 || actions.length > MAX_ACTIONS || actions.some((action) => !/^(\*|[A-Za-z]+)$/.test(action)))
      throw invalidParameter(`Value ${JSON.stringify(actions)} for parameter ActionName is invalid.`)
    const document = documentOf(queue)
    if (document.Statement.some((each) => each.Sid === Sid))
      throw invalidParameter(`Value ${Sid} for parameter Label is invalid. Reason: Already exists.`)
    document.Statement.push({
      Sid,
      Effect: "Allow",
      Principal: { AWS: accounts.map((account) => `arn:aws:iam::${account}:root`) },
      Action: actions.map((action) => `SQS:${action}`),
      Resource: queue.arn,
    })
    const policy = JSON.stringify(document)
    checkPolicy(policy)
    attach(call, queue, policy)
    return {}
  },
}
