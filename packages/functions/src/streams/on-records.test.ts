import { AppError } from "@backline/core/error"
import type { Batch } from "@backline/core/ingest"
import type { KinesisStreamRecord } from "aws-lambda"
import { afterEach, describe, expect, it, vi } from "vitest"
import { onRecords } from "./on-records.ts"

const record = (sequence: string, data: string, shard = "shardId-000000000000"): KinesisStreamRecord => ({
  eventID: `${shard}:${sequence}`,
  eventName: "aws:kinesis:record",
  eventVersion: "1.0",
  eventSource: "aws:kinesis",
  awsRegion: "us-east-1",
  invokeIdentityArn: "arn:aws:iam::000000000000:role/x",
  eventSourceARN: "arn:aws:kinesis:us-east-1:000000000000:stream/local-concerts",
  kinesis: {
    kinesisSchemaVersion: "1.0",
    partitionKey: "k",
    sequenceNumber: sequence,
    data: Buffer.from(data).toString("base64"),
    approximateArrivalTimestamp: 1_790_000_000.005,
  },
})

vi.spyOn(console, "log").mockImplementation(() => {})
afterEach(() => vi.clearAllMocks())

describe("onRecords", () => {
  it("hands the verb a batch of a shard with stream, sequences, arrival in milliseconds and raw bytes", async () => {
    const batches: Batch[] = []
    const answer = await onRecords(async (batch) => batches.push(batch))({
      Records: [record("10", "{}"), record("11", "\u00ff not json")],
    })
    expect(answer).toEqual({ batchItemFailures: [] })
    expect(batches).toEqual([
      {
        stream: "local-concerts",
        shard: "shardId-000000000000",
        records: [
          { sequence: "10", arrivedAt: 1_790_000_000_005, bytes: Buffer.from("{}") },
          { sequence: "11", arrivedAt: 1_790_000_000_005, bytes: Buffer.from("\u00ff not json") },
        ],
      },
    ])
  })

  // https://docs.aws.amazon.com/streams/latest/dev/service-managed-pk-integrations-lambda.html
  it("reads records that have no partition key, or null for it", async () => {
    const batches: Batch[] = []
    const [isNull, isAbsent] = [record("10", "{}"), record("11", "{}")]
    Object.assign(isNull.kinesis, { partitionKey: null })
    Reflect.deleteProperty(isAbsent.kinesis, "partitionKey")
    expect(await onRecords(async (batch) => batches.push(batch))({ Records: [isNull, isAbsent] })).toEqual({
      batchItemFailures: [],
    })
    expect(batches.flatMap(({ records }) => records.map(({ sequence }) => sequence))).toEqual(["10", "11"])
  })

  it("asks for the whole batch again when a store did not answer", async () => {
    const run = onRecords(async () => {
      throw new AppError("unavailable", "unavailable.lake", "later")
    })
    expect(await run({ Records: [record("10", "{}"), record("11", "{}")] })).toEqual({
      batchItemFailures: [{ itemIdentifier: "10" }],
    })
  })

  it("throws what time cannot mend, so that the batch is bisected", async () => {
    for (const thrown of [new TypeError("bug"), undefined, "odd", new AppError("input", "input.x", "bad")])
      await expect(
        onRecords(async () => {
          throw thrown
        })({ Records: [record("10", "{}")] }),
      ).rejects.toBe(thrown)
  })

  it("reports only the shard that failed", async () => {
    const run = onRecords(async ({ shard }) => {
      if (shard === "b") throw new AppError("unavailable", "unavailable.queue", "later")
    })
    expect(await run({ Records: [record("10", "{}", "a"), record("20", "{}", "b"), record("21", "{}", "b")] })).toEqual({
      batchItemFailures: [{ itemIdentifier: "20" }],
    })
  })

  it("does nothing for an empty batch", async () => {
    expect(await onRecords(async () => expect.unreachable())({ Records: [] })).toEqual({ batchItemFailures: [] })
  })
})
