import { bucketArn, bucketOf, type Operation } from "./operation.ts"

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html */
export const HeadBucket: Operation = {
  tier: "get",
  access: (call) => [{ action: "s3:ListBucket", resource: bucketArn(call) }],
  run(call) {
    bucketOf(call)
    return { status: 200, headers: { "x-amz-bucket-region": call.cloud.region, "x-amz-access-point-alias": "false" } }
  },
}
