import { onStream, operation, streamOf } from "./operation.ts"
import { readRecordSize } from "../settings.ts"

/** Takes effect at once. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateMaxRecordSize.html */
export const UpdateMaxRecordSize = operation({
  members: ["StreamARN", "StreamName", "MaxRecordSizeInKiB"],
  access: onStream("UpdateMaxRecordSize"),
  run(call) {
    streamOf(call).set({ maxRecordKiB: readRecordSize(call.input.MaxRecordSizeInKiB) })
    return {}
  },
})
