import { S3Error } from "../wire/error.ts"
import { keyWriter, limitOf } from "../wire/paging.ts"
import { xml } from "../wire/xml.ts"
import { contentsOf, listAccess, pageOf } from "./list-objects.ts"
import { bucketOf, type Operation, xmlResponse } from "./operation.ts"

/** Tokens are opaque; the first letter tells ours from any other text. */
const tokenOf = (last: string): string => `1${Buffer.from(last).toString("base64url")}`

function readToken(token: string): string {
  const last = Buffer.from(token.slice(1), "base64url").toString("utf8")
  if (last === "" || tokenOf(last) !== token)
    throw new S3Error("InvalidArgument", "The continuation token provided is incorrect", 400, {
      ArgumentName: "continuation-token",
    })
  return last
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export const ListObjectsV2: Operation = {
  tier: "put",
  access: (call) => listAccess(call, "s3:ListBucket"),
  run(call) {
    const bucket = bucketOf(call)
    const { query } = call
    const limit = limitOf(query, "max-keys")
    const write = keyWriter(query)
    const token = query.get("continuation-token")
    const startAfter = query.get("start-after")
    const page = pageOf(bucket, call, limit, token === null ? startAfter || undefined : readToken(token))
    const delimiter = query.get("delimiter")
    return xmlResponse(
      xml("ListBucketResult", {
        Name: bucket.name,
        Prefix: write(query.get("prefix") ?? ""),
        StartAfter: startAfter === null ? undefined : write(startAfter),
        ContinuationToken: token ?? undefined,
        NextContinuationToken: page.last === undefined ? undefined : tokenOf(page.last),
        KeyCount: page.found.length,
        MaxKeys: limit,
        Delimiter: delimiter ? write(delimiter) : undefined,
        EncodingType: query.get("encoding-type") ?? undefined,
        IsTruncated: page.last !== undefined,
        ...contentsOf(bucket, page, write, query.get("fetch-owner") === "true" ? { ID: call.cloud.account } : undefined),
      }),
    )
  },
}
