import * as Room from "@backline/core/room"
import { http } from "./handler.ts"

/** GET /rooms/{id} */
export const handler = http({ run: ({ id }: { id: string }) => Room.get({ room: id }) })
