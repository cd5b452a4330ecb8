import { createHash } from "node:crypto"
import { S3Client } from "@aws-sdk/client-s3"
import { createPresignedPost } from "@aws-sdk/s3-presigned-post"
import { type Kept, rest, type Row } from "./row.ts"

const object = rest("s3")
const KEY = "/lake/a"
const TAGGING = "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>"
const VERSIONING = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
const DELETE = "<Delete><Object><Key>a</Key></Object></Delete>"
const MD5 = { "content-md5": createHash("md5").update(DELETE).digest("base64") }
const uploadId = (kept: Kept) => /<UploadId>([^<]+)/.exec(kept["s3 CreateMultipartUpload"])![1]!
const part = (number: number) => (kept: Kept) => `${KEY}?partNumber=${number}&uploadId=${uploadId(kept)}`

/** A browser's form, signed by the function. */
const postObject: Row = {
  service: "s3",
  operation: "PostObject",
  async call(world, as) {
    const client = new S3Client({ ...world.as(as), forcePathStyle: true })
    const { url, fields } = await createPresignedPost(client, { Bucket: "lake", Key: "posted", Expires: 60 })
    const body = new FormData()
    for (const [name, value] of Object.entries(fields)) body.append(name, value)
    body.append("file", new Blob(["x"]), "x.txt")
    const { status } = await fetch(url, { method: "POST", body })
    client.destroy()
    return { status, answer: undefined }
  },
}

export const s3Rows: readonly Row[] = [
  object("PutObject", { method: "PUT", path: KEY, body: "x" }),
  postObject,
  object("CopyObject", { method: "PUT", path: "/lake/copy", headers: { "x-amz-copy-source": "lake/a" } }),
  object("GetObject", { method: "GET", path: KEY }),
  object("HeadObject", { method: "HEAD", path: KEY }),
  object("GetObjectAttributes", { method: "GET", path: `${KEY}?attributes`, headers: { "x-amz-object-attributes": "ETag" } }),
  object("PutObjectTagging", { method: "PUT", path: `${KEY}?tagging`, body: TAGGING }),
  object("GetObjectTagging", { method: "GET", path: `${KEY}?tagging` }),
  object("DeleteObjectTagging", { method: "DELETE", path: `${KEY}?tagging` }),
  object("ListObjects", { method: "GET", path: "/lake" }),
  object("ListObjectsV2", { method: "GET", path: "/lake?list-type=2" }),
  object("ListObjectVersions", { method: "GET", path: "/lake?versions" }),
  object("HeadBucket", { method: "HEAD", path: "/lake" }),
  object("GetBucketLocation", { method: "GET", path: "/lake?location" }),
  object("ListBuckets", { method: "GET", path: "/" }),
  object("CreateMultipartUpload", { method: "POST", path: `${KEY}?uploads` }),
  object("ListMultipartUploads", { method: "GET", path: "/lake?uploads" }),
  object("UploadPart", { method: "PUT", path: part(1), body: "x" }),
  object("UploadPartCopy", { method: "PUT", path: part(2), headers: { "x-amz-copy-source": "lake/a" } }),
  object("ListParts", { method: "GET", path: (kept) => `${KEY}?uploadId=${uploadId(kept)}` }),
  object("CompleteMultipartUpload", {
    method: "POST",
    path: (kept) => `${KEY}?uploadId=${uploadId(kept)}`,
    body: "<CompleteMultipartUpload/>",
    error: "MalformedXML",
  }),
  object("AbortMultipartUpload", { method: "DELETE", path: (kept) => `${KEY}?uploadId=${uploadId(kept)}` }),
  object("DeleteObject", { method: "DELETE", path: KEY }),
  { ...object("DeleteObjects", { method: "POST", path: "/lake?delete", body: DELETE, headers: MD5 }), decidedAs: "DeleteObject" },
  object("CreateBucket", { method: "PUT", path: "/made-by-hand" }),
  object("PutBucketVersioning", { method: "PUT", path: "/made-by-hand?versioning", body: VERSIONING }),
  object("GetBucketVersioning", { method: "GET", path: "/made-by-hand?versioning" }),
  object("DeleteBucket", { method: "DELETE", path: "/made-by-hand" }),
]

const model = rest("bedrock")
const headers = { "content-type": "application/json" }
const body = JSON.stringify({ messages: [{ role: "user", content: [{ text: "Hello" }] }] })

export const bedrockRows: readonly Row[] = [
  model("Converse", { method: "POST", path: "/model/amazon.nova-micro-v1%3A0/converse", body, headers }),
  model("ConverseStream", { method: "POST", path: "/model/amazon.nova-micro-v1%3A0/converse-stream", body, headers }),
]

export const lambdaRows: readonly Row[] = [
  rest("lambda")("Invoke", { method: "POST", path: "/2015-03-31/functions/may/invocations", body: "{}" }),
]

const connection = rest("execute-api")
const path = "/live/@connections/AAAAAAAAAAAAAAA%3D"

export const connectionRows: readonly Row[] = [
  connection("PostToConnection", { method: "POST", path, body: "x", error: "GoneException" }),
  connection("GetConnection", { method: "GET", path, error: "GoneException" }),
  connection("DeleteConnection", { method: "DELETE", path, error: "GoneException" }),
]

const traces = rest("xray")
const json = { "content-type": "application/json" }

export const xrayRows: readonly Row[] = [
  traces("PutTraceSegments", {
    method: "POST",
    path: "/TraceSegments",
    body: '{"TraceSegmentDocuments":[]}',
    headers: json,
  }),
  traces("PutTelemetryRecords", {
    method: "POST",
    path: "/TelemetryRecords",
    body: '{"TelemetryRecords":[]}',
    headers: json,
  }),
]
