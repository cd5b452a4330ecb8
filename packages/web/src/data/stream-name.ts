const KINDS = [
  [/concert/i, "Concerts"],
  [/artist/i, "Artists"],
  [/venue/i, "Venues"],
] as const

/** A stream by what it carries: its physical name ends in a hash, which tells a reader nothing. */
export const streamName = (physical: string): string => KINDS.find(([pattern]) => pattern.test(physical))?.[1] ?? physical

/** `shardId-000000000003` is `3`. */
export const shardNumber = (shard: string): string => shard.replace(/^shardId-0*(?=\d)/, "")

/** `0.4 s`, `12 s`, `3 min`, `2 h`. */
export function formatWait(ms: number): string {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`
}
