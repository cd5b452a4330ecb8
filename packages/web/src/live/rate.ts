import type { Progress } from "@backline/client"

/** How many events had arrived at a moment. */
export interface Sample {
  at: number
  total: number
}

const MINUTE_MS = 60_000

export const totalOf = (progress: Progress): number =>
  progress.shards.reduce((sum, shard) => sum + Object.values(shard.counts ?? {}).reduce((of, count) => of + count, 0), 0)

/** Samples of the last minute plus the one before it, from which the oldest difference is taken. A total that fell (a new start) begins anew. */
export function addSample(samples: readonly Sample[], next: Sample): Sample[] {
  const last = samples.at(-1)
  if (last && next.at <= last.at) return [...samples]
  if (last && next.total < last.total) return [next]
  const from = samples.findLastIndex((sample) => sample.at <= next.at - MINUTE_MS)
  return [...samples.slice(Math.max(0, from)), next]
}

export interface Rate {
  /** Events in the time looked at. */
  events: number
  /** At most a minute; less right after the page opened. */
  seconds: number
  /** Events per slot, oldest first, the last slot ending now. */
  slots: number[]
}

/** Arrivals of the last minute in equal slots; a difference between two polls is spread over the slots it covers. */
export function rateOf(samples: readonly Sample[], slots = 30): Rate {
  const last = samples.at(-1)
  const counts = Array.from({ length: slots }, () => 0)
  if (!last) return { events: 0, seconds: 0, slots: counts }
  const start = last.at - MINUTE_MS
  const width = MINUTE_MS / slots
  for (const [index, sample] of samples.entries()) {
    const before = samples[index - 1]
    if (!before) continue
    for (let slot = 0; slot < slots; slot++) {
      const overlap = Math.min(sample.at, start + (slot + 1) * width) - Math.max(before.at, start + slot * width)
      if (overlap > 0) counts[slot]! += ((sample.total - before.total) * overlap) / (sample.at - before.at)
    }
  }
  return {
    events: Math.round(counts.reduce((sum, count) => sum + count, 0)),
    seconds: Math.round(Math.min(MINUTE_MS, last.at - samples[0]!.at) / 1000),
    slots: counts,
  }
}

export interface Freshness {
  /** Shards that hold events the warehouse has not loaded yet. */
  behind: number
  shards: number
  /** The latest arrival. */
  arrivedAt: number | null
}

/** Whether the warehouse has what has arrived; sequence numbers are too long for a double. */
export function freshnessOf(progress: Progress): Freshness {
  const used = progress.shards.filter((shard) => shard.consumed)
  const behind = used.filter((shard) => !shard.loaded || BigInt(shard.loaded) < BigInt(shard.consumed!)).length
  const arrivals = used.flatMap((shard) => (shard.arrivedAt ? [shard.arrivedAt] : []))
  return { behind, shards: used.length, arrivedAt: arrivals.length > 0 ? Math.max(...arrivals) : null }
}

/** Counts by event type over all shards, most first. */
export function countsByType(progress: Progress): [type: string, count: number][] {
  const sums = new Map<string, number>()
  for (const shard of progress.shards)
    for (const [type, count] of Object.entries(shard.counts ?? {})) sums.set(type, (sums.get(type) ?? 0) + count)
  return [...sums].toSorted((one, other) => other[1] - one[1])
}

/** The latest events of all shards, newest first. */
export const latestEvents = (progress: Progress, count: number) =>
  progress.shards
    .flatMap((shard) => shard.recent ?? [])
    .toSorted((one, other) => other.at - one.at)
    .slice(0, count)
