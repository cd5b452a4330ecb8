import type { Progress, ShardProgress } from "@backline/client"
import { describe, expect, it } from "vitest"
import { lanesOf } from "./lanes.ts"
import { shardNumber, streamName } from "./stream-name.ts"

const shard = (number: number, events: number, more: Partial<ShardProgress> = {}): ShardProgress => ({
  stream: "concerts",
  shard: `shardId-00000000000${number}`,
  consumed: "9",
  loaded: "9",
  arrivedAt: 1,
  counts: { "ticket.sold": events },
  recent: [],
  ...more,
})
const progress = (...shards: ShardProgress[]): Progress => ({ shards, at: 1 })

describe("the shards of a stream", () => {
  it("share its events, and one with far more than its part is hot", () => {
    const lanes = lanesOf(progress(shard(1, 80), shard(0, 20)), {})
    expect(lanes.map(({ shard, share, isHot }) => [shardNumber(shard), share, isHot])).toEqual([
      ["0", 0.2, false],
      ["1", 0.8, true],
    ])
  })

  it("are compared by the last minute where something arrived in it", () => {
    const samples = {
      "concerts#shardId-000000000000": [
        { at: 0, total: 20 },
        { at: 10_000, total: 30 },
      ],
    }
    const lanes = lanesOf(progress(shard(0, 30), shard(1, 80)), samples)
    expect(lanes.map(({ lately, seconds, share }) => [lately, seconds, share])).toEqual([
      [10, 10, 1],
      [0, 0, 0],
    ])
  })

  it("have no share where there is one, or where nothing ever arrived", () => {
    expect(lanesOf(progress(shard(0, 5)), {})[0]!.share).toBeNull()
    expect(lanesOf(progress(shard(0, 0), shard(1, 0)), {}).map(({ share }) => share)).toEqual([null, null])
  })
})

it("names a stream by what it carries", () => {
  expect(streamName("prod-backline-Ingest-ConcertStream0A1B2C3D-x")).toBe("Concerts")
  expect(streamName("other")).toBe("other")
})
