import { withAttributes } from "../attributes.ts"
import { checkPolicies } from "./create-queue.ts"
import { onQueue, type Operation, queueOf, texts } from "./operation.ts"

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
export const SetQueueAttributes: Operation = {
  members: ["QueueUrl", "Attributes"],
  access: onQueue("SetQueueAttributes"),
  run(call) {
    const { queues, input, now } = call
    const queue = queueOf(call)
    const given = texts(input, "Attributes")
    const attributes = withAttributes(given, queue.isFifo, queue.definition.attributes)
    checkPolicies(given, queue, queues)
    const own = given.Policy === undefined ? {} : { ownPolicy: given.Policy }
    queues.commit({ kind: "define", at: now, queue: { ...queue.definition, attributes, ...own, modifiedAt: now } })
    return {}
  },
}
