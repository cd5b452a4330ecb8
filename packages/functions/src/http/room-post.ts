import * as Room from "@backline/core/room"
import { http } from "./handler.ts"

/** POST /rooms */
export const handler = http({ run: Room.create, status: 201 })
