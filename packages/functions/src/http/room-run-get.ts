import * as Room from "@backline/core/room"
import { http } from "./handler.ts"

/** GET /rooms/{id}/runs/{run}?after=n: the log of an answer that a room asked for. */
export const handler = http({ run: ({ id, ...query }: { id: string; run: string }) => Room.answer({ room: id, ...query }) })
