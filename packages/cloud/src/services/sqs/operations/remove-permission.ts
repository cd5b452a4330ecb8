import { attach, documentOf } from "./add-permission.ts"
import { invalidParameter } from "../errors.ts"
import { onQueue, type Operation, queueOf, required } from "./operation.ts"

/** Takes the statement with a label away. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_RemovePermission.html */
export const RemovePermission: Operation = {
  members: ["QueueUrl", "Label"],
  access: onQueue("RemovePermission"),
  run(call) {
    const queue = queueOf(call)
    const label = required(call.input, "Label")
    const document = documentOf(queue)
    const left = document.Statement.filter(({ Sid }) => Sid !== label)
    if (left.length === document.Statement.length)
      throw invalidParameter(`Value ${label} for parameter Label is invalid. Reason: can't find label on existing policy.`)
    attach(call, queue, left.length === 0 ? undefined : JSON.stringify({ ...document, Statement: left }))
    return {}
  },
}
