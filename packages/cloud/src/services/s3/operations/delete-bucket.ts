import { S3Error } from "../wire/error.ts"
import { bucketArn, bucketOf, type Operation } from "./operation.ts"

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html */
export const DeleteBucket: Operation = {
  tier: "free",
  access: (call) => [{ action: "s3:DeleteBucket", resource: bucketArn(call) }],
  run(call) {
    const bucket = bucketOf(call)
    if (bucket.keys.size > 0)
      throw new S3Error(
        "BucketNotEmpty",
        bucket.versioning
          ? "The bucket you tried to delete is not empty. You must delete all versions in the bucket."
          : "The bucket you tried to delete is not empty",
        409,
        { BucketName: bucket.name },
      )
    call.store.commit({ do: "drop", name: bucket.name })
    return { status: 204 }
  },
}
