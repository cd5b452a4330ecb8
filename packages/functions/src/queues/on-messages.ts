import { withActor } from "@backline/core/actor"
import { isRetryable, toAppError } from "@backline/core/error"
import { parse } from "@backline/core/fn"
import { log, withLogFields } from "@backline/core/logger"
import type { SQSBatchResponse, SQSEvent } from "aws-lambda"
import type * as z from "zod"

/**
 * Adapts an SQS source to one verb, message by message. Exactly the messages that failed go back to the queue;
 * what cannot be parsed goes back too, so that it ends in the dead letter with its body, never silently away.
 */
export const onMessages =
  <S extends z.ZodType>(schema: S, run: (message: z.output<S>) => Promise<unknown>) =>
  async (event: SQSEvent): Promise<SQSBatchResponse> =>
    withActor({ type: "system" }, async () => {
      const outcomes = await Promise.allSettled(
        event.Records.map((record) =>
          withLogFields({ messageId: record.messageId }, async () => run(parse(schema, JSON.parse(record.body)))),
        ),
      )
      const batchItemFailures = outcomes.flatMap((outcome, index) => {
        if (outcome.status === "fulfilled") return []
        const messageId = event.Records[index]!.messageId
        log.error("message failed", { messageId, retryable: isRetryable(toAppError(outcome.reason)), error: outcome.reason })
        return [{ itemIdentifier: messageId }]
      })
      return { batchItemFailures }
    })

/** As onMessages, for verbs that take the whole batch at once: it succeeds or fails together. Unreadable messages alone go back. */
export const onBatch =
  <S extends z.ZodType>(schema: S, run: (messages: z.output<S>[]) => Promise<unknown>) =>
  async (event: SQSEvent): Promise<SQSBatchResponse> =>
    withActor({ type: "system" }, async () => {
      const failed = new Set<string>()
      const good: { messageId: string; body: z.output<S> }[] = []
      for (const record of event.Records) {
        try {
          good.push({ messageId: record.messageId, body: parse(schema, JSON.parse(record.body)) })
        } catch (error) {
          failed.add(record.messageId)
          log.error("message was unreadable", { messageId: record.messageId, error })
        }
      }
      try {
        if (good.length > 0) await run(good.map(({ body }) => body))
      } catch (error) {
        for (const { messageId } of good) failed.add(messageId)
        log.error("batch failed", { messages: good.length, error })
      }
      return { batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier })) }
    })
