import { notSimulated } from "../../endpoint/errors.ts"
import { type Access, AwsError, type AwsRequest, type Place } from "../../service.ts"

export const queueArn = ({ region, account }: Place, name: string): string => `arn:aws:sqs:${region}:${account}:${name}`

/** Operation → IAM action; batches are authorised as their single form: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html */
const ACTIONS: Readonly<Record<string, string>> = {
  SendMessage: "sqs:SendMessage",
  SendMessageBatch: "sqs:SendMessage",
  ReceiveMessage: "sqs:ReceiveMessage",
  DeleteMessage: "sqs:DeleteMessage",
  DeleteMessageBatch: "sqs:DeleteMessage",
  ChangeMessageVisibility: "sqs:ChangeMessageVisibility",
  ChangeMessageVisibilityBatch: "sqs:ChangeMessageVisibility",
  GetQueueUrl: "sqs:GetQueueUrl",
  GetQueueAttributes: "sqs:GetQueueAttributes",
  SetQueueAttributes: "sqs:SetQueueAttributes",
  PurgeQueue: "sqs:PurgeQueue",
  CreateQueue: "sqs:CreateQueue",
  DeleteQueue: "sqs:DeleteQueue",
  ListQueues: "sqs:ListQueues",
  ListQueueTags: "sqs:ListQueueTags",
  TagQueue: "sqs:TagQueue",
  UntagQueue: "sqs:UntagQueue",
}

/** Name of the queue that a request is about: the last part of its URL, or its name. */
export function queueName(json: any): string | undefined {
  if (typeof json?.QueueUrl === "string") return json.QueueUrl.split("/").at(-1)
  return typeof json?.QueueName === "string" ? json.QueueName : undefined
}

export function authorize(request: AwsRequest, place: Place): { operation: string; access: Access[] } {
  const operation = request.headers["x-amz-target"]?.replace("AmazonSQS.", "") ?? "(query protocol)"
  const action = Object.hasOwn(ACTIONS, operation) ? ACTIONS[operation] : undefined
  if (!action) throw notSimulated("sqs", operation)
  if (operation === "ListQueues") return { operation, access: [{ action, resource: "*" }] }
  const name = queueName(request.json)
  if (!name) throw new AwsError("MissingParameter", "The request must contain the parameter QueueUrl.")
  return { operation, access: [{ action, resource: queueArn(place, name) }] }
}
