import { AwsError } from "../../../service.ts"
import { onStream, operation, streamOf } from "./operation.ts"
import { readDistribution } from "../settings.ts"

/** Takes effect with the next record. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateStreamRecordDistributionStrategy.html */
export const UpdateStreamRecordDistributionStrategy = operation({
  members: ["StreamARN", "StreamName", "RecordDistributionStrategy"],
  access: onStream("UpdateStreamRecordDistributionStrategy"),
  run(call) {
    if (call.input.StreamARN === undefined)
      throw new AwsError("InvalidArgumentException", "StreamARN must name a stream: this operation takes no StreamName.")
    const stream = streamOf(call)
    stream.set({ distribution: readDistribution(call.input.RecordDistributionStrategy, stream.options.mode) })
    return {}
  },
})
