import * as Room from "@backline/core/room"
import { http } from "./handler.ts"

/** POST /rooms/{id}/notices: `{text, clientId?}` to everybody who listens. */
export const handler = http({
  run: ({ id, ...draft }: { id: string; text: string }) => Room.announce({ ...draft, room: id }),
  status: 202,
})
