import { bucketArn, bucketOf, type Operation, xmlResponse } from "./operation.ts"

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html */
export const GetBucketLocation: Operation = {
  tier: "get",
  access: (call) => [{ action: "s3:GetBucketLocation", resource: bucketArn(call) }],
  run(call) {
    bucketOf(call)
    const region = call.cloud.region === "us-east-1" ? "" : call.cloud.region
    return xmlResponse(
      `<?xml version="1.0" encoding="UTF-8"?>\n<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${region}</LocationConstraint>`,
    )
  },
}
