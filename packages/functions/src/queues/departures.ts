import * as Connection from "@backline/core/connection"
import * as FanOut from "@backline/core/fan-out"
import * as Room from "@backline/core/room"
import * as Tap from "@backline/core/tap"
import { onBatch } from "./on-messages.ts"

/** People who were lost a while ago: when is noted, then the others are told, once, unless they are back. */
export const handler = onBatch(Connection.Departure, (departures) =>
  Tap.watched(async () => {
    await Room.noteLost(departures)
    await FanOut.departed(departures)
  }),
)
