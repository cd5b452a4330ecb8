import {
  CompleteMultipartUploadCommand,
  DeleteBucketCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3"
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs"
import { once, type Row, type World } from "./row.ts"

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export function s3Rows(world: World): Row[] {
  const client = new S3Client({ ...once(world), forcePathStyle: true })
  const Bucket = "lake"
  const put = (Key: string) => client.send(new PutObjectCommand({ Bucket, Key, Body: "text" }))
  const get = (input: object) => client.send(new GetObjectCommand({ Bucket, Key: "a", ...input }))
  const parts = { UploadId: "none", MultipartUpload: { Parts: [{ ETag: '"x"', PartNumber: 1 }] } }

  return [
    ["GetObject of no key", () => get({ Key: "none" }), "NoSuchKey", 404],
    ["GetObject of no bucket", () => get({ Bucket: "nowhere" }), "NoSuchBucket", 404],
    ["GetObject of bytes behind the end", () => put("a").then(() => get({ Range: "bytes=100-200" })), "InvalidRange", 416],
    ["GetObject if it were another", () => put("a").then(() => get({ IfMatch: '"other"' })), "PreconditionFailed", 412],
    ["HeadObject of no key", () => client.send(new HeadObjectCommand({ Bucket, Key: "none" })), "NotFound", 404],
    ["HeadBucket of no bucket", () => client.send(new HeadBucketCommand({ Bucket: "nowhere" })), "NotFound", 404],
    ["ListObjectsV2 of no bucket", () => client.send(new ListObjectsV2Command({ Bucket: "nowhere" })), "NoSuchBucket", 404],
    [
      "CompleteMultipartUpload of no upload",
      () => client.send(new CompleteMultipartUploadCommand({ Bucket, Key: "a", ...parts })),
      "NoSuchUpload",
      404,
    ],
    [
      "DeleteBucket with objects in it",
      () => put("a").then(() => client.send(new DeleteBucketCommand({ Bucket }))),
      "BucketNotEmpty",
      409,
    ],
  ]
}

/** The statuses are those of the service model in the SDK: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html#API_SendMessageBatch_Errors */
export function sqsRows(world: World, QueueUrl: string): Row[] {
  const client = new SQSClient(once(world))
  const nowhere = QueueUrl.replace(/[^/]+$/, "nowhere")
  const batch = (Entries: { Id: string; MessageBody: string }[]) =>
    client.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
  const entry = (Id: string) => ({ Id, MessageBody: "text" })
  const D = "QueueDoesNotExist"

  return [
    ["GetQueueUrl of no queue", () => client.send(new GetQueueUrlCommand({ QueueName: "nowhere" })), D, 400],
    ["SendMessage to no queue", () => client.send(new SendMessageCommand({ QueueUrl: nowhere, MessageBody: "text" })), D, 400],
    ["GetQueueAttributes of no queue", () => client.send(new GetQueueAttributesCommand({ QueueUrl: nowhere })), D, 400],
    ["SendMessageBatch of nothing", () => batch([]), "EmptyBatchRequest", 400],
    ["SendMessageBatch with one id twice", () => batch([entry("a"), entry("a")]), "BatchEntryIdsNotDistinct", 400],
    [
      "SendMessageBatch of eleven",
      () => batch(Array.from({ length: 11 }, (_, n) => entry(`${n}`))),
      "TooManyEntriesInBatchRequest",
      400,
    ],
    ["SendMessageBatch with an id of other characters", () => batch([entry("a b")]), "InvalidBatchEntryId", 400],
    [
      "DeleteMessage with no handle of the queue",
      () => client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: "none" })),
      "ReceiptHandleIsInvalid",
      404,
    ],
    [
      "ChangeMessageVisibility with no handle of the queue",
      () => client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: "none", VisibilityTimeout: 1 })),
      "ReceiptHandleIsInvalid",
      404,
    ],
  ]
}
