import { compareKeys } from "../storage/sorted-keys.ts"
import { invalidArgument } from "../wire/error.ts"
import { xml } from "../wire/xml.ts"
import { iso, type Operation, xmlResponse } from "./operation.ts"

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html */
export const ListBuckets: Operation = {
  tier: "put",
  access: () => [{ action: "s3:ListAllMyBuckets", resource: "*" }],
  run({ store, query, cloud }) {
    const asked = query.get("max-buckets")
    const limit = asked === null ? 10_000 : Number(asked)
    if (!Number.isInteger(limit) || limit < 1 || limit > 10_000)
      throw invalidArgument("max-buckets", asked ?? "", "Argument max-buckets must be an integer between 1 and 10000")
    const prefix = query.get("prefix") ?? ""
    const token = query.get("continuation-token")
    const after = token === null ? "" : Buffer.from(token, "base64url").toString("utf8")
    const all = [...store.buckets.values()]
      .filter(({ name }) => name.startsWith(prefix) && compareKeys(name, after) > 0)
      .toSorted((a, b) => compareKeys(a.name, b.name))
    const page = all.slice(0, limit)
    return xmlResponse(
      xml("ListAllMyBucketsResult", {
        Owner: { ID: cloud.account },
        Buckets: {
          Bucket: page.map(({ name, createdAt }) => ({
            Name: name,
            CreationDate: iso(createdAt),
            BucketRegion: cloud.region,
            BucketArn: `arn:aws:s3:::${name}`,
          })),
        },
        ContinuationToken: all.length > page.length ? Buffer.from(page.at(-1)!.name).toString("base64url") : undefined,
        Prefix: prefix || undefined,
      }),
    )
  },
}
