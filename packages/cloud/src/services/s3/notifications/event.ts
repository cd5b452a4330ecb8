import { randomUUID } from "node:crypto"
import type { AwsRequest, Cloud } from "../../../service.ts"
import type { Bucket } from "../storage/bucket.ts"
import type { Delivery, Version } from "../storage/records.ts"
import { covers, type EventFilter } from "./configuration.ts"

/** Something that happened to an object. */
export interface Change {
  /** `s3:ObjectCreated:Put` */
  event: string
  /** As EventBridge names the request: `PutObject`, `Lifecycle Expiration`. */
  reason: string
  version: Pick<Version, "key" | "id" | "size" | "etag" | "isMarker" | "storageClass">
  at: number
  seq: number
  /** Undefined when S3 itself did it (lifecycle). */
  request?: AwsRequest
}

const S3 = "s3.amazonaws.com"

/** Keys travel as a form would send them, slashes plain. https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
const encodeKey = (key: string): string =>
  encodeURIComponent(key)
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+")
    .replaceAll("%2F", "/")

const sequencer = (seq: number): string => seq.toString(16).toUpperCase().padStart(18, "0")

function requester({ request }: Change, account: string): string {
  if (!request) return S3
  const { functionName, principal, roleArn } = request.caller
  return functionName ?? principal ?? roleArn ?? account
}

const isRemoval = ({ event }: Change): boolean => /^s3:(ObjectRemoved|LifecycleExpiration):Delete$/.test(event)

/** Version 2.1 of the event message; lifecycle and tagging say 2.3, which adds fields. https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
function message(change: Change, bucket: Bucket, filter: EventFilter, cloud: Cloud): unknown {
  const { version, request } = change
  const isLater = /^s3:(Lifecycle|ObjectTagging)/.test(change.event)
  const requestId = request?.requestId ?? randomUUID()
  return {
    eventVersion: isLater ? "2.3" : "2.1",
    eventSource: "aws:s3",
    awsRegion: cloud.region,
    eventTime: new Date(change.at).toISOString(),
    eventName: change.event.replace(/^s3:/, ""),
    userIdentity: { principalId: request ? `AWS:${requester(change, cloud.account)}` : S3 },
    requestParameters: { sourceIPAddress: request ? "127.0.0.1" : S3 },
    responseElements: { "x-amz-request-id": requestId, "x-amz-id-2": requestId },
    s3: {
      s3SchemaVersion: "1.0",
      configurationId: filter.id,
      bucket: { name: bucket.name, ownerIdentity: { principalId: cloud.account }, arn: bucket.arn },
      object: {
        key: encodeKey(version.key),
        ...(!isRemoval(change) && !version.isMarker && { size: version.size }),
        ...(!isRemoval(change) && { eTag: version.etag }),
        ...(bucket.versioning && { versionId: version.id }),
        sequencer: sequencer(change.seq),
      },
    },
    ...(change.event === "s3:LifecycleTransition" && {
      lifecycleEventData: { transitionEventData: { destinationStorageClass: version.storageClass } },
    }),
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html */
function detailType({ event }: Change): string {
  if (event.startsWith("s3:ObjectCreated:")) return "Object Created"
  if (event === "s3:ObjectTagging:Put") return "Object Tags Added"
  if (event === "s3:ObjectTagging:Delete") return "Object Tags Deleted"
  return event === "s3:LifecycleTransition" ? "Object Storage Class Changed" : "Object Deleted"
}

/** One entry of PutEvents. https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
function busEntry(change: Change, bucket: Bucket, cloud: Cloud): unknown {
  const { version, request } = change
  const type = detailType(change)
  const detail = {
    version: "0",
    bucket: { name: bucket.name },
    object: {
      key: version.key,
      ...(type === "Object Created" && { size: version.size }),
      ...(!isRemoval(change) && { etag: version.etag }),
      ...(bucket.versioning && { "version-id": version.id }),
      ...(type !== "Object Storage Class Changed" && { sequencer: sequencer(change.seq) }),
    },
    "request-id": request?.requestId ?? randomUUID(),
    requester: request ? requester(change, cloud.account) : S3,
    ...(request && { "source-ip-address": "127.0.0.1" }),
    ...(/Created|Deleted$/.test(type) && !type.includes("Tags") && { reason: change.reason }),
    ...(type === "Object Deleted" && { "deletion-type": version.isMarker ? "Delete Marker Created" : "Permanently Deleted" }),
    ...(type === "Object Storage Class Changed" && { "destination-storage-class": version.storageClass }),
  }
  return {
    Source: "aws.s3",
    DetailType: type,
    Time: Math.floor(change.at / 1000),
    Resources: [bucket.arn],
    Detail: JSON.stringify(detail),
  }
}

/** What to send where for a change. */
export function deliveriesOf(change: Change, bucket: Bucket, cloud: Cloud): Delivery[] {
  const { filters, eventBridge } = bucket.settings.notifications
  const made = (kind: Delivery["kind"], to: string, content: unknown): Delivery => ({
    id: randomUUID(),
    bucketArn: bucket.arn,
    kind,
    to,
    message: JSON.stringify(content),
  })
  const { key } = change.version
  const wanted = filters.filter(
    ({ events, prefix, suffix }) =>
      key.startsWith(prefix) && key.endsWith(suffix) && events.some((event) => covers(event, change.event)),
  )
  return [
    ...wanted.map((filter) => made(filter.kind, filter.to, { Records: [message(change, bucket, filter, cloud)] })),
    ...(eventBridge ? [made("bus", "default", { Entries: [busEntry(change, bucket, cloud)] })] : []),
  ]
}

/** What queues and topics get when they are configured. https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
export const testEvent = (bucket: Bucket, now: number): string => {
  const id = randomUUID()
  return JSON.stringify({
    Service: "Amazon S3",
    Event: "s3:TestEvent",
    Time: new Date(now).toISOString(),
    Bucket: bucket.name,
    RequestId: id,
    HostId: id,
  })
}
