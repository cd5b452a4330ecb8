import * as Room from "@backline/core/room"
import { http } from "./handler.ts"

/** GET /rooms/{id}/members */
export const handler = http({ run: ({ id, ...page }: { id: string }) => Room.members({ ...page, room: id }) })
