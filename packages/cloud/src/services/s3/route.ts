import { notSimulated } from "../../endpoint/errors.ts"
import type { AwsRequest } from "../../service.ts"
import { AbortMultipartUpload } from "./operations/abort-multipart-upload.ts"
import { CompleteMultipartUpload } from "./operations/complete-multipart-upload.ts"
import { CopyObject } from "./operations/copy-object.ts"
import { CreateBucket } from "./operations/create-bucket.ts"
import { CreateMultipartUpload } from "./operations/create-multipart-upload.ts"
import { DeleteBucket } from "./operations/delete-bucket.ts"
import { DeleteObject } from "./operations/delete-object.ts"
import { DeleteObjectTagging } from "./operations/delete-object-tagging.ts"
import { DeleteObjects } from "./operations/delete-objects.ts"
import { GetBucketLocation } from "./operations/get-bucket-location.ts"
import { GetBucketVersioning } from "./operations/get-bucket-versioning.ts"
import { GetObject } from "./operations/get-object.ts"
import { GetObjectAttributes } from "./operations/get-object-attributes.ts"
import { GetObjectTagging } from "./operations/get-object-tagging.ts"
import { HeadBucket } from "./operations/head-bucket.ts"
import { HeadObject } from "./operations/head-object.ts"
import { ListBuckets } from "./operations/list-buckets.ts"
import { ListMultipartUploads } from "./operations/list-multipart-uploads.ts"
import { ListObjects } from "./operations/list-objects.ts"
import { ListObjectsV2 } from "./operations/list-objects-v2.ts"
import { ListObjectVersions } from "./operations/list-object-versions.ts"
import { ListParts } from "./operations/list-parts.ts"
import type { Operation } from "./operations/operation.ts"
import { PostObject } from "./operations/post-object.ts"
import { PutBucketVersioning } from "./operations/put-bucket-versioning.ts"
import { PutObject } from "./operations/put-object.ts"
import { PutObjectTagging } from "./operations/put-object-tagging.ts"
import { UploadPart } from "./operations/upload-part.ts"
import { UploadPartCopy } from "./operations/upload-part-copy.ts"
import type { Target } from "./wire/target.ts"

export const OPERATIONS: Readonly<Record<string, Operation>> = {
  AbortMultipartUpload,
  CompleteMultipartUpload,
  CopyObject,
  CreateBucket,
  CreateMultipartUpload,
  DeleteBucket,
  DeleteObject,
  DeleteObjectTagging,
  DeleteObjects,
  GetBucketLocation,
  GetBucketVersioning,
  GetObject,
  GetObjectAttributes,
  GetObjectTagging,
  HeadBucket,
  HeadObject,
  ListBuckets,
  ListMultipartUploads,
  ListObjectVersions,
  ListObjects,
  ListObjectsV2,
  ListParts,
  PostObject,
  PutBucketVersioning,
  PutObject,
  PutObjectTagging,
  UploadPart,
  UploadPartCopy,
}

/** Sub-resources: the parameter that makes a request another operation. What is not in a table below is refused by this name. */
const SUB_RESOURCES = (
  "abac accelerate acl analytics annotation attributes cors delete encryption intelligent-tiering inventory legal-hold lifecycle location logging " +
  "metadataConfiguration metadataTable metrics notification object-lock ownershipControls policy policyStatus publicAccessBlock renameObject replication " +
  "requestPayment restore retention select select-type session tagging torrent uploadId uploads versioning versions website"
).split(" ")

type Routes = Readonly<Record<string, string>>

/** `<method> <sub-resource>` → operation. */
const OF_BUCKET: Routes = {
  "GET ": "ListObjects",
  "HEAD ": "HeadBucket",
  "PUT ": "CreateBucket",
  "DELETE ": "DeleteBucket",
  "POST ": "PostObject",
  "POST delete": "DeleteObjects",
  "GET location": "GetBucketLocation",
  "GET versioning": "GetBucketVersioning",
  "PUT versioning": "PutBucketVersioning",
  "GET versions": "ListObjectVersions",
  "GET uploads": "ListMultipartUploads",
}

const OF_OBJECT: Routes = {
  "GET ": "GetObject",
  "HEAD ": "HeadObject",
  "PUT ": "PutObject",
  "DELETE ": "DeleteObject",
  "GET attributes": "GetObjectAttributes",
  "GET tagging": "GetObjectTagging",
  "PUT tagging": "PutObjectTagging",
  "DELETE tagging": "DeleteObjectTagging",
  "POST uploads": "CreateMultipartUpload",
  "PUT uploadId": "UploadPart",
  "GET uploadId": "ListParts",
  "POST uploadId": "CompleteMultipartUpload",
  "DELETE uploadId": "AbortMultipartUpload",
}

/** The operation that a request is. Throws NOT_SIMULATED by name. */
export function operationOf({ method, headers, url }: AwsRequest, { bucket, key }: Target): string {
  const query = url.searchParams
  const subs = SUB_RESOURCES.filter((name) => query.has(name))
  if (bucket === "") {
    if (method === "GET" && subs.length === 0) return "ListBuckets"
    throw notSimulated("s3", `${method} /${subs.map((sub) => `?${sub}`).join("")}`)
  }
  const found = subs.length > 1 ? undefined : (key === "" ? OF_BUCKET : OF_OBJECT)[`${method} ${subs[0] ?? ""}`]
  if (found === undefined)
    throw notSimulated("s3", `${method} ${key === "" ? "bucket" : "object"}${subs.map((sub) => `?${sub}`).join("")}`)
  if (headers["x-amz-copy-source"] !== undefined) {
    if (found === "PutObject") return "CopyObject"
    if (found === "UploadPart") return "UploadPartCopy"
  }
  if (found === "ListObjects" && query.get("list-type") === "2") return "ListObjectsV2"
  return found
}
