import { AwsError, type ResourceType, type Service } from "../service.ts"

const ONE_ORIGIN = "a laptop has no edge: every request reads its origin"

const withId =
  (length: number): ResourceType["identify"] =>
  (resource) => {
    const ref = resource.hash(length)
    return { ref, attributes: { Id: ref } }
  }

/** What the default behaviour and those of paths have in common. */
const ACTED_ON = ["TargetOriginId", "ResponseHeadersPolicyId", "Compress"]
const NOT_NEEDED = {
  ViewerProtocolPolicy: "loopback has no TLS",
  CachePolicyId: ONE_ORIGIN,
  OriginRequestPolicyId: ONE_ORIGIN,
  AllowedMethods: "a bucket is read only",
  CachedMethods: ONE_ORIGIN,
  FunctionAssociations: "CloudFront functions have no engine here",
}
const BEHAVIORS = ["DistributionConfig.DefaultCacheBehavior", "DistributionConfig.CacheBehaviors"]

const DISTRIBUTION: ResourceType = {
  simulated: [
    ...["DomainName", "Id", "OriginPath"].map((name) => `DistributionConfig.Origins.${name}`),
    "DistributionConfig.Enabled",
    "DistributionConfig.DefaultRootObject",
    ...["ErrorCode", "ResponseCode", "ResponsePagePath"].map((name) => `DistributionConfig.CustomErrorResponses.${name}`),
    "DistributionConfig.CacheBehaviors.PathPattern",
    ...BEHAVIORS.flatMap((behavior) => ACTED_ON.map((name) => `${behavior}.${name}`)),
  ],
  ignored: {
    Tags: "a label without effect",
    "DistributionConfig.Comment": "a label without effect",
    "DistributionConfig.HttpVersion": "loopback speaks HTTP/1.1",
    "DistributionConfig.IPV6Enabled": "loopback has one address",
    "DistributionConfig.PriceClass": ONE_ORIGIN,
    "DistributionConfig.Logging": "requests show in the call log as reads of the bucket",
    "DistributionConfig.WebACLId": "WAF rules are not evaluated on a laptop",
    "DistributionConfig.Aliases": "names outside this machine",
    "DistributionConfig.ViewerCertificate": "loopback has no TLS",
    "DistributionConfig.Restrictions": "loopback has no geography",
    ...Object.fromEntries(
      BEHAVIORS.flatMap((behavior) => Object.entries(NOT_NEEDED).map(([name, reason]) => [`${behavior}.${name}`, reason])),
    ),
    "DistributionConfig.Origins.S3OriginConfig": "the bucket's policy decides, by origin access control",
    "DistributionConfig.Origins.OriginAccessControlId": "the bucket's policy decides, by origin access control",
    "DistributionConfig.CustomErrorResponses.ErrorCachingMinTTL": ONE_ORIGIN,
  },
  identify(resource, { account }) {
    const ref = `E${resource.hash(13).toUpperCase()}`
    const DomainName = `d${resource.hash(13).toLowerCase()}.cloudfront.net`
    return { ref, arn: `arn:aws:cloudfront::${account}:distribution/${ref}`, attributes: { Id: ref, DomainName } }
  },
}

/** CloudFront's resource types; it has no API operations here. */
export const cloudFront = (): Service => ({
  names: ["cloudfront"],
  protocol: "rest-xml",
  types: {
    "AWS::CloudFront::Distribution": DISTRIBUTION,
    "AWS::CloudFront::ResponseHeadersPolicy": {
      simulated: [
        "ResponseHeadersPolicyConfig.SecurityHeadersConfig",
        "ResponseHeadersPolicyConfig.CustomHeadersConfig",
        "ResponseHeadersPolicyConfig.RemoveHeadersConfig",
      ],
      ignored: {
        "ResponseHeadersPolicyConfig.Name": "a label without effect",
        "ResponseHeadersPolicyConfig.Comment": "a label without effect",
      },
      identify: withId(36),
    },
    "AWS::CloudFront::OriginAccessControl": {
      simulated: [],
      ignored: { OriginAccessControlConfig: "the bucket's policy is checked instead of signatures" },
      identify: withId(14),
    },
    "AWS::CloudFront::CachePolicy": { simulated: [], ignored: { CachePolicyConfig: ONE_ORIGIN }, identify: withId(36) },
    "AWS::CloudFront::OriginRequestPolicy": {
      simulated: [],
      ignored: { OriginRequestPolicyConfig: ONE_ORIGIN },
      identify: withId(36),
    },
    "AWS::CloudFront::Function": {
      simulated: [],
      ignored: {
        Name: "a label without effect",
        AutoPublish: "CloudFront functions have no engine here",
        FunctionCode: "CloudFront functions have no engine here",
        FunctionConfig: "CloudFront functions have no engine here",
      },
      identify(resource, { account }) {
        const arn = `arn:aws:cloudfront::${account}:function/${resource.physicalName({ max: 64 })}`
        return { ref: arn, arn, attributes: { FunctionARN: arn, "FunctionMetadata.FunctionARN": arn } }
      },
    },
  },
  authorize({ method, url }) {
    throw new AwsError("NotSimulatedException", `NOT_SIMULATED: cloudfront ${method} ${url.pathname}`)
  },
  handle: () => Promise.reject(new AwsError("NotSimulatedException", "NOT_SIMULATED: cloudfront")),
})
