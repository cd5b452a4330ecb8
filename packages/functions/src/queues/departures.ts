import * as Connection from "@backline/core/connection"
import * as FanOut from "@backline/core/fan-out"
import { onBatch } from "./on-messages.ts"

/** People who were lost a while ago: the others are told, once, unless they are back. */
export const handler = onBatch(Connection.Departure, FanOut.departed)
