import { Duration } from "aws-cdk-lib"
import { AttributeType, BillingMode, ProjectionType, Table, type TableProps } from "aws-cdk-lib/aws-dynamodb"
import { BlockPublicAccess, Bucket, BucketEncryption, StorageClass } from "aws-cdk-lib/aws-s3"
import type { StackContext } from "sst/constructs"
import { queue, removal } from "./defaults.ts"
import { sizes } from "./stages.ts"

/** Records, objects and the queue of runs: what outlives a deploy and several stacks share. */
export function Storage({ stack }: StackContext) {
  const stage = sizes(stack.stage)

  const table = (id: string, props: Partial<TableProps> = {}) =>
    new Table(stack, id, {
      partitionKey: { name: "pk", type: AttributeType.STRING },
      sortKey: { name: "sk", type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: stage.retain },
      deletionProtection: stage.retain,
      removalPolicy: removal(stack),
      ...props,
    })

  const accounts = table("AccountTable")
  const connections = table("ConnectionTable", { timeToLiveAttribute: "ttl" })
  /** What the user pool last said of each session, and the tokens of those that have sockets: two tables, since hardly anybody may read the second. */
  const standings = table("StandingTable", { timeToLiveAttribute: "ttl" })
  const tokens = table("TokenTable", { timeToLiveAttribute: "ttl" })
  const conversations = table("ConversationTable", { timeToLiveAttribute: "ttl" })
  const documents = table("DocumentTable", { timeToLiveAttribute: "ttl" })
  const rooms = table("RoomTable", { timeToLiveAttribute: "ttl" })
  /** Keys only: a head changes with every message, and its copy here shall not. */
  rooms.addGlobalSecondaryIndex({
    indexName: "byList",
    partitionKey: { name: "list", type: AttributeType.STRING },
    sortKey: { name: "listed", type: AttributeType.STRING },
    projectionType: ProjectionType.KEYS_ONLY,
  })
  const progress = table("IngestTable", { timeToLiveAttribute: "ttl" })
  const analytics = table("AnalyticsTable", { timeToLiveAttribute: "ttl" })

  const lake = new Bucket(stack, "LakeBucket", {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    removalPolicy: removal(stack),
    lifecycleRules: [
      /** Both classes answer at once, so old events are read like new ones. S3 leaves objects under 128 KB where they are. */
      {
        id: "events",
        prefix: "events/",
        transitions: [
          { storageClass: StorageClass.INFREQUENT_ACCESS, transitionAfter: Duration.days(30) },
          { storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL, transitionAfter: Duration.days(90) },
        ],
      },
      { id: "uploads", abortIncompleteMultipartUploadAfter: Duration.days(1) },
      { id: "manifests", prefix: "manifests/", expiration: Duration.days(30) },
      { id: "quarantine", prefix: "quarantine/", expiration: Duration.days(90) },
    ],
  })

  /** Snapshots of documents, bodies of large updates, and answers to joins that are read in pages. */
  const drafts = new Bucket(stack, "DocumentBucket", {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    removalPolicy: removal(stack),
    lifecycleRules: [{ id: "joins", prefix: "joins/", expiration: Duration.days(1) }],
  })

  /** A compaction takes up to a minute; a document that failed five times is looked at by a person. */
  const { queue: compactions, dead: compactionsDead } = queue(stack, "CompactionQueue", { timeout: 60, receives: 5 })

  /**
   * One run is at most 120 s of model and tools. After the second failure it is only ended: the worker has it come again after 35 s, 70 s, and so on up to
   * 12 min, so a run outlasts half an hour in which it cannot be stored. What is still not ended then is looked at by a person.
   */
  const { queue: runs, dead: runsDead } = queue(stack, "RunQueue", { timeout: 120, receives: 7 })

  return {
    accounts,
    connections,
    standings,
    tokens,
    conversations,
    documents,
    rooms,
    progress,
    analytics,
    lake,
    drafts,
    runs,
    runsDead,
    compactions,
    compactionsDead,
  }
}
