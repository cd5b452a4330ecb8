import type { Policy } from "./policy.ts"
import { readStatements } from "./malformed.ts"
import { keysIn } from "./variables.ts"

/** Condition keys that requests here carry where AWS's would (`endpoint/access.ts` and the services' `authorize` give them). */
const GIVEN = [
  "aws:CurrentTime",
  "aws:EpochTime",
  "aws:PrincipalAccount",
  "aws:PrincipalArn",
  "aws:PrincipalIsAWSService",
  "aws:PrincipalServiceName",
  "aws:PrincipalType",
  "aws:Referer",
  "aws:RequestedRegion",
  "aws:ResourceAccount",
  "aws:SecureTransport",
  "aws:SourceAccount",
  "aws:SourceArn",
  "aws:SourceIp",
  "aws:UserAgent",
  "aws:username",
  "aws:ViaAWSService",
  "s3:delimiter",
  "s3:if-match",
  "s3:if-none-match",
  "s3:max-keys",
  "s3:prefix",
  "s3:RequestObjectTagKeys",
  "s3:VersionId",
  "s3:x-amz-acl",
  "s3:x-amz-copy-source",
  "s3:x-amz-metadata-directive",
  "s3:x-amz-server-side-encryption",
  "s3:x-amz-storage-class",
]

/** Keys that end with the name of a tag. */
const GIVEN_PER_TAG = ["s3:ExistingObjectTag/", "s3:RequestObjectTag/"].map((key) => key.toLowerCase())

/** Keys that AWS would not set either for callers without VPC, second factor, identity provider or organization. */
const ABSENT = [
  "aws:CalledVia",
  "aws:FederatedProvider",
  "aws:MultiFactorAuthAge",
  "aws:MultiFactorAuthPresent",
  "aws:SourceVpc",
  "aws:SourceVpce",
  "aws:VpcSourceIp",
]

const KNOWN = new Set([...GIVEN, ...ABSENT].map((key) => key.toLowerCase()))

/** Throws for a condition key or variable that no request here carries: AWS might, and the statement would decide otherwise. */
export function refuseUnknownKeys(policy: Policy): void {
  const { name } = policy
  for (const statement of readStatements(policy)) {
    const where = `${name}#${statement.Sid ?? "…"}`
    const named = Object.values(statement.Condition ?? {}).flatMap((keys) => Object.keys(keys ?? {}))
    const variables = keysIn(JSON.stringify(statement), where)
    for (const key of [...named, ...variables])
      if (!KNOWN.has(key.toLowerCase()) && !GIVEN_PER_TAG.some((start) => key.toLowerCase().startsWith(start)))
        throw new Error(
          `NOT_SIMULATED: IAM condition key ${key} in ${where}: requests here do not carry it. Use one of ${GIVEN.join(", ")}.`,
        )
  }
}
