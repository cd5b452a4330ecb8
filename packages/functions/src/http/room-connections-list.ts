import * as Room from "@backline/core/room"
import { http } from "./handler.ts"

/** GET /rooms/{id}/connections: who listens right now. */
export const handler = http({ run: ({ id, ...page }: { id: string }) => Room.listeners({ ...page, room: id }) })
