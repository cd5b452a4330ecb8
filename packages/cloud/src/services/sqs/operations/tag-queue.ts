import { invalidParameter } from "../errors.ts"
import { onQueue, type Operation, queueOf, texts } from "./operation.ts"

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-tags.html */
const MAX_TAGS = 50

export function checkTags(tags: Readonly<Record<string, string>>): void {
  const entries = Object.entries(tags)
  if (entries.length > MAX_TAGS) throw invalidParameter(`Too many tags added for queue: at most ${MAX_TAGS}.`)
  for (const [key, value] of entries)
    if (key.length < 1 || key.length > 128 || value.length > 256 || key.toLowerCase().startsWith("aws:"))
      throw invalidParameter(`Tag ${key} is invalid: keys have 1 to 128 characters and do not start with aws:, values up to 256.`)
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_TagQueue.html */
export const TagQueue: Operation = {
  members: ["QueueUrl", "Tags"],
  access: onQueue("TagQueue"),
  run(call) {
    const { definition } = queueOf(call)
    const tags = { ...definition.tags, ...texts(call.input, "Tags") }
    checkTags(tags)
    call.queues.commit({ kind: "define", at: call.now, queue: { ...definition, tags } })
    return {}
  },
}
