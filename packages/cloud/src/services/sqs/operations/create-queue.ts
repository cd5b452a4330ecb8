import { AwsError } from "../../../service.ts"
import { withAttributes } from "../attributes.ts"
import { invalidParameter } from "../errors.ts"
import { onQueue, type Operation, queueArn, queueUrl, required, texts } from "./operation.ts"
import { checkRedriveAllowPolicy, checkRedrivePolicy } from "../redrive-policy.ts"
import type { Queues } from "../queues.ts"
import { checkTags } from "./tag-queue.ts"

function checkName(name: string, isFifo: boolean): void {
  if (isFifo ? /^[\w-]{1,75}\.fifo$/.test(name) : /^[\w-]{1,80}$/.test(name)) return
  throw invalidParameter(
    isFifo
      ? "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length."
      : "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
  )
}

/** Throws for policies among the attributes that the queue cannot have. */
export function checkPolicies(
  given: Readonly<Record<string, string>>,
  queue: { name: string; arn: string },
  queues: Queues,
): void {
  if (given.RedriveAllowPolicy) checkRedriveAllowPolicy(given.RedriveAllowPolicy)
  const find = (arn: string) => queues.byArn(arn)?.definition
  if (given.RedrivePolicy) checkRedrivePolicy(given.RedrivePolicy, queue, find)
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html */
export const CreateQueue: Operation = {
  members: ["QueueName", "Attributes", "tags"],
  access: (call) => [
    ...onQueue("CreateQueue")(call),
    ...(Object.keys(call.input.tags ?? {}).length > 0 ? onQueue("TagQueue")(call) : []),
  ],
  run({ input, queues, cloud, now }) {
    const name = required(input, "QueueName")
    const given = texts(input, "Attributes")
    const tags = texts(input, "tags")
    checkTags(tags)
    const isFifo = given.FifoQueue === "true"
    checkName(name, isFifo)
    const attributes = withAttributes(given, isFifo)
    const arn = queueArn(cloud, name)
    const QueueUrl = queueUrl(cloud, name)
    const known = queues.find(name)
    if (known) {
      for (const [attribute, value] of Object.entries(given))
        if (known.definition.attributes[attribute] !== value)
          throw new AwsError(
            "QueueNameExists",
            `A queue already exists with the same name and a different value for attribute ${attribute}`,
          )
      return { output: { QueueUrl } }
    }
    if (queues.wasDeletedRecently(name, now))
      throw new AwsError(
        "QueueDeletedRecently",
        "You must wait 60 seconds after deleting a queue before you can create another with the same name.",
      )
    checkPolicies(given, { name, arn }, queues)
    queues.commit({
      kind: "define",
      at: now,
      queue: { name, arn, attributes, tags, ownPolicy: given.Policy, createdAt: now, modifiedAt: now },
    })
    return { output: { QueueUrl } }
  },
}
