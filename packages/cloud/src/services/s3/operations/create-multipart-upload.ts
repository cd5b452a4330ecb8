import { randomBytes } from "node:crypto"
import { algorithmNamed, checksumTypeOf } from "../wire/checksum.ts"
import { checkKey, describe } from "../wire/description.ts"
import { xml } from "../wire/xml.ts"
import { bucketOf, ENCRYPTED, type Operation, xmlResponse } from "./operation.ts"
import { writeAccess } from "./put-object.ts"

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html */
export const CreateMultipartUpload: Operation = {
  tier: "put",
  access: writeAccess,
  run(call) {
    const bucket = bucketOf(call)
    const key = checkKey(call.target.key)
    const asked = call.headers["x-amz-checksum-algorithm"]
    const algorithm = asked === undefined ? undefined : algorithmNamed(asked)
    const checksumType = algorithm && checksumTypeOf(algorithm, call.headers["x-amz-checksum-type"])
    const id = randomBytes(48).toString("base64url")
    const upload = { id, key, at: call.cloud.now(), ...describe(call.headers), ...(algorithm && { algorithm, checksumType }) }
    call.store.commit({ do: "upload", bucket: bucket.name, upload })
    return xmlResponse(xml("InitiateMultipartUploadResult", { Bucket: bucket.name, Key: key, UploadId: id }), {
      ...(algorithm && checksumType && { "x-amz-checksum-algorithm": algorithm, "x-amz-checksum-type": checksumType }),
      ...ENCRYPTED,
    })
  },
}
