import type * as lib from "@aws-sdk/client-sqs"
import { Command, jsonRefusal, type SendOptions, serviceClient } from "../service-client.ts"
import { hashOf } from "../signature.ts"

abstract class QueueCommand<I, O> extends Command<I, Omit<O, "$metadata">> {
  declare readonly service: "sqs"
}

/** The operations that the product uses, by the names and types of the SDK's client. */
export class SendMessageCommand extends QueueCommand<lib.SendMessageCommandInput, lib.SendMessageCommandOutput> {
  readonly operation = "SendMessage"
}
export class SendMessageBatchCommand extends QueueCommand<lib.SendMessageBatchCommandInput, lib.SendMessageBatchCommandOutput> {
  readonly operation = "SendMessageBatch"
}
export class ChangeMessageVisibilityCommand extends QueueCommand<
  lib.ChangeMessageVisibilityCommandInput,
  lib.ChangeMessageVisibilityCommandOutput
> {
  readonly operation = "ChangeMessageVisibility"
}

/** Calls queues: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html */
export function queueClient(timeoutMs: number) {
  const { call, destroy } = serviceClient({ service: "sqs", timeoutMs, firstPauseMs: 50, refusalOf: jsonRefusal })

  return {
    async send<I extends object, O>(command: QueueCommand<I, O>, { abortSignal }: SendOptions = {}): Promise<O> {
      const body = Buffer.from(JSON.stringify(command.input))
      const answer = await call({
        method: "POST",
        path: "/",
        headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": `AmazonSQS.${command.operation}` },
        body,
        bodyHash: hashOf(body),
        signal: abortSignal,
      })
      /** Not every operation answers something. */
      return JSON.parse(answer.body.toString("utf8") || "{}") as O
    },
    destroy,
  }
}
