import { compileResourcePolicies, type ResourcePolicies } from "../../../iam/index.ts"
import type { Access, Cloud } from "../../../service.ts"
import type { Bucket } from "../storage/bucket.ts"

const compiled = new WeakMap<Cloud, ResourcePolicies>()

/** The bucket policies of the templates. */
function policiesOf(cloud: Cloud): ResourcePolicies {
  const known = compiled.get(cloud)
  if (known) return known
  const made = compileResourcePolicies(cloud.resources("AWS::S3::BucketPolicy"))
  compiled.set(cloud, made)
  return made
}

/** What a request without signature has in IAM's words. */
const CONTEXT = { "aws:SecureTransport": "true", "aws:SourceIp": "127.0.0.1", "aws:PrincipalIsAWSService": "false" }

/**
 * Whether a caller without a signature may do this: a bucket policy must let everyone in, and the bucket must not be closed to the public.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 */
export function mayAnyone(cloud: Cloud, bucket: Bucket | undefined, accesses: readonly Access[]): boolean {
  if (!bucket?.settings.mayBePublic) return false
  return accesses.every(({ action, resource, context }) => {
    const verdict = policiesOf(cloud)
      .get(resource)
      ?.check({ arns: [] }, action, resource, { ...CONTEXT, ...context })
    return verdict?.decision === "allow"
  })
}
