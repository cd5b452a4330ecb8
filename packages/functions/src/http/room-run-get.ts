import * as RoomAssistant from "@backline/core/room/assistant"
import { http } from "./handler.ts"

/** GET /rooms/{id}/runs/{run}?after=n: the log of an answer that a room asked for. */
export const handler = http({
  run: ({ id, ...query }: { id: string; run: string }) => RoomAssistant.answer({ room: id, ...query }),
})
