import { expect, test } from "vitest"
import { streamCloud } from "./testing.ts"

test("what AWS has and these streams do not is refused by name, with what to do instead", async () => {
  const { send } = await streamCloud()
  for (const [operation, says] of [
    ["CreateChannel", "channels"],
    ["DescribeChannel", "channels"],
    ["PutRecordsBulk", "PutRecords takes 500 records"],
    ["RegisterStreamConsumer", "GetRecords"],
    ["SubscribeToShard", "GetRecords"],
    ["UpdateStreamWarmThroughput", "in advance"],
    ["UpdateStreamMode", "mode"],
    ["UpdateShardCount", "SplitShard"],
    ["PutResourcePolicy", "role"],
    ["AddTagsToStream", "tags"],
    ["DescribeLimits", "account"],
  ] as const) {
    const { __type, message } = await send(operation, {})
    expect([__type, message]).toEqual(["NotSimulatedException", expect.stringContaining(`NOT_SIMULATED: kinesis.${operation}: `)])
    expect(message).toContain(says)
  }
})

test("members that these streams would ignore are refused by name; those that AWS does not know it ignores too", async () => {
  const { send } = await streamCloud()
  const create = (more: object) => send("CreateStream", { StreamName: "s", ShardCount: 1, ...more })
  for (const more of [{ Tags: { a: "b" } }, { WarmThroughputMiBps: 10 }])
    expect((await create(more)).message).toContain(`NOT_SIMULATED: kinesis.CreateStream.${Object.keys(more)[0]}: `)
  expect((await create({ Colour: "blue" })).status).toBe(200)
  const put = (more: object) => send("PutRecord", { StreamName: "s", PartitionKey: "a", Data: "", ...more })
  expect((await put({ DryRun: true })).message).toContain("NOT_SIMULATED: kinesis.PutRecord.DryRun: ")
  expect((await put({ StreamId: "abc" })).__type).toBe("NotSimulatedException")
  expect((await put({})).status).toBe(200)
})
