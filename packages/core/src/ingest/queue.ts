import { SendMessageBatchCommand } from "../sqs/index.ts"
import { sqs } from "../aws.ts"
import { config } from "../config.ts"
import { AppError } from "../error.ts"
import type { LakeObject } from "../lake/index.ts"

/** Most entries of one SendMessageBatch: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
const MOST = 10
const ATTEMPTS = 3

async function sendBatch(QueueUrl: string, objects: readonly LakeObject[]): Promise<LakeObject[]> {
  const { Failed = [] } = await sqs().send(
    new SendMessageBatchCommand({
      QueueUrl,
      Entries: objects.map((object, index) => ({ Id: String(index), MessageBody: JSON.stringify(object) })),
    }),
  )
  // A batch is HTTP 200 even where entries of it failed.
  return Failed.map(({ Id }) => objects[Number(Id)]!)
}

/** Tells the loader about objects. A message too many does no harm: the load ledger knows the object. */
export async function announce(objects: readonly LakeObject[]): Promise<void> {
  const queue = config("LOAD_QUEUE_URL")
  for (let start = 0; start < objects.length; start += MOST) {
    let left: readonly LakeObject[] = objects.slice(start, start + MOST)
    try {
      for (let attempt = 1; left.length > 0 && attempt <= ATTEMPTS; attempt++) left = await sendBatch(queue, left)
    } catch (cause) {
      throw new AppError("unavailable", "unavailable.queue", "The load queue did not answer. The batch is delivered again.", {
        cause,
      })
    }
    if (left.length > 0)
      throw new AppError(
        "unavailable",
        "unavailable.queue",
        `The load queue refused ${left.length} messages. The batch is delivered again.`,
      )
  }
}
