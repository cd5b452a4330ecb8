import type { Cloud, Resource } from "../service.ts"
import { arnLike } from "./permission.ts"

export interface StoredObject {
  body: Buffer
  contentType: string
  etag: string
  cacheControl?: string
}

/** An S3 origin of a distribution, read as CloudFront may read it. */
export interface S3Origin {
  /** The object, or the status S3 gives CloudFront: a missing key is 403 unless CloudFront may list the bucket. */
  get(path: string): Promise<StoredObject | 403 | 404>
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value])

/** Whether the bucket's policy lets CloudFront do this for this distribution (origin access control). */
function cloudFrontMay(cloud: Cloud, bucket: Resource, action: string, distributionArn: string): boolean {
  const policies = cloud.resources("AWS::S3::BucketPolicy").filter(({ properties }) => properties.Bucket === bucket.identity.ref)
  const statements: any[] = policies.flatMap(({ properties }) => listOf(properties.PolicyDocument?.Statement))
  return statements.some(({ Effect, Action, Principal, Condition }) => {
    const source = Condition?.StringEquals?.["AWS:SourceArn"] ?? Condition?.ArnLike?.["AWS:SourceArn"]
    return (
      Effect === "Allow" &&
      listOf(Principal?.Service).includes("cloudfront.amazonaws.com") &&
      listOf(Action).some((allowed) => arnLike(String(allowed).toLowerCase(), action.toLowerCase())) &&
      (source === undefined || listOf(source).some((arn) => arnLike(String(arn), distributionArn)))
    )
  })
}

/** The origin behind a `DomainName` such as `<bucket>.s3.<region>.amazonaws.com`. Throws NOT_SIMULATED for origins other than a bucket of the templates. */
export function s3Origin(cloud: Cloud, origin: Record<string, any>, distributionArn: string): S3Origin {
  const bucket = cloud
    .resources("AWS::S3::Bucket")
    .find(({ identity }) => String(origin.DomainName).startsWith(`${identity.ref}.s3`))
  if (!bucket)
    throw new Error(
      `NOT_SIMULATED: AWS::CloudFront::Distribution origin ${origin.DomainName}: only buckets of the stacks are served`,
    )
  const readable = cloudFrontMay(cloud, bucket, "s3:GetObject", distributionArn)
  const missing = cloudFrontMay(cloud, bucket, "s3:ListBucket", distributionArn) ? 404 : 403
  if (!readable)
    cloud.log(
      "cloudfront",
      `the policy of bucket ${bucket.logicalId} does not let ${distributionArn} read it: every page answers 403`,
    )
  return {
    async get(path) {
      if (!readable) return 403
      const key = `${origin.OriginPath ?? ""}${path}`
      const { status, headers, body } = await cloud.call({ service: "s3", method: "GET", path: `/${bucket.identity.ref}${key}` })
      if (status === 404) return missing
      if (status !== 200) throw new Error(`S3 answered ${status} for ${key}`)
      const { etag = "", "content-type": contentType = "binary/octet-stream", "cache-control": cacheControl } = headers
      return { body, etag, contentType, cacheControl }
    },
  }
}
