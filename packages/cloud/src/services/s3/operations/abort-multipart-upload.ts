import { objectArn, type Operation } from "./operation.ts"
import { uploadOf } from "./upload-part.ts"

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html */
export const AbortMultipartUpload: Operation = {
  tier: "free",
  access: (call) => [{ action: "s3:AbortMultipartUpload", resource: objectArn(call) }],
  run(call) {
    const { id } = uploadOf(call)
    call.store.commit({ do: "end", bucket: call.target.bucket, upload: id })
    return { status: 204 }
  },
}
