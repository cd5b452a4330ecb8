import { readAttached, type ResourcePolicy } from "../../iam/index.ts"
import type { Cloud, Service } from "../../service.ts"
import { answering, type Wire } from "../protocol/answer.ts"
import { jsonWire } from "../protocol/json.ts"
import type { Operations } from "../protocol/operation.ts"
import { formOf } from "../protocol/query.ts"
import { AddPermission } from "./operations/add-permission.ts"
import { CancelMessageMoveTask } from "./operations/cancel-message-move-task.ts"
import { ChangeMessageVisibilityBatch } from "./operations/change-message-visibility-batch.ts"
import { ChangeMessageVisibility } from "./operations/change-message-visibility.ts"
import { CreateQueue } from "./operations/create-queue.ts"
import { DeleteMessageBatch } from "./operations/delete-message-batch.ts"
import { DeleteMessage } from "./operations/delete-message.ts"
import { DeleteQueue } from "./operations/delete-queue.ts"
import { isQueryProtocol, writeError } from "./errors.ts"
import { GetQueueAttributes } from "./operations/get-queue-attributes.ts"
import { GetQueueUrl } from "./operations/get-queue-url.ts"
import { ListDeadLetterSourceQueues } from "./operations/list-dead-letter-source-queues.ts"
import { ListMessageMoveTasks } from "./operations/list-message-move-tasks.ts"
import { ListQueueTags } from "./operations/list-queue-tags.ts"
import { ListQueues } from "./operations/list-queues.ts"
import { runTask } from "./message-move.ts"
import { type Context, type Input, STRANGERS } from "./operations/operation.ts"
import { PurgeQueue } from "./operations/purge-queue.ts"
import { queryAnswer, readQuery } from "./query.ts"
import { queueTypes } from "./queue-types.ts"
import type { Definition } from "./queue.ts"
import { Queues } from "./queues.ts"
import { ReceiveMessage } from "./operations/receive-message.ts"
import { RemovePermission } from "./operations/remove-permission.ts"
import { SendMessageBatch } from "./operations/send-message-batch.ts"
import { SendMessage } from "./operations/send-message.ts"
import { SetQueueAttributes } from "./operations/set-queue-attributes.ts"
import { StartMessageMoveTask } from "./operations/start-message-move-task.ts"
import { TagQueue } from "./operations/tag-queue.ts"
import { UntagQueue } from "./operations/untag-queue.ts"

export { Queues } from "./queues.ts"

const OPERATIONS: Operations<Context> = {
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

const JSON_WIRE = jsonWire("AmazonSQS", "1.0")

/** JSON, or what old SDKs speak. */
const WIRE: Wire<Input> = {
  operation: (request) => (isQueryProtocol(request) ? (formOf(request).get("Action") ?? "(none)") : JSON_WIRE.operation(request)),
  input: (request) => (isQueryProtocol(request) ? readQuery(request) : JSON_WIRE.input(request)),
  given: JSON_WIRE.given,
  write: (operation, answer, request) =>
    isQueryProtocol(request) ? queryAnswer(operation, answer, request.requestId) : JSON_WIRE.write(operation, answer, request),
}

/** SQS: standard and FIFO queues on the cloud's clock, kept in `data`. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/Welcome.html */
export function sqs(queues: Queues = new Queues()): Service {
  let running: Cloud | undefined
  /** Compiled once for each change of a queue. */
  const policies = new WeakMap<Definition, ResourcePolicy>()

  return {
    ...answering(
      { name: "sqs", operations: OPERATIONS, context: () => ({ queues }), strangers: STRANGERS, units: () => ({ requests: 1 }) },
      WIRE,
    ),
    protocol: "json",
    types: queueTypes(queues),

    async start(cloud: Cloud) {
      running = cloud
      queues.open(cloud.data, cloud.now())
      for (const { id, status } of queues.tasks()) if (status === "RUNNING") runTask(queues, cloud.clock, id)
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
