import { SETTABLE, unknownAttribute } from "../attributes.ts"
import { list, onQueue, type Operation, queueOf, unlessEmpty } from "./operation.ts"
import type { Queue } from "../queue.ts"
import { policyOf } from "../queue-types.ts"

const seconds = (ms: number) => String(Math.floor(ms / 1000))

/** Attributes that a queue tells of itself, beside those that are set. */
const TOLD: Readonly<Record<string, (queue: Queue) => string>> = {
  QueueArn: ({ arn }) => arn,
  ApproximateNumberOfMessages: (queue) => String(queue.counts().visible),
  ApproximateNumberOfMessagesNotVisible: (queue) => String(queue.counts().inFlight),
  ApproximateNumberOfMessagesDelayed: (queue) => String(queue.counts().delayed),
  CreatedTimestamp: ({ definition }) => seconds(definition.createdAt),
  LastModifiedTimestamp: ({ definition }) => seconds(definition.modifiedAt),
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html */
export const GetQueueAttributes: Operation = {
  members: ["QueueUrl", "AttributeNames"],
  access: onQueue("GetQueueAttributes"),
  run(call) {
    const queue = queueOf(call)
    const names = list(call.input, "AttributeNames")
    for (const name of names)
      if (name !== "All" && !Object.hasOwn(TOLD, name) && !SETTABLE.includes(name)) throw unknownAttribute(name)
    queue.settle(call.now)
    const { attributes, ownPolicy } = queue.definition
    // A template that was saved meanwhile may give the queue another one.
    const Policy = ownPolicy === undefined ? policyOf(queue.name, call.cloud) : attributes.Policy
    const all: Record<string, string> = {
      ...Object.fromEntries(Object.entries(TOLD).map(([name, tell]) => [name, tell(queue)])),
      ...attributes,
    }
    delete all.Policy
    if (Policy !== undefined) all.Policy = Policy
    const asked = names.includes("All") ? Object.entries(all) : Object.entries(all).filter(([name]) => names.includes(name))
    return { output: { Attributes: unlessEmpty(Object.fromEntries(asked)) } }
  },
}
