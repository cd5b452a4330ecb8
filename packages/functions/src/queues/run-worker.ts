import * as Assistant from "@backline/core/assistant"
import { onMessages } from "./on-messages.ts"

/** Answers queued runs. */
export const handler = onMessages(Assistant.work.schema, Assistant.work)
