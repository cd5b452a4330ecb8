import { S3Error } from "../wire/error.ts"
import { readPayload } from "../wire/payload.ts"
import { expectElements, readXml, textOf } from "../wire/xml.ts"
import { bucketArn, bucketOf, type Operation } from "./operation.ts"

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketVersioning.html */
export const PutBucketVersioning: Operation = {
  tier: "put",
  access: (call) => [{ action: "s3:PutBucketVersioning", resource: bucketArn(call) }],
  run(call) {
    const { name } = bucketOf(call)
    const root = readXml(readPayload(call.request.body, call.headers).bytes)
    expectElements(root, "VersioningConfiguration", ["Status"])
    const status = textOf(root, "Status")
    if (status !== "Enabled" && status !== "Suspended")
      throw new S3Error("IllegalVersioningConfigurationException", "The Versioning element must be specified", 400)
    call.store.commit({ do: "versioning", bucket: name, status })
    return { status: 200 }
  },
}
