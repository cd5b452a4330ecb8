import { EventSourceMapping } from "aws-cdk-lib/aws-lambda"
import { type StackContext, use } from "sst/constructs"
import { consume, handler } from "./defaults.ts"
import { Realtime } from "./realtime.ts"
import { Rooms } from "./rooms.ts"
import { sizes } from "./stages.ts"
import { Storage } from "./storage.ts"
import { Warehouse } from "./warehouse.ts"

/** The worker that turns a queued run into an answer. */
export function Assistant({ stack }: StackContext) {
  const { conversations, runs } = use(Storage)
  const warehouse = use(Warehouse)
  const { publish, publishEnv } = use(Realtime)
  const rooms = use(Rooms)
  const { modelId } = sizes(stack.stage)

  const worker = handler(stack, "RunWorker", {
    handler: "packages/functions/src/queues/run-worker.handler",
    timeout: 120,
    databaseRoles: warehouse.databaseRoles,
    env: {
      ...warehouse.env,
      ...publishEnv,
      ...rooms.answer.env,
      CONVERSATION_TABLE: conversations.tableName,
      RUN_QUEUE_URL: runs.queueUrl,
      MODEL_ID: modelId,
    },
    allow: [
      consume(runs),
      /** What failed comes again soon. */
      { actions: ["sqs:ChangeMessageVisibility"], on: [runs.queueArn] },
      ...warehouse.read,
      ...publish,
      ...rooms.answer.allow,
      {
        actions: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:Query"],
        on: [conversations.tableArn],
      },
      {
        actions: ["bedrock:InvokeModelWithResponseStream"],
        on: [`arn:aws:bedrock:${stack.region}::foundation-model/${modelId}`],
      },
    ],
  })
  new EventSourceMapping(stack, "RunSource", {
    target: worker,
    eventSourceArn: runs.queueArn,
    /** One run per invocation: a run lasts up to two minutes, and its neighbours must not wait for it. */
    batchSize: 1,
    reportBatchItemFailures: true,
  })
}
