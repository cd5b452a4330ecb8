import { withActor } from "@backline/core/actor"
import * as Connection from "@backline/core/connection"

/** Every minute: sockets that nobody vouches for, and what outlived its socket. */
export const handler = () => withActor({ type: "system" }, () => Connection.sweep())
