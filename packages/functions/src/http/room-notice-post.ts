import * as Room from "@backline/core/room"
import * as Tap from "@backline/core/tap"
import { http } from "./handler.ts"

/** POST /rooms/{id}/notices: `{text, clientId?}` to everybody who listens. */
export const handler = http({
  run: ({ id, ...draft }: { id: string; text: string }) => Tap.watched(() => Room.announce({ ...draft, room: id })),
  status: 202,
})
