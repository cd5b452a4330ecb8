import { now } from "../clock.ts"
import { fn } from "../fn.ts"
import * as Roster from "../roster/index.ts"
import { tellLater } from "./departure.ts"
import { TOMBSTONE_MS } from "./lifetime.ts"
import { Ref } from "./ref.ts"
import * as table from "./table.ts"
import { Key } from "../text.ts"

async function leaveLost(ref: table.Ref, topic: string): Promise<void> {
  const { left } = await Roster.lose({ topic, connectionId: ref.connectionId, userId: ref.userId })
  if (left) await tellLater({ topic, userId: ref.userId })
}

/**
 * Forgets a connection and takes it off every topic. Safe to repeat, and before it was known: `$disconnect` comes late, twice, too early or not at
 * all. The row goes first, together with the place in `topic`, where somebody just met it dead: what dies in between is found by the sweep. Gives
 * what it listened to.
 */
export const remove = fn(
  () => Ref.extend({ topic: Key().optional() }),
  async ({ topic: first, ...ref }): Promise<string[]> => {
    const [{ topics }] = await Promise.all([
      table.close(ref, now(), now() + TOMBSTONE_MS),
      first === undefined ? undefined : leaveLost(ref, first),
    ])
    for (const topic of topics) if (topic !== first) await leaveLost(ref, topic)
    return topics
  },
)
