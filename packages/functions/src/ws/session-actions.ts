import * as Connection from "@backline/core/connection"
import * as z from "zod"
import { action, type Actions } from "./action.ts"
import { Key } from "@backline/core/text"

/** What a socket may ask of itself. */
export const SESSION_ACTIONS: Actions<"session"> = {
  ping: action(
    () => z.object({}),
    async () => ({ ack: {} }),
  ),

  "auth.refresh": action(
    () => z.object({ token: Key(16_384) }),
    async ({ token }, { connectionId, userId }) => ({ ack: await Connection.refresh({ connectionId, userId, token }) }),
  ),
}
