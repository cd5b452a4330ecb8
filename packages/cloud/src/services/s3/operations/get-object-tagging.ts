import { xml } from "../wire/xml.ts"
import { readable } from "./get-object.ts"
import { bucketOf, type Operation, readAccess, versionHeader, xmlResponse } from "./operation.ts"

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html */
export const GetObjectTagging: Operation = {
  tier: "get",
  access: (call) => readAccess(call, "s3:GetObjectTagging", "s3:GetObjectVersionTagging"),
  run(call) {
    const bucket = bucketOf(call)
    const version = readable(call, bucket)
    const Tag = Object.entries(version.tags ?? {}).map(([Key, Value]) => ({ Key, Value }))
    return xmlResponse(xml("Tagging", { TagSet: { Tag } }), versionHeader(bucket, version))
  },
}
