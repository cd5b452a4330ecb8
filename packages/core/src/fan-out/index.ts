import * as z from "zod"
import * as Connection from "../connection/index.ts"
import { fn } from "../fn.ts"
import { log } from "../logger.ts"
import * as Roster from "../roster/index.ts"

/** Posts under way at once. */
const PARALLEL = 32

/**
 * Sends a frame to every connection that listens to a topic, but not to `except`. Frames are hints, logs are the truth: it never throws for
 * readers that are dead or slow. `ephemeral` frames are not worth a retry.
 */
export const publish = fn(
  z.object({
    topic: z.string().min(1),
    frame: z.looseObject({ type: z.string() }),
    except: z.string().optional(),
    ephemeral: z.boolean().optional(),
  }),
  async ({ topic, frame, except }): Promise<void> => {
    const readers = (await Roster.connections({ topic })).filter((connectionId) => connectionId !== except)
    for (let i = 0; i < readers.length; i += PARALLEL) {
      const some = readers.slice(i, i + PARALLEL)
      const outcomes = await Promise.allSettled(some.map((connectionId) => Connection.post(connectionId, frame)))
      for (const [n, outcome] of outcomes.entries()) {
        if (outcome.status === "rejected") log.warn("frame was not posted", { connectionId: some[n]!, error: outcome.reason })
        else if (outcome.value === "gone") await Roster.leave({ topic, connectionId: some[n]! })
      }
    }
  },
)
