import type { ResourceType } from "../../service.ts"

const ACCESS = "every caller is of this account and its own role must allow"
const STORAGE = "objects live in memory until the local cloud stops"

export const TYPES: Readonly<Record<string, ResourceType>> = {
  "AWS::S3::Bucket": {
    simulated: ["BucketName"],
    ignored: {
      BucketEncryption: STORAGE,
      LifecycleConfiguration: STORAGE,
      VersioningConfiguration: "old versions are not readable here: calls that name a version are refused",
      PublicAccessBlockConfiguration: ACCESS,
      OwnershipControls: ACCESS,
      AccessControl: ACCESS,
      LoggingConfiguration: "every call is in the call log",
      CorsConfiguration: "browsers get no cross-origin answer from S3 here",
      Tags: "no policy reads tags",
    },
    identify(bucket, { region }) {
      const ref: string = bucket.property("BucketName") ?? bucket.physicalName({ max: 63, lower: true })
      const arn = `arn:aws:s3:::${ref}`
      const DomainName = `${ref}.s3.amazonaws.com`
      const RegionalDomainName = `${ref}.s3.${region}.amazonaws.com`
      return {
        ref,
        arn,
        attributes: { Arn: arn, DomainName, RegionalDomainName, WebsiteURL: `http://${ref}.s3-website-${region}.amazonaws.com` },
      }
    },
    async provision({ identity, logicalId }, cloud) {
      const answer = await cloud.call({ service: "s3", method: "PUT", path: `/${identity.ref}` })
      if (answer.status !== 200) throw new Error(`Bucket ${logicalId} was refused: ${answer.body.toString("utf8")}`)
    },
  },
  "AWS::S3::BucketPolicy": {
    simulated: [],
    ignored: {
      Bucket: "see PolicyDocument",
      PolicyDocument: `resource policies let in other principals and demand TLS; here ${ACCESS}`,
    },
    identify: (policy) => ({ ref: policy.physicalName(), attributes: {} }),
  },
}
