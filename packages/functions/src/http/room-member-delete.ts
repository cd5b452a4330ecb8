import * as Room from "@backline/core/room"
import { http } from "./handler.ts"

/** DELETE /rooms/{id}/members: `{userId?, ban?}`; without `userId` oneself. */
export const handler = http({ run: ({ id, ...who }: { id: string }) => Room.remove({ ...who, room: id }) })
