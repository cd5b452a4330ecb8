import * as Room from "@backline/core/room"
import { http } from "./handler.ts"

/** POST /rooms/{id}/members: `{userId?, role?}`; without `userId` oneself, into a public room. */
export const handler = http({ run: ({ id, ...who }: { id: string }) => Room.invite({ ...who, room: id }), status: 201 })
