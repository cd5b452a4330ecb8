import { expect, test } from "vitest"
import { streamCloud } from "../testing.ts"

const StreamName = "s"
const half = String(1n << 127n)

/** Shard 0 was split into 1 and 2 after a minute, and shard 1 into 3 and 4 after another. */
async function withSplits() {
  const c = await streamCloud()
  const at = [c.cloud.now()]
  await c.send("CreateStream", { StreamName, ShardCount: 1 })
  for (const [ShardToSplit, NewStartingHashKey] of [
    ["shardId-000000000000", half],
    ["shardId-000000000001", String(1n << 126n)],
  ]) {
    c.cloud.advance(60_000)
    at.push(c.cloud.now())
    expect((await c.send("SplitShard", { StreamName, ShardToSplit, NewStartingHashKey })).status).toBe(200)
  }
  c.cloud.advance(60_000)
  const idsOf = (answer: any): number[] => answer.Shards.map(({ ShardId }: any) => Number(ShardId.slice(-12)))
  /** All pages of one shard each; only the first call says what is asked for. */
  async function pages(input: object): Promise<number[]> {
    const all: number[] = []
    let answer = await c.send("ListShards", { StreamName, MaxResults: 1, ...input })
    for (;;) {
      all.push(...idsOf(answer))
      if (answer.NextToken === undefined) return all
      answer = await c.send("ListShards", { NextToken: answer.NextToken, MaxResults: 1 })
    }
  }
  return { ...c, at, idsOf, pages }
}

// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListShards.html: as the Kinesis client library asks
test("a token carries its filter: the pages of a filtered list hold what one page of it holds", async () => {
  const { send, pages, idsOf, at } = await withSplits()
  for (const [ShardFilter, expected] of [
    [undefined, [0, 1, 2, 3, 4]],
    [{ Type: "AT_LATEST" }, [2, 3, 4]],
    [{ Type: "AT_TRIM_HORIZON" }, [0]],
    [{ Type: "FROM_TRIM_HORIZON" }, [0, 1, 2, 3, 4]],
    [{ Type: "AFTER_SHARD_ID", ShardId: "shardId-000000000001" }, [2, 3, 4]],
    [{ Type: "AT_TIMESTAMP", Timestamp: (at[1]! + 30_000) / 1000 }, [1, 2]],
    [{ Type: "FROM_TIMESTAMP", Timestamp: (at[1]! + 30_000) / 1000 }, [1, 2, 3, 4]],
    [{ Type: "FROM_TIMESTAMP", Timestamp: 1 }, [0, 1, 2, 3, 4]],
  ] as const) {
    expect(idsOf(await send("ListShards", { StreamName, ShardFilter }))).toEqual(expected)
    expect(await pages({ ShardFilter })).toEqual(expected)
  }
  expect(await pages({ ExclusiveStartShardId: "shardId-000000000002" })).toEqual([3, 4])
})

test("the token says which stream and which shards: to say it again is refused, and so is a token of more than five minutes", async () => {
  const { send, cloud } = await withSplits()
  const { NextToken } = await send("ListShards", { StreamName, MaxResults: 1 })
  for (const more of [
    { StreamName },
    { StreamARN: "arn:aws:kinesis:us-east-1:111122223333:stream/s" },
    { ExclusiveStartShardId: "shardId-000000000000" },
    { ShardFilter: { Type: "AT_LATEST" } },
  ])
    expect((await send("ListShards", { NextToken, ...more })).__type).toBe("InvalidArgumentException")
  cloud.advance(300_000)
  expect((await send("ListShards", { NextToken })).status).toBe(200)
  cloud.advance(1)
  expect((await send("ListShards", { NextToken })).__type).toBe("ExpiredNextTokenException")
  expect((await send("ListShards", { NextToken: "nonsense" })).__type).toBe("ExpiredNextTokenException")
})

test("filters that lack what they need, and shards that have expired, are not listed", async () => {
  const { send, cloud, idsOf } = await withSplits()
  const list = (ShardFilter: object) => send("ListShards", { StreamName, ShardFilter })
  expect((await list({ Type: "OPEN" })).__type).toBe("ValidationException")
  expect((await list({ Type: "AFTER_SHARD_ID" })).__type).toBe("InvalidArgumentException")
  expect((await list({ Type: "AT_TIMESTAMP" })).__type).toBe("InvalidArgumentException")
  expect((await send("ListShards", { StreamName, MaxResults: 0 })).__type).toBe("ValidationException")
  cloud.advance(24 * 3_600_000 - 90_000)
  expect(idsOf(await send("ListShards", { StreamName }))).toEqual([1, 2, 3, 4])
  expect(idsOf(await list({ Type: "AT_TRIM_HORIZON" }))).toEqual([1, 2])
})

test("a list of streams goes on where its token says", async () => {
  const { send } = await streamCloud()
  for (const name of ["c", "a", "b"]) await send("CreateStream", { StreamName: name, ShardCount: 1 })
  const first = await send("ListStreams", { Limit: 2 })
  expect([first.StreamNames, first.HasMoreStreams]).toEqual([["a", "b"], true])
  expect((await send("ListStreams", { Limit: 2, NextToken: first.NextToken })).StreamNames).toEqual(["c"])
})
