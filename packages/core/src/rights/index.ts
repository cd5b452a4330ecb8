import * as connections from "../connection/table.ts"
import { inParallel } from "../parallel.ts"
import { withoutRight } from "./check.ts"
import { evict, type Place, tell } from "./silence.ts"

export type { Place } from "./silence.ts"

/** People whose places are given up at once. */
const PARALLEL = 8

/**
 * Takes people off those of these rosters that they have no right to be on, all their connections, and says so; gives those. Rights
 * are read consistently, after the write that took them: whoever may still listen by another right stays. Safe to repeat.
 */
export async function settle(places: readonly Place[]): Promise<Place[]> {
  const strangers = await withoutRight(places, true)
  const evicted: Place[] = []
  // Who hears is settled before anybody is told: telling may fail.
  await inParallel(strangers, PARALLEL, async (place) => void ((await evict(place)) && evicted.push(place)))
  await inParallel(evicted, PARALLEL, tell)
  return strangers
}

/** As `settle`, for a person who lost a right that others follow from: whatever their connections listen to, and `also`. */
export async function review({ userId, also }: { userId: string; also: readonly string[] }): Promise<void> {
  const topics = new Set([...also, ...(await connections.topicsOf(userId))])
  await settle([...topics].map((topic) => ({ topic, userId })))
}

/**
 * As `settle`, for all that the sweep found: what was missed because somebody died between a right's end and what followed from it. The cheap read first;
 * only who seems to be a stranger is looked at again.
 */
export async function settleAll(places: readonly Place[]): Promise<Place[]> {
  const each = new Map(places.map(({ topic, userId }) => [`${topic} ${userId}`, { topic, userId }]))
  return settle(await withoutRight([...each.values()], false))
}
