import { sendTo } from "../destination.ts"
import type { Ran } from "../runner.ts"
import { backOffMs, until } from "../wait.ts"
import type { LaneShard } from "./lane-shard.ts"
import type { PollerParts } from "./poller.ts"

const iso = (ms: number): string => new Date(ms).toISOString()

/**
 * Sends what was given up to the failure destination: https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html,
 * https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export async function giveUp(
  { mapping, target, cloud, signal }: PollerParts,
  shard: LaneShard,
  positions: readonly number[],
  condition: string,
  invoked: number,
  ran?: Ran,
): Promise<void> {
  const [first, last] = [positions[0]!, positions.at(-1)!]
  cloud.log(
    "lambda",
    `${target.spec.name} gave up ${positions.length} records of ${shard.streamName} ${shard.id} from ${shard.sequenceAt(first)}: ${condition}`,
  )
  if (!mapping.onFailure) return
  const record = {
    requestContext: {
      requestId: ran?.requestId ?? "",
      functionArn: target.invokedArn,
      condition,
      approximateInvokeCount: invoked,
    },
    responseContext: ran && {
      statusCode: 200,
      executedVersion: ran.version,
      functionError: ran.error ? "Unhandled" : undefined,
    },
    version: "1.0",
    timestamp: iso(cloud.now()),
    [shard.batchInfo]: {
      shardId: shard.id,
      startSequenceNumber: shard.sequenceAt(first),
      endSequenceNumber: shard.sequenceAt(last),
      approximateArrivalOfFirstRecord: iso(shard.arrival(first)),
      approximateArrivalOfLastRecord: iso(shard.arrival(last)),
      batchSize: positions.length,
      streamArn: mapping.sourceArn,
    },
  }
  for (let failures = 0; failures < 5 && !signal.aborted; failures++) {
    if (await sendTo(cloud, mapping.onFailure, JSON.stringify(record), target.spec.name)) return
    await until(cloud, cloud.now() + backOffMs(failures), signal)
  }
}
