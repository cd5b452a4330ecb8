import * as Call from "@backline/core/call"
import * as Tap from "@backline/core/tap"
import { http } from "./handler.ts"

/** DELETE /rooms/{id}/members: `{userId?, ban?}`; without `userId` oneself. Out of the room and its call. */
export const handler = http({
  run: ({ id, ...who }: { id: string }) => Tap.watched(() => Call.removeMember({ ...who, room: id })),
})
