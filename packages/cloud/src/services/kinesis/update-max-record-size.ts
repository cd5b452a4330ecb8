import { ok, type Operation, streamOf } from "./operation.ts"
import { readRecordSize } from "./settings.ts"

/** Takes effect at once. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateMaxRecordSize.html */
export const UpdateMaxRecordSize: Operation = {
  run(call) {
    streamOf(call).set({ maxRecordKiB: readRecordSize(call.input.MaxRecordSizeInKiB) })
    return ok(call.request, "{}")
  },
}
