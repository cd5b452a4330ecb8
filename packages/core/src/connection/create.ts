import { now } from "../clock.ts"
import { fn } from "../fn.ts"
import { LIFETIME_MS } from "./lifetime.ts"
import * as table from "./table.ts"

/** Remembers a connection whose socket is about to open; false where it is known to be over. Safe to repeat. */
export const create = fn(
  () => table.Info.omit({ connectedAt: true }),
  (input) => {
    const connectedAt = now()
    return table.open({ ...input, connectedAt }, connectedAt + LIFETIME_MS)
  },
)
