import { contextOf, objectArn, type Operation, versionedAction } from "./operation.ts"
import { retag } from "./put-object-tagging.ts"

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjectTagging.html */
export const DeleteObjectTagging: Operation = {
  tier: "free",
  access: (call) => [
    {
      action: versionedAction(call, "s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging"),
      resource: objectArn(call),
      context: contextOf(call),
    },
  ],
  run: (call) => retag(call, undefined, "s3:ObjectTagging:Delete", 204),
}
