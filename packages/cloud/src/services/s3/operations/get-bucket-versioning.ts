import { xml } from "../wire/xml.ts"
import { bucketArn, bucketOf, type Operation, xmlResponse } from "./operation.ts"

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketVersioning.html */
export const GetBucketVersioning: Operation = {
  tier: "get",
  access: (call) => [{ action: "s3:GetBucketVersioning", resource: bucketArn(call) }],
  run: (call) => xmlResponse(xml("VersioningConfiguration", { Status: bucketOf(call).versioning })),
}
