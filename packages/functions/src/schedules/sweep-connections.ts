import { withActor } from "@backline/core/actor"
import * as Connection from "@backline/core/connection"

/** Every few minutes: rows that outlived their sockets. */
export const handler = () => withActor({ type: "system" }, Connection.sweep)
