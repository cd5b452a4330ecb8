import { Failure, keepFailed } from "@backline/core/quarantine/failed"
import { onMessages } from "./on-messages.ts"

/** Batches of the streams that the consumer was given up with, into quarantine. */
export const handler = onMessages(Failure, keepFailed)
