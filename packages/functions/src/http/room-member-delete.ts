import * as Room from "@backline/core/room"
import * as Tap from "@backline/core/tap"
import { http } from "./handler.ts"

/** DELETE /rooms/{id}/members: `{userId?, ban?}`; without `userId` oneself. */
export const handler = http({ run: ({ id, ...who }: { id: string }) => Tap.watched(() => Room.remove({ ...who, room: id })) })
