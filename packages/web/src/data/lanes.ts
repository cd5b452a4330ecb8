import type { Progress, ShardProgress } from "@backline/client"
import { rateOf, type Sample } from "../live/rate.ts"

/** One shard as the page shows it. */
export interface Lane {
  stream: string
  shard: string
  events: number
  /** Events of the last minute, and how many seconds of it were watched. */
  lately: number
  seconds: number
  /** Part of its stream's events, of the last minute where there were any; null where the stream has one shard. */
  share: number | null
  /** Its part is more than half as much again as an even one. */
  isHot: boolean
  /** How long the oldest event that the warehouse has not loaded has waited; 0 where it has all. */
  behindMs: number
  quarantined: number
  arrivedAt: number | null
}

export const laneKey = ({ stream, shard }: Pick<ShardProgress, "stream" | "shard">): string => `${stream}#${shard}`

export const eventsOf = ({ counts }: ShardProgress): number => Object.values(counts ?? {}).reduce((sum, count) => sum + count, 0)

const HOT = 1.5

/** Every shard with its rate, its lag and its part of its stream. */
export function lanesOf({ shards }: Progress, samples: Readonly<Record<string, readonly Sample[]>>): Lane[] {
  const lanes = shards.map((each): Lane => {
    const { events: lately, seconds } = rateOf(samples[laneKey(each)] ?? [])
    const { stream, shard, behindMs = 0, quarantined = 0, arrivedAt } = each
    return { stream, shard, events: eventsOf(each), lately, seconds, share: null, isHot: false, behindMs, quarantined, arrivedAt }
  })
  return lanes
    .map((lane) => {
      const siblings = lanes.filter(({ stream }) => stream === lane.stream)
      const isMoving = siblings.some(({ lately }) => lately > 0)
      const part = (of: Lane) => (isMoving ? of.lately : of.events)
      const all = siblings.reduce((sum, each) => sum + part(each), 0)
      if (siblings.length < 2 || all === 0) return lane
      const share = part(lane) / all
      return { ...lane, share, isHot: share * siblings.length > HOT }
    })
    .toSorted((a, b) => laneKey(a).localeCompare(laneKey(b)))
}
