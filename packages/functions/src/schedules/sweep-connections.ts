import { withActor } from "@backline/core/actor"
import * as Connection from "@backline/core/connection"

/** LiveKit is loaded by the first who is to be put out of a call. */
const expel = async (room: string, userId: string): Promise<void> => (await import("@backline/core/call")).expel(room, userId)

/** Every minute: sockets that nobody vouches for, what outlived its socket, and who hears what they may not. */
export const handler = () => withActor({ type: "system" }, () => Connection.sweep({ expel }))
