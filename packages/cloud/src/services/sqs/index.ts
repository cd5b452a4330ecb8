import { notSimulated } from "../../endpoint/errors.ts"
import { readAttached, type ResourcePolicy } from "../../iam/index.ts"
import type { AwsRequest, Cloud, Service } from "../../service.ts"
import { AddPermission } from "./add-permission.ts"
import { CancelMessageMoveTask } from "./cancel-message-move-task.ts"
import { ChangeMessageVisibilityBatch } from "./change-message-visibility-batch.ts"
import { ChangeMessageVisibility } from "./change-message-visibility.ts"
import { CreateQueue } from "./create-queue.ts"
import { DeleteMessageBatch } from "./delete-message-batch.ts"
import { DeleteMessage } from "./delete-message.ts"
import { DeleteQueue } from "./delete-queue.ts"
import { isQueryProtocol, writeError } from "./errors.ts"
import { GetQueueAttributes } from "./get-queue-attributes.ts"
import { GetQueueUrl } from "./get-queue-url.ts"
import { ListDeadLetterSourceQueues } from "./list-dead-letter-source-queues.ts"
import { ListMessageMoveTasks } from "./list-message-move-tasks.ts"
import { ListQueueTags } from "./list-queue-tags.ts"
import { ListQueues } from "./list-queues.ts"
import { checkMembers } from "./members.ts"
import { runTask } from "./message-move.ts"
import type { Operation } from "./operation.ts"
import { PurgeQueue } from "./purge-queue.ts"
import { queryAnswer, readQuery } from "./query.ts"
import { queueTypes } from "./queue-types.ts"
import type { Definition } from "./queue.ts"
import { Queues } from "./queues.ts"
import { ReceiveMessage } from "./receive-message.ts"
import { RemovePermission } from "./remove-permission.ts"
import { SendMessageBatch } from "./send-message-batch.ts"
import { SendMessage } from "./send-message.ts"
import { SetQueueAttributes } from "./set-queue-attributes.ts"
import { StartMessageMoveTask } from "./start-message-move-task.ts"
import { TagQueue } from "./tag-queue.ts"
import { UntagQueue } from "./untag-queue.ts"

export { Queues } from "./queues.ts"

const OPERATIONS: Readonly<Record<string, Operation>> = {
  AddPermission,
  CancelMessageMoveTask,
  ChangeMessageVisibility,
  ChangeMessageVisibilityBatch,
  CreateQueue,
  DeleteMessage,
  DeleteMessageBatch,
  DeleteQueue,
  GetQueueAttributes,
  GetQueueUrl,
  ListDeadLetterSourceQueues,
  ListMessageMoveTasks,
  ListQueueTags,
  ListQueues,
  PurgeQueue,
  ReceiveMessage,
  RemovePermission,
  SendMessage,
  SendMessageBatch,
  SetQueueAttributes,
  StartMessageMoveTask,
  TagQueue,
  UntagQueue,
}

/** Each 64 KB of payload is billed as a request: https://aws.amazon.com/sqs/pricing/ */
const REQUEST_BYTES = 65_536
const billed = (payload: number) => Math.max(1, Math.ceil(payload / REQUEST_BYTES))

/** SQS: standard and FIFO queues on the cloud's clock, kept in `data`. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/Welcome.html */
export function sqs(queues: Queues = new Queues()): Service {
  let running: Cloud | undefined
  /** Compiled once for each change of a queue. */
  const policies = new WeakMap<Definition, ResourcePolicy>()

  return {
    names: ["sqs"],
    operations: Object.keys(OPERATIONS),
    protocol: "json",
    types: queueTypes(queues),

    async start(cloud: Cloud) {
      running = cloud
      queues.open(cloud.data, cloud.now())
      for (const { id, status } of queues.tasks()) if (status === "RUNNING") runTask(queues, cloud.clock, id)
    },

    authorize(request: AwsRequest, cloud: Cloud) {
      if (isQueryProtocol(request)) request.json = readQuery(request)
      const operation = request.headers["x-amz-target"]?.replace("AmazonSQS.", "") ?? String(request.json?.Action ?? "(none)")
      delete request.json?.Action
      const known = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined
      if (!known) throw notSimulated("sqs", operation)
      const input = (request.json ?? {}) as Record<string, unknown>
      checkMembers(input, known.members, operation)
      return { operation, access: known.access(input, queues, cloud) }
    },

    async handle(request: AwsRequest, operation: string, cloud: Cloud) {
      const input = (request.json ?? {}) as Record<string, unknown>
      const { output = {}, payload = 0 } = await OPERATIONS[operation]!.run({ input, queues, cloud, request, now: cloud.now() })
      const units = { requests: billed(payload) }
      if (isQueryProtocol(request)) return { ...queryAnswer(operation, output, request.requestId), units }
      return {
        status: 200,
        headers: { "content-type": "application/x-amz-json-1.0", "x-amzn-requestid": request.requestId },
        body: JSON.stringify(output),
        units,
      }
    },

    writeError,

    policyOf(arn) {
      const definition = queues.byArn(arn)?.definition
      if (definition?.ownPolicy === undefined) return undefined
      const known = policies.get(definition) ?? readAttached(`${definition.name} policy`, definition.ownPolicy)
      policies.set(definition, known)
      return known
    },

    state() {
      const now = running?.now() ?? 0
      return queues.all().map((queue) => {
        queue.settle(now)
        const oldestAt = queue.oldestAt()
        return {
          name: queue.name,
          ...queue.counts(),
          oldestMs: oldestAt === undefined ? 0 : now - oldestAt,
          deadLetterSources: queues.sourcesOf(queue.arn).map(({ name }) => name),
        }
      })
    },

    async stop() {
      queues.close()
    },
  }
}
