import { Duration } from "aws-cdk-lib"
import { Stream, StreamEncryption, StreamMode } from "aws-cdk-lib/aws-kinesis"
import { EventSourceMapping, StartingPosition } from "aws-cdk-lib/aws-lambda"
import { type StackContext, use } from "sst/constructs"
import { consume, failuresTo, handler, queue, removal, scheduled, send } from "./defaults.ts"
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

  /** Objects of the lake that wait for the loader, which has up to 90 s per batch. */
  const { queue: loads, dead: loadsDead } = queue(stack, "LoadQueue", { timeout: 90, receives: 5 })
  /** Where the batches lie that no attempt could take. */
  const { queue: failures, dead: failuresDead } = queue(stack, "IngestFailures", { timeout: 60, receives: 5 })

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
      send(loads),
      send(failures),
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
      onFailure: failuresTo(failures),
    })

  /** At once: the streams forget these records an hour after the consumer gave them up. */
  const keeper = handler(stack, "KeepFailed", {
    handler: "packages/functions/src/queues/keep-failed.handler",
    timeout: 60,
    memory: 1024,
    env: { LAKE_BUCKET: lake.bucketName, INGEST_TABLE: progress.tableName },
    allow: [
      consume(failures),
      { actions: ["kinesis:GetShardIterator", "kinesis:GetRecords"], on: streams.map((each) => each.streamArn) },
      { actions: ["s3:PutObject"], on: [lake.arnForObjects("quarantine/*")] },
      { actions: ["dynamodb:PutItem"], on: [progress.tableArn] },
    ],
  })
  new EventSourceMapping(stack, "KeepFailedSource", {
    target: keeper,
    eventSourceArn: failures.queueArn,
    batchSize: 1,
    reportBatchItemFailures: true,
  })

  /** What no message tells the loader any more: a crash between commit and message, or a load that crashed until its message was dead. */
  scheduled(stack, "Reannounce", {
    every: Duration.minutes(1),
    handler: "packages/functions/src/schedules/reannounce-objects.handler",
    timeout: 60,
    /** A load starts within its window and takes seconds; a message too many is only a look into the ledger. */
    env: {
      INGEST_TABLE: progress.tableName,
      LOAD_QUEUE_URL: loads.queueUrl,
      LOAD_OVERDUE_SECONDS: String(stage.loadWindow + 30),
    },
    allow: [{ actions: ["dynamodb:Query", "dynamodb:UpdateItem"], on: [progress.tableArn] }, send(loads)],
  })

  return { concerts, artists, venues, loads, loadsDead, failures, failuresDead }
}
