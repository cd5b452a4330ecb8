import { writeAll } from "../../dynamo/index.ts"
import { config } from "../../config.ts"
import { AppError } from "../../error.ts"
import { pendingKey } from "../../ingest/table.ts"
import type { LoadObject } from "./object.ts"

const busy = () =>
  new AppError("unavailable", "unavailable.pending", "The pending list could not be cleared yet. It is tried again.")

/** Takes loaded objects off the pending list; objects that are not on it are fine. */
export const forgetPending = (objects: readonly LoadObject[]): Promise<void> =>
  writeAll(
    config("INGEST_TABLE"),
    objects.map((object) => ({ DeleteRequest: { Key: pendingKey(object) } })),
    busy,
  )
