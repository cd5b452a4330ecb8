import { EventSourceMapping } from "aws-cdk-lib/aws-lambda"
import { type StackContext, use } from "sst/constructs"
import { type Allow, consume, handler, send } from "./defaults.ts"
import { Storage } from "./storage.ts"

/** The worker that folds logs of documents into snapshots. */
export function Documents({ stack }: StackContext) {
  const { documents, drafts, compactions } = use(Storage)

  const compactor = handler(stack, "DocumentCompactor", {
    handler: "packages/functions/src/queues/compact-document.handler",
    timeout: 60,
    /** Folding took 3 times the bytes of one large text and 15 times those of a million small edits; a document has up to 32 MB. */
    memory: 2048,
    env: { DOCUMENT_TABLE: documents.tableName, DOCUMENT_BUCKET: drafts.bucketName },
    allow: [
      consume(compactions),
      {
        actions: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:Query"],
        on: [documents.tableArn],
      },
      { actions: ["s3:GetObject", "s3:PutObject"], on: [drafts.arnForObjects("snapshots/*")] },
      { actions: ["s3:GetObject"], on: [drafts.arnForObjects("updates/*")] },
      { actions: ["s3:DeleteObject"], on: [drafts.arnForObjects("snapshots/*"), drafts.arnForObjects("updates/*")] },
      { actions: ["s3:ListBucket"], on: [drafts.bucketArn] },
    ],
  })
  new EventSourceMapping(stack, "CompactionSource", {
    target: compactor,
    eventSourceArn: compactions.queueArn,
    /** One document at a time: each may need most of the memory. */
    batchSize: 1,
    /** A document that is written by many asks often; more at once would only find the work done. 2 is the least that SQS allows. */
    maxConcurrency: 5,
    reportBatchItemFailures: true,
  })

  /** What reading and editing needs: `$default` has it, and the route that restores a version. */
  const objects: Allow[] = [
    {
      actions: ["s3:GetObject"],
      on: ["snapshots/*", "updates/*", "joins/*"].map((keys) => drafts.arnForObjects(keys)),
    },
    { actions: ["s3:PutObject"], on: ["updates/*", "joins/*"].map((keys) => drafts.arnForObjects(keys)) },
    /** Without it S3 would not say that an object is gone: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html#API_GetObject_RequestBody */
    { actions: ["s3:ListBucket"], on: [drafts.bucketArn] },
  ]
  const edit = {
    env: {
      DOCUMENT_TABLE: documents.tableName,
      DOCUMENT_BUCKET: drafts.bucketName,
      COMPACTION_QUEUE_URL: compactions.queueUrl,
    },
    allow: [
      {
        actions: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:Query"],
        on: [documents.tableArn],
      },
      ...objects,
      send(compactions),
    ] satisfies Allow[],
  }
  return { edit }
}
