import * as Assistant from "@backline/core/assistant"
import * as RoomAssistant from "@backline/core/room/assistant"
import * as Run from "@backline/core/run"
import * as Tap from "@backline/core/tap"
import type { SQSBatchResponse, SQSEvent } from "aws-lambda"
import { onMessages } from "./on-messages.ts"

const answer = onMessages(Assistant.work.schema, async (run) => {
  await Assistant.work(run)
  await Tap.watched(() => RoomAssistant.settleAnswer(run))
})

/** Answers queued runs; an answer that a room asked for goes into its log. What failed comes again soon, only to be ended. */
export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  const outcome = await answer(event)
  const failed = new Set(outcome.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))
  for (const { messageId, receiptHandle, attributes } of event.Records)
    if (failed.has(messageId)) await Run.comeAgain({ receiptHandle, received: Number(attributes.ApproximateReceiveCount) })
  return outcome
}
