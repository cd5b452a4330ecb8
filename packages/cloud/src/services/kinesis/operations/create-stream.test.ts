import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, test } from "vitest"
import { dataOf, streamCloud } from "../testing.ts"

const folder = mkdtempSync(join(tmpdir(), "backline-streams-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test("a stream is made once, and what AWS refuses is refused", async () => {
  const { send } = await streamCloud()
  expect((await send("CreateStream", { StreamName: "s", ShardCount: 2 })).status).toBe(200)
  expect((await send("CreateStream", { StreamName: "s", ShardCount: 2 })).__type).toBe("ResourceInUseException")
  const typeOf = async (input: object) => (await send("CreateStream", { StreamName: "t", ...input })).__type
  expect(await typeOf({})).toBe("InvalidArgumentException")
  expect(await typeOf({ ShardCount: 0 })).toBe("ValidationException")
  expect(await typeOf({ ShardCount: 1_001 })).toBe("LimitExceededException")
  expect(await typeOf({ ShardCount: 1, StreamModeDetails: { StreamMode: "ON_DEMAND" } })).toBe("InvalidArgumentException")
  for (const StreamName of ["no spaces", ".", "..", "a/b", ""])
    expect(await typeOf({ ShardCount: 1, StreamName })).toBe("InvalidArgumentException")
  expect(await typeOf({ ShardCount: 1, MaxRecordSizeInKiB: 20_000 })).toBe("ValidationException")
})

test("streams that calls made, their settings and records are there after a kill; deleted ones are not", async () => {
  const data = join(folder, "kept")
  const first = await streamCloud(data)
  for (const StreamName of ["kept", "gone"]) await first.send("CreateStream", { StreamName, ShardCount: 1 })
  const StreamARN = "arn:aws:kinesis:us-east-1:111122223333:stream/kept"
  await first.send("UpdateMaxRecordSize", { StreamARN, MaxRecordSizeInKiB: 2_048 })
  await first.send("PutRecord", { StreamARN, PartitionKey: "a", Data: dataOf("one") })
  await first.send("DeleteStream", { StreamName: "gone" })
  expect((await first.send("DeleteStream", { StreamName: "gone" })).__type).toBe("ResourceNotFoundException")
  const second = await streamCloud(data)
  expect((await second.send("ListStreams", {})).StreamNames).toEqual(["kept"])
  expect((await second.send("DescribeStreamSummary", { StreamARN })).StreamDescriptionSummary.MaxRecordSizeInKiB).toBe(2_048)
  expect(await second.read("kept", "shardId-000000000000", "TRIM_HORIZON")).toEqual(["one"])
  expect(readdirSync(join(data, "kinesis")).toSorted()).toEqual(["+made.jsonl", "kept"])
  await Promise.all([first.stop(), second.stop()])
})

test("what a call set stays over restarts until the template gives something else", () => {
  const options = (maxRecordKiB?: number) => ({
    name: "s",
    arn: "arn:aws:kinesis:us-east-1:1:stream/s",
    shards: 1,
    mode: "PROVISIONED" as const,
    retentionHours: 24,
    maxRecordKiB,
    createdAt: 1_700_000_000_000,
  })
  return import("../streams.ts").then(({ Streams }) => {
    const opened = (size?: number) => {
      const streams = new Streams()
      streams.keepIn(join(folder, "template"))
      return { streams, stream: streams.create(options(size)) }
    }
    const sizes = [undefined, undefined, 2_048, 2_048].map((size, run) => {
      const { streams, stream } = opened(size)
      const found = stream.options.maxRecordKiB
      if (run === 0) stream.set({ maxRecordKiB: 5_000 })
      streams.close()
      return found
    })
    expect(sizes).toEqual([undefined, 5_000, 2_048, 2_048])
  })
})
