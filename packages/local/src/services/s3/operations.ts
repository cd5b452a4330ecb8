import { notSimulated } from "../../endpoint/errors.ts"
import { type Access, AwsError, type AwsRequest } from "../../service.ts"

export interface Target {
  bucket: string
  /** Decoded key; empty for requests about the bucket. */
  key: string
  /** Path with the bucket in front, as the engine takes it. */
  path: string
}

/** Sub-resources the engine does not know; the query names them without a value. */
const SUB_RESOURCES = new Set(
  "accelerate acl analytics attributes cors encryption intelligent-tiering inventory legal-hold lifecycle location logging metrics notification object-lock ownershipControls policy policyStatus publicAccessBlock replication requestPayment restore retention select tagging torrent versioning versionId versions website".split(
    " ",
  ),
)

/** Path style (`/bucket/key`) or, for `<bucket>.localhost`, virtual-hosted style. */
export function targetOf({ url, headers }: Pick<AwsRequest, "url" | "headers">): Target {
  const virtual = /^([^:]+)\.localhost(:\d+)?$/.exec(headers.host ?? "")?.[1]
  const path = virtual ? `/${virtual}${url.pathname}` : url.pathname
  const [, bucket = "", key = ""] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? []
  try {
    return { bucket: decodeURIComponent(bucket), key: decodeURIComponent(key), path }
  } catch {
    throw new AwsError("InvalidURI", "Couldn't parse the specified URI.")
  }
}

function bucketOperation(method: string, query: URLSearchParams): string | undefined {
  if (method === "POST" && query.has("delete")) return "DeleteObjects"
  if (query.has("uploads") || query.has("delete")) return undefined
  return {
    GET: query.get("list-type") === "2" ? "ListObjectsV2" : "ListObjects",
    HEAD: "HeadBucket",
    PUT: "CreateBucket",
    DELETE: "DeleteBucket",
  }[method]
}

function objectOperation(method: string, query: URLSearchParams, headers: Readonly<Record<string, string>>): string | undefined {
  if (method === "POST")
    return query.has("uploads") ? "CreateMultipartUpload" : query.has("uploadId") ? "CompleteMultipartUpload" : undefined
  if (query.has("uploadId"))
    return { PUT: headers["x-amz-copy-source"] ? undefined : "UploadPart", DELETE: "AbortMultipartUpload" }[method]
  if (method === "PUT" && headers["x-amz-copy-source"]) return "CopyObject"
  return { GET: "GetObject", HEAD: "HeadObject", PUT: "PutObject", DELETE: "DeleteObject" }[method]
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html */
const ACTIONS: Readonly<Record<string, string>> = {
  ListBuckets: "s3:ListAllMyBuckets",
  ListObjects: "s3:ListBucket",
  ListObjectsV2: "s3:ListBucket",
  HeadBucket: "s3:ListBucket",
  CreateBucket: "s3:CreateBucket",
  DeleteBucket: "s3:DeleteBucket",
  DeleteObjects: "s3:DeleteObject",
  GetObject: "s3:GetObject",
  HeadObject: "s3:GetObject",
  PutObject: "s3:PutObject",
  CopyObject: "s3:PutObject",
  DeleteObject: "s3:DeleteObject",
  CreateMultipartUpload: "s3:PutObject",
  UploadPart: "s3:PutObject",
  CompleteMultipartUpload: "s3:PutObject",
  AbortMultipartUpload: "s3:AbortMultipartUpload",
}

const XML_ENTITIES: Readonly<Record<string, string>> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'" }
const unescapeXml = (text: string) => text.replace(/&(?:amp|lt|gt|quot|apos);/g, (entity) => XML_ENTITIES[entity]!)

function listContext(query: URLSearchParams): Record<string, string> {
  const given = ["prefix", "delimiter", "max-keys"].filter((name) => query.has(name))
  return Object.fromEntries(given.map((name) => [`s3:${name}`, query.get(name)!]))
}

function accessOf(operation: string, request: AwsRequest, { bucket, key }: Target): Access[] {
  const action = ACTIONS[operation]!
  const bucketArn = `arn:aws:s3:::${bucket}`
  if (operation === "ListBuckets") return [{ action, resource: "*" }]
  if (operation === "DeleteObjects") {
    const keys = [...request.body.toString("utf8").matchAll(/<Key>([\s\S]*?)<\/Key>/g)].map((match) => unescapeXml(match[1]!))
    return keys.map((one) => ({ action, resource: `${bucketArn}/${one}` }))
  }
  if (key === "") return [{ action, resource: bucketArn, context: listContext(request.url.searchParams) }]
  const access: Access[] = [{ action, resource: `${bucketArn}/${key}` }]
  if (operation === "CopyObject") {
    const source = decodeURIComponent(request.headers["x-amz-copy-source"]!).replace(/^\//, "")
    access.push({ action: "s3:GetObject", resource: `arn:aws:s3:::${source}` })
  }
  return access
}

/** Conditional writes are refused by name: the engine would overwrite. */
const UNKNOWN_HEADERS = ["if-none-match", "if-match"] as const

export function authorize(request: AwsRequest): { operation: string; access: Access[] } {
  const target = targetOf(request)
  const { method, headers } = request
  const query = request.url.searchParams
  const found =
    target.bucket === ""
      ? method === "GET"
        ? "ListBuckets"
        : undefined
      : target.key === ""
        ? bucketOperation(method, query)
        : objectOperation(method, query, headers)
  const sub = [...query.keys()].find((name) => SUB_RESOURCES.has(name))
  if (!found || sub) throw notSimulated("s3", `${method} ${target.key === "" ? "bucket" : "object"}${sub ? `?${sub}` : ""}`)
  const condition =
    method === "GET" || method === "HEAD" ? undefined : UNKNOWN_HEADERS.find((name) => headers[name] !== undefined)
  if (condition) throw notSimulated("s3", `${found} with ${condition}`)
  return { operation: found, access: accessOf(found, request, target) }
}
