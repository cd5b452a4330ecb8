import * as Assistant from "@backline/core/assistant"
import * as RoomAssistant from "@backline/core/room/assistant"
import * as Tap from "@backline/core/tap"
import { onMessages } from "./on-messages.ts"

/** Answers queued runs; an answer that a room asked for goes into its log. */
export const handler = onMessages(Assistant.work.schema, async (run) => {
  await Assistant.work(run)
  await Tap.watched(() => RoomAssistant.settleAnswer(run))
})
