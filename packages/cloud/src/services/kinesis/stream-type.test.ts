import { DescribeStreamSummaryCommand, KinesisClient, PutRecordCommand } from "@aws-sdk/client-kinesis"
import { expect, test } from "vitest"
import { createTestCloud } from "../../endpoint/test-cloud.ts"
import { kinesis } from "./index.ts"

const cloudWith = (properties: object) =>
  createTestCloud({ services: [kinesis()], resources: { Events: { type: "AWS::Kinesis::Stream", properties } } })

test("a template gives a stream its record size and its distribution", async () => {
  const c = await cloudWith({
    Name: "events",
    StreamModeDetails: { StreamMode: "ON_DEMAND" },
    MaxRecordSizeInKiB: 2_048,
    RecordDistributionStrategy: "AUTO",
  })
  const client = new KinesisClient(c.as())
  const { StreamDescriptionSummary } = await client.send(new DescribeStreamSummaryCommand({ StreamName: "events" }))
  expect(StreamDescriptionSummary).toMatchObject({ MaxRecordSizeInKiB: 2_048, RecordDistributionStrategy: "AUTO" })
  const Data = Buffer.alloc(2_048 * 1_024 - 1)
  const { ShardId } = await client.send(new PutRecordCommand({ StreamName: "events", PartitionKey: "k", Data }))
  expect(ShardId).toMatch(/^shardId-/)
  await c.stop()
})

test("a template whose stream AWS would refuse does not start", async () => {
  await expect(cloudWith({ MaxRecordSizeInKiB: 20_000 })).rejects.toThrow("less than or equal to 10240")
  await expect(cloudWith({ RecordDistributionStrategy: "AUTO" })).rejects.toThrow("on-demand")
})
