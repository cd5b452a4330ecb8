import type { Cloud, Resource, ResourceType } from "../../service.ts"
import { readCors } from "./cors.ts"
import { readLifecycle } from "./lifecycle/rules.ts"
import { notificationsOfApi, notificationsOfTemplate } from "./notifications/configuration.ts"
import type { Notifier } from "./notifications/notifier.ts"
import { checkBucketName } from "./operations/create-bucket.ts"
import type { Bucket } from "./storage/bucket.ts"
import type { Versioning } from "./storage/records.ts"
import type { Store } from "./storage/store.ts"

export interface Running {
  store: Store
  notifier: Notifier
}

const isTrue = (value: unknown): boolean => String(value ?? false) === "true"

/**
 * A bucket is closed to the public unless its template opens it: what is not said is false where the block is given, true where it is not.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-publicaccessblockconfiguration.html
 */
const block = (bucket: Resource | undefined, name: string): boolean => {
  const given = bucket?.properties.PublicAccessBlockConfiguration
  return given === undefined || isTrue(given[name])
}

function provisionBucket(resource: Resource, { store }: Running, cloud: Cloud): Bucket {
  const name = resource.identity.ref
  checkBucketName(name)
  if (!store.buckets.has(name)) store.commit({ do: "bucket", name, at: cloud.now() })
  const bucket = store.buckets.get(name)!
  const status = resource.properties.VersioningConfiguration?.Status as Versioning | undefined
  if (status !== undefined && status !== bucket.versioning) store.commit({ do: "versioning", bucket: name, status })
  bucket.settings = {
    ...bucket.settings,
    cors: readCors(resource.properties.CorsConfiguration?.CorsRules),
    lifecycle: readLifecycle(resource.properties.LifecycleConfiguration),
    mayBePublic: !block(resource, "RestrictPublicBuckets"),
  }
  return bucket
}

const bucketType = (running: (cloud: Cloud) => Running): ResourceType => ({
  simulated: [
    "BucketName",
    "CorsConfiguration",
    "LifecycleConfiguration",
    "NotificationConfiguration",
    "PublicAccessBlockConfiguration.RestrictPublicBuckets",
    "PublicAccessBlockConfiguration.BlockPublicPolicy",
    "VersioningConfiguration.Status",
  ],
  ignored: {
    BucketEncryption: "objects lie in the files of whoever runs this",
    AccessControl: "access lists are off here, as they are on every new bucket",
    OwnershipControls: "access lists are off here, as they are on every new bucket",
    "PublicAccessBlockConfiguration.BlockPublicAcls": "access lists are off here",
    "PublicAccessBlockConfiguration.IgnorePublicAcls": "access lists are off here",
    LoggingConfiguration: "every call is in the call log",
  },
  identify(bucket, { region }) {
    const ref: string = bucket.property("BucketName") ?? bucket.physicalName({ max: 63, lower: true })
    const arn = `arn:aws:s3:::${ref}`
    return {
      ref,
      arn,
      attributes: {
        Arn: arn,
        DomainName: `${ref}.s3.amazonaws.com`,
        RegionalDomainName: `${ref}.s3.${region}.amazonaws.com`,
        DualStackDomainName: `${ref}.s3.dualstack.${region}.amazonaws.com`,
        WebsiteURL: `http://${ref}.s3-website-${region}.amazonaws.com`,
      },
    }
  },
  async provision(resource, cloud) {
    const bucket = provisionBucket(resource, running(cloud), cloud)
    const { NotificationConfiguration: configuration } = resource.properties
    if (configuration !== undefined) await running(cloud).notifier.configure(bucket, notificationsOfTemplate(configuration))
  },
})

/** Statements of a policy that let in everyone, whatever the circumstances. */
const isPublic = ({ Effect, Principal, Condition }: Record<string, any>): boolean =>
  Effect === "Allow" && Condition === undefined && (Principal === "*" || Principal?.AWS === "*")

/** Its statements are decided on by IAM at every call; here only S3's own say about public ones. */
const policyType: ResourceType = {
  simulated: ["Bucket", "PolicyDocument"],
  identify: (policy) => ({ ref: policy.physicalName(), attributes: {} }),
  async provision({ properties, logicalId }, cloud) {
    const bucket = cloud.find("AWS::S3::Bucket", String(properties.Bucket))
    const statements = [properties.PolicyDocument?.Statement ?? []].flat() as Record<string, any>[]
    if (bucket && block(bucket, "BlockPublicPolicy") && statements.some(isPublic))
      throw new Error(
        `${logicalId} lets everyone in, which BlockPublicPolicy of ${bucket.logicalId} prevents: set it to false to mean it.`,
      )
  },
}

/** CDK's notifications of a bucket, which a Python function would configure. */
const notificationsType = (running: (cloud: Cloud) => Running): ResourceType => ({
  simulated: ["BucketName", "NotificationConfiguration", "SkipDestinationValidation"],
  ignored: {
    ServiceToken: "the configuration is made valid in the local cloud, not by CDK's Python function",
    Managed: "the bucket has no configuration but the one of its stack",
  },
  identify: (resource) => ({ ref: resource.physicalName(), attributes: {} }),
  async provision({ properties }, cloud) {
    const { store, notifier } = running(cloud)
    const bucket = store.buckets.get(String(properties.BucketName))
    if (!bucket) throw new Error(`Bucket ${properties.BucketName} is in no stack.`)
    const { NotificationConfiguration: configuration, SkipDestinationValidation: skip } = properties
    await notifier.configure(bucket, notificationsOfApi(configuration), !isTrue(skip))
  },
})

export const types = (running: (cloud: Cloud) => Running): Readonly<Record<string, ResourceType>> => ({
  "AWS::S3::Bucket": bucketType(running),
  "AWS::S3::BucketPolicy": policyType,
  "Custom::S3BucketNotifications": notificationsType(running),
})
