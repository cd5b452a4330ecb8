import * as Room from "@backline/core/room"
import { http } from "./handler.ts"

/** GET /rooms: one's own, then the public ones. */
export const handler = http({ run: Room.list })
