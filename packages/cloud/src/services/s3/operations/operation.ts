import type { Access, AwsRequest, AwsResponse, Cloud } from "../../../service.ts"
import type { Notifier } from "../notifications/notifier.ts"
import type { Bucket } from "../storage/bucket.ts"
import type { Store } from "../storage/store.ts"
import type { Version } from "../storage/records.ts"
import { noSuchBucket } from "../wire/error.ts"
import type { Target } from "../wire/target.ts"

/** What an operation works with. */
export interface Call {
  request: AwsRequest
  target: Target
  query: URLSearchParams
  /** Headers of the request, and the `x-amz-` parameters that a signed URL carries in their place. */
  headers: Readonly<Record<string, string>>
  store: Store
  notifier: Notifier
  cloud: Cloud
}

export interface Operation {
  /** How S3 prices the request: PUT, COPY, POST and LIST are the first tier. https://aws.amazon.com/s3/pricing/ */
  tier: "put" | "get" | "free"
  /** What the caller needs, each on its own. It must not throw for a bucket that does not exist. */
  access(call: Call): Access[]
  run(call: Call): AwsResponse | Promise<AwsResponse>
}

/** The bucket a call is about. Throws NoSuchBucket. */
export function bucketOf({ store, target }: Pick<Call, "store" | "target">): Bucket {
  const bucket = store.buckets.get(target.bucket)
  if (!bucket) throw noSuchBucket(target.bucket)
  return bucket
}

export const bucketArn = ({ target }: Call): string => `arn:aws:s3:::${target.bucket}`
export const objectArn = ({ target }: Call): string => `arn:aws:s3:::${target.bucket}/${target.key}`

export const isAnonymous = ({ caller }: AwsRequest): boolean => caller.kind === "admin" && caller.accessKeyId === undefined

/** The version a call names by `versionId`, else the newest, as far as the bucket exists. A delete marker counts. */
export function namedVersion({ store, target, query }: Call): Version | undefined {
  const bucket = store.buckets.get(target.bucket)
  const id = query.get("versionId")
  return id === null ? bucket?.newest(target.key) : bucket?.version(target.key, id)
}

/** Condition keys of IAM that a request about an object carries. https://docs.aws.amazon.com/AmazonS3/latest/userguide/list_amazons3.html#amazons3-policy-keys */
export function contextOf(call: Call): Record<string, string | string[]> {
  const { headers, query } = call
  const context: Record<string, string | string[]> = {}
  const names = [
    "x-amz-acl",
    "x-amz-storage-class",
    "x-amz-server-side-encryption",
    "x-amz-metadata-directive",
    "x-amz-copy-source",
  ]
  for (const name of [...names, "if-match", "if-none-match"])
    if (headers[name] !== undefined) context[`s3:${name}`] = headers[name]
  const version = query.get("versionId")
  if (version !== null) context["s3:VersionId"] = version
  const asked = headers["x-amz-tagging"]
  if (asked !== undefined) Object.assign(context, tagContext(Object.fromEntries(new URLSearchParams(asked))))
  for (const [key, value] of Object.entries(namedVersion(call)?.tags ?? {})) context[`s3:ExistingObjectTag/${key}`] = value
  return context
}

/** Condition keys of the tags that a request gives an object. */
export const tagContext = (tags: Readonly<Record<string, string>>): Record<string, string | string[]> => ({
  "s3:RequestObjectTagKeys": Object.keys(tags),
  ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`s3:RequestObjectTag/${key}`, value])),
})

/** `s3:GetObject` or, where the call names a version, `s3:GetObjectVersion`, and so on. */
export const versionedAction = ({ query }: Call, plain: string, versioned: string): string =>
  query.has("versionId") ? versioned : plain

/**
 * What reading an object needs. Who may not list a bucket is not told which keys it lacks: 403 instead of 404.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html#API_GetObject_RequestSyntax
 */
export function readAccess(call: Call, plain = "s3:GetObject", versioned = "s3:GetObjectVersion"): Access[] {
  const access: Access[] = [
    { action: versionedAction(call, plain, versioned), resource: objectArn(call), context: contextOf(call) },
  ]
  const bucket = call.store.buckets.get(call.target.bucket)
  const isMissing = bucket && !call.query.has("versionId") && !bucket.current(call.target.key)
  if (isMissing) access.push({ action: "s3:ListBucket", resource: bucketArn(call) })
  return access
}

/** `x-amz-version-id`, where the bucket keeps or kept versions. */
export const versionHeader = (bucket: Bucket, { id }: Pick<Version, "id">): Record<string, string> =>
  bucket.versioning ? { "x-amz-version-id": id } : {}

export const quoted = (etag: string): string => `"${etag}"`

/** S3 encrypts every object: https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html */
export const ENCRYPTED: Readonly<Record<string, string>> = { "x-amz-server-side-encryption": "AES256" }

export const xmlResponse = (body: string, headers: Record<string, string> = {}): AwsResponse => ({
  status: 200,
  headers: { "content-type": "application/xml", ...headers },
  body,
})

/** The time of an XML answer. */
export const iso = (at: number): string => new Date(at).toISOString()
