import * as Room from "@backline/core/room"
import { http } from "./handler.ts"

/** GET /rooms/{id}/messages?before=&limit=: each page in order; `next` is the `before` of the one before it. */
export const handler = http({
  run: async ({ id, ...page }: { id: string }) => {
    const { messages, next } = await Room.history({ ...page, room: id })
    return { items: messages, next }
  },
})
