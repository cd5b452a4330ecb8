import { Duration } from "aws-cdk-lib"
import { Stream, StreamEncryption, StreamMode } from "aws-cdk-lib/aws-kinesis"
import { EventSourceMapping, StartingPosition } from "aws-cdk-lib/aws-lambda"
import { type StackContext, use } from "sst/constructs"
import { handler, queue, removal } from "./defaults.ts"
import { sizes } from "./stages.ts"
import { Storage } from "./storage.ts"

/** Events on their way from producers to the lake. */
export function Ingest({ stack }: StackContext) {
  const { lake, progress } = use(Storage)
  const stage = sizes(stack.stage)

  const stream = (id: string, shardCount: number) =>
    new Stream(stack, id, {
      streamMode: StreamMode.PROVISIONED,
      shardCount,
      encryption: StreamEncryption.MANAGED,
      retentionPeriod: Duration.hours(24),
      removalPolicy: removal(stack),
    })
  const concerts = stream("ConcertStream", stage.concertShards)
  const artists = stream("ArtistStream", 1)
  const venues = stream("VenueStream", 1)

  /** Objects of the lake that wait for the loader, which has up to 300 s per batch. */
  const { queue: loads, dead: loadsDead } = queue(stack, "LoadQueue", { timeout: 300, receives: 5 })
  const { queue: failures } = queue(stack, "IngestFailures", { timeout: 30, receives: 10 })

  const streams = [concerts, artists, venues]
  const consumer = handler(stack, "IngestConsumer", {
    handler: "packages/functions/src/streams/ingest.handler",
    timeout: 60,
    memory: 1024,
    env: {
      CONCERT_STREAM: concerts.streamName,
      ARTIST_STREAM: artists.streamName,
      VENUE_STREAM: venues.streamName,
      LAKE_BUCKET: lake.bucketName,
      INGEST_TABLE: progress.tableName,
      LOAD_QUEUE_URL: loads.queueUrl,
    },
    allow: [
      {
        actions: [
          "kinesis:DescribeStream",
          "kinesis:DescribeStreamSummary",
          "kinesis:ListShards",
          "kinesis:GetShardIterator",
          "kinesis:GetRecords",
        ],
        on: streams.map((each) => each.streamArn),
      },
      { actions: ["s3:PutObject"], on: [lake.arnForObjects("events/*"), lake.arnForObjects("quarantine/*")] },
      { actions: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"], on: [progress.tableArn] },
      { actions: ["sqs:SendMessage"], on: [loads.queueArn, failures.queueArn] },
    ],
  })

  for (const [index, source] of streams.entries())
    new EventSourceMapping(stack, `IngestSource${index + 1}`, {
      target: consumer,
      eventSourceArn: source.streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      /** Large objects load cheaper; one second keeps a quiet stream fresh. */
      batchSize: 2_000,
      maxBatchingWindow: Duration.seconds(1),
      /** Order per key needs one batch per shard at a time. */
      parallelizationFactor: 1,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      /** Bounded, so that a poison record cannot hold its shard until retention. */
      retryAttempts: 20,
      maxRecordAge: Duration.hours(23),
      /** SqsDlq would add rights that Lambda does not use. */
      onFailure: { bind: () => ({ destination: failures.queueArn }) },
    })

  return { concerts, artists, venues, loads, loadsDead, failures }
}
