import type { Cloud, Resource } from "../service.ts"

export interface StoredObject {
  body: Buffer
  contentType: string
  etag: string
  cacheControl?: string
}

/** An S3 origin of a distribution, read as CloudFront may read it. */
export interface S3Origin {
  /** The object, or the status S3 gives CloudFront: a missing key is 403 unless CloudFront may list the bucket, and a key that cannot be one (of more than 1,024 bytes) 400. */
  get(path: string): Promise<StoredObject | 400 | 403 | 404>
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
  const as = { service: "cloudfront.amazonaws.com", sourceArn: distributionArn }
  let refused = false
  return {
    async get(path) {
      const key = `${origin.OriginPath ?? ""}${path}`
      const { status, headers, body } = await cloud.call({
        service: "s3",
        method: "GET",
        path: `/${bucket.identity.ref}${key}`,
        as,
      })
      if (status === 403 && !refused) {
        refused = true
        cloud.log(
          "cloudfront",
          `the policy of bucket ${bucket.logicalId} does not let ${distributionArn} read ${key}: it answers 403`,
        )
      }
      if (status === 400 || status === 403) return status
      if (status === 404) return (await mayList(cloud, bucket, as)) ? 404 : 403
      if (status !== 200) throw new Error(`S3 answered ${status} for ${key}`)
      const { etag = "", "content-type": contentType = "binary/octet-stream", "cache-control": cacheControl } = headers
      return { body, etag, contentType, cacheControl }
    },
  }
}

/** S3 tells those who may not list a bucket nothing about what it lacks: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
async function mayList(cloud: Cloud, bucket: Resource, as: { service: string; sourceArn: string }): Promise<boolean> {
  const { status } = await cloud.call({
    service: "s3",
    method: "GET",
    path: `/${bucket.identity.ref}?list-type=2&max-keys=0`,
    as,
  })
  return status === 200
}
