import type { RawResource } from "./template.ts"

/** Types that need no engine on a laptop, each with the reason. Everything else is simulated, or refused by name. */
const TYPES: Record<string, string> = {
  "AWS::EC2::VPC": "the warehouse engine listens on no network; it is reached through the Data API only",
  "AWS::EC2::Subnet": "as AWS::EC2::VPC",
  "AWS::EC2::SecurityGroup": "as AWS::EC2::VPC",
  "AWS::Lambda::LayerVersion": "only the framework's own upload function uses a layer, and its work is done natively",
}

/** Functions that SST and CDK bring for work that the local cloud does itself. */
const FRAMEWORK = [
  { id: /^CustomResourceHandler/, reason: "SST's helper for its own custom resources, none of which these stacks use" },
  { id: /^CustomCDKBucketDeployment/, reason: "uploads the console's files; the local cloud copies them itself" },
  { id: /^BucketNotificationsHandler/, reason: "configures the notifications of buckets; the local cloud does it itself" },
]

/** All of that, for people who read. */
export const IDLE: readonly (readonly [what: string, reason: string])[] = [
  ...Object.entries(TYPES),
  ...FRAMEWORK.map(({ id, reason }) => [`AWS::Lambda::Function ${id.source.slice(1)}…`, reason] as const),
]

/** Why a resource has no engine here, or undefined when it must have one. */
export function reviewed(resource: Pick<RawResource, "type" | "logicalId">): string | undefined {
  if (TYPES[resource.type]) return TYPES[resource.type]
  if (resource.type !== "AWS::Lambda::Function") return undefined
  return FRAMEWORK.find(({ id }) => id.test(resource.logicalId))?.reason
}
