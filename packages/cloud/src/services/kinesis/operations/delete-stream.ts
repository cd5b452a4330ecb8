import { onStream, operation, streamOf } from "./operation.ts"

/** The stream is gone at once, with its records; there are no consumers to deregister. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DeleteStream.html */
export const DeleteStream = operation({
  members: ["StreamName", "StreamARN", "EnforceConsumerDeletion"],
  access: onStream("DeleteStream"),
  run(call) {
    call.streams.remove(streamOf(call).name)
    return {}
  },
})
