import { notSimulated } from "../../../endpoint/errors.ts"
import { S3Error } from "../wire/error.ts"
import { expectElements, readXml, textOf } from "../wire/xml.ts"
import { bucketArn, type Operation } from "./operation.ts"

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const NAME =
  /^(?!xn--|sthree-|amzn-s3-demo-|\d+\.\d+\.\d+\.\d+$)(?!.*(?:-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/

export function checkBucketName(name: string): void {
  if (!NAME.test(name)) throw new S3Error("InvalidBucketName", "The specified bucket is not valid.", 400, { BucketName: name })
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html */
export const CreateBucket: Operation = {
  tier: "put",
  access: (call) => [{ action: "s3:CreateBucket", resource: bucketArn(call) }],
  run({ store, target, request, cloud, headers }) {
    checkBucketName(target.bucket)
    if (request.body.length > 0) {
      const root = readXml(request.body)
      expectElements(root, "CreateBucketConfiguration", ["LocationConstraint"])
      const region = textOf(root, "LocationConstraint") || "us-east-1"
      if (region !== cloud.region)
        throw new S3Error(
          "IllegalLocationConstraintException",
          `The ${region} location constraint is incompatible for the region specific endpoint this request was sent to.`,
          400,
        )
    }
    const ownership = headers["x-amz-object-ownership"] ?? "BucketOwnerEnforced"
    if (ownership !== "BucketOwnerEnforced") throw notSimulated("s3", `object ownership ${ownership}`)
    if (!store.buckets.has(target.bucket)) store.commit({ do: "bucket", name: target.bucket, at: cloud.now() })
    // us-east-1 answers its owner that the bucket was made, elsewhere that it is already his.
    else if (cloud.region !== "us-east-1")
      throw new S3Error(
        "BucketAlreadyOwnedByYou",
        "Your previous request to create the named bucket succeeded and you already own it.",
        409,
        {
          BucketName: target.bucket,
        },
      )
    return { status: 200, headers: { location: `/${target.bucket}` } }
  },
}
