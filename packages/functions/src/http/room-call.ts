import * as Call from "@backline/core/call"
import { http } from "./handler.ts"

/** POST /rooms/{id}/call: a token that opens the room's call, and who is in it. */
export const handler = http({ run: ({ id }: { id: string }) => Call.enter({ room: id }) })
