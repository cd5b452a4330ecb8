import * as Tap from "@backline/core/tap"
import { action, type Actions } from "./action.ts"

/** What an administrator's socket may ask of live traces. */
export const TAP_ACTIONS: Actions<"tap"> = {
  "tap.start": action(
    () => Tap.start.schema.omit({ connectionId: true }),
    async (input, { connectionId }) => ({ ack: await Tap.start({ ...input, connectionId }) }),
    "admin",
  ),

  "tap.stop": action(
    () => Tap.stop.schema.omit({ connectionId: true }),
    async (input, { connectionId }) => ({ ack: await Tap.stop({ ...input, connectionId }) }),
    "admin",
  ),
}
