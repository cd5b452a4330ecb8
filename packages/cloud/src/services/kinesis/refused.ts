import { AwsError } from "../../service.ts"

/** What AWS has and these streams do not, by what an operation's name says, with what to do instead: the first that fits is told. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/Channel/, "channels do not deliver here: read the stream with a function that writes to the bucket."],
  [/Bulk/, "bulk puts are not taken here: PutRecords takes 500 records and 10 MiB."],
  [
    /Consumer|SubscribeToShard/,
    "there are no enhanced fan-out consumers here: read with GetRecords, or map the stream to a function.",
  ],
  [/WarmThroughput|AccountSettings/, "throughput is not bought in advance here: a shard takes 1 MiB a second."],
  [/StreamMode$/, "a stream keeps its mode: make another one, or change its template."],
  [/ShardCount$/, "change the count in the template, or use SplitShard and MergeShards."],
  [/RetentionPeriod$/, "change RetentionPeriodHours in the template."],
  [/Encryption$/, "records never leave this machine."],
  [/ResourcePolicy$/, "streams have no policies of their own here: give the caller's role the permission."],
  [/Tag/, "tags decide nothing here."],
  [/EnhancedMonitoring|Limits/, "nothing here is measured or limited by account."],
]

/** An operation that is not answered. One that no reason fits may not exist at AWS either, where it is unknown. */
export function refusedOperation(operation: string): AwsError {
  const reason = REASONS.find(([pattern]) => pattern.test(operation))?.[1]
  const where = `NOT_SIMULATED: kinesis.${operation}`
  return reason === undefined
    ? new AwsError("UnknownOperationException", `${where}: the local streams do not answer it.`)
    : new AwsError("NotSimulatedException", `${where}: ${reason}`)
}

/** Members that AWS acts on and these streams do not; those that AWS does not know are ignored there and here. */
export const REFUSED_MEMBERS: Readonly<Record<string, string>> = {
  DryRun: "no call is only tried here: leave it out, and use a stream of your own.",
  StreamId: "AWS reserves it: name the stream by StreamARN or StreamName.",
  StreamCreationTimestamp: "a name stands for one stream here: leave it out.",
  WarmThroughputMiBps: "throughput is not bought in advance here: leave it out.",
  Tags: "tags decide nothing here: leave them out.",
}
