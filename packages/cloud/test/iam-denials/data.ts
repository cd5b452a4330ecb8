import { json, type Kept, type Row } from "./row.ts"

const table = json("dynamodb", "DynamoDB_20120810")
const changes = json("dynamodb", "DynamoDBStreams_20120810")
const TableName = "rooms"
const TABLE_ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/rooms"
const Key = { pk: { S: "a" } }
const KEYS = {
  AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
  BillingMode: "PAY_PER_REQUEST",
}
const VECTOR_INDEX = {
  IndexName: "near",
  VectorAttribute: { AttributeName: "v" },
  Dimensions: 1,
  DistanceFunction: "EUCLIDEAN",
  Projection: { ProjectionType: "ALL" },
}
export const TABLE = {
  TableName,
  ...KEYS,
  StreamSpecification: { StreamViewType: "NEW_IMAGE" },
  VectorIndexes: [VECTOR_INDEX],
}

const StreamArn = (kept: Kept) => kept["dynamodb ListStreams"].Streams[0].StreamArn

export const dynamodbRows: readonly Row[] = [
  table("PutItem", { TableName, Item: Key }),
  table("GetItem", { TableName, Key }),
  table("UpdateItem", { TableName, Key }),
  table("Query", { TableName, KeyConditionExpression: "pk = :a", ExpressionAttributeValues: { ":a": { S: "a" } } }),
  table("Scan", { TableName }),
  table("SearchVectors", { TableName, IndexName: "near", SearchVector: [{ N: "1" }], TopK: 1 }),
  table("BatchGetItem", { RequestItems: { [TableName]: { Keys: [Key] } } }),
  table("BatchWriteItem", { RequestItems: { [TableName]: [{ PutRequest: { Item: Key } }] } }),
  table("TransactGetItems", { TransactItems: [{ Get: { TableName, Key } }] }),
  table("TransactWriteItems", { TransactItems: [{ Delete: { TableName, Key } }] }),
  table("DeleteItem", { TableName, Key }),
  table("DescribeTable", { TableName }),
  table("UpdateTimeToLive", { TableName, TimeToLiveSpecification: { AttributeName: "expiresAt", Enabled: true } }),
  table("DescribeTimeToLive", { TableName }),
  table("ListTables"),
  table("TagResource", { ResourceArn: TABLE_ARN, Tags: [{ Key: "a", Value: "b" }] }),
  table("ListTagsOfResource", { ResourceArn: TABLE_ARN }),
  table("UntagResource", { ResourceArn: TABLE_ARN, TagKeys: ["a"] }),
  changes("ListStreams", { TableName }),
  changes("DescribeStream", (kept) => ({ StreamArn: StreamArn(kept) })),
  changes("GetShardIterator", (kept) => ({
    StreamArn: StreamArn(kept),
    ShardId: kept["dynamodb DescribeStream"].StreamDescription.Shards[0].ShardId,
    ShardIteratorType: "TRIM_HORIZON",
  })),
  changes("GetRecords", (kept) => ({ ShardIterator: kept["dynamodb GetShardIterator"].ShardIterator })),
  table("CreateTable", { TableName: "halls", ...KEYS }),
  table("UpdateTable", { TableName: "halls", StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_IMAGE" } }),
  table("DeleteTable", { TableName: "halls" }),
]

const stream = json("kinesis", "Kinesis_20131202")
const StreamName = "sales"
const MADE = "arn:aws:kinesis:us-east-1:123456789012:stream/made"
const Data = Buffer.from("x").toString("base64")

export const kinesisRows: readonly Row[] = [
  stream("PutRecord", { StreamName, Data, PartitionKey: "a" }),
  stream("PutRecords", { StreamName, Records: [{ Data, PartitionKey: "a" }] }),
  stream("DescribeStream", { StreamName }),
  stream("DescribeStreamSummary", { StreamName }),
  stream("ListShards", { StreamName }),
  stream("ListStreams"),
  stream("GetShardIterator", { StreamName, ShardId: "shardId-000000000000", ShardIteratorType: "TRIM_HORIZON" }),
  stream("GetRecords", (kept) => ({ ShardIterator: kept["kinesis GetShardIterator"].ShardIterator })),
  stream("SplitShard", { StreamName, ShardToSplit: "shardId-000000000000", NewStartingHashKey: String(2n ** 127n) }),
  stream("MergeShards", {
    StreamName,
    ShardToMerge: "shardId-000000000001",
    AdjacentShardToMerge: "shardId-000000000002",
  }),
  stream("CreateStream", { StreamName: "made", StreamModeDetails: { StreamMode: "ON_DEMAND" } }),
  stream("UpdateMaxRecordSize", { StreamARN: MADE, MaxRecordSizeInKiB: 2_048 }),
  stream("UpdateStreamRecordDistributionStrategy", { StreamARN: MADE, RecordDistributionStrategy: "AUTO" }),
  stream("DeleteStream", { StreamARN: MADE }),
]

const statement = json("redshift-data", "RedshiftData")
const house = { WorkgroupName: "house", Database: "house" }
const Id = (kept: Kept) => ({ Id: kept["redshift-data ExecuteStatement"].Id })

export const redshiftRows: readonly Row[] = [
  statement("ExecuteStatement", { ...house, Sql: "SELECT 1 AS one" }),
  statement("BatchExecuteStatement", { ...house, Sqls: ["SELECT 1", "SELECT 2"] }),
  statement("DescribeStatement", (kept) => ({ ...Id(kept), WaitTimeSeconds: 10 })),
  statement("GetStatementResult", Id),
  statement("GetStatementResultV2", Id, "ValidationException"),
  statement("CancelStatement", Id, "ValidationException"),
  statement("ListSessions"),
  statement("ListStatements"),
  statement("ListDatabases", house),
  statement("ListSchemas", house),
  statement("ListTables", house),
  statement("DescribeTable", { ...house, Schema: "public", Table: "none" }),
]

const log = json("logs", "Logs_20140328")
const logGroupName = "/made"
const logStreamName = "one"

export const logsRows: readonly Row[] = [
  log("CreateLogGroup", { logGroupName }),
  log("CreateLogStream", { logGroupName, logStreamName }),
  log("PutLogEvents", { logGroupName, logStreamName, logEvents: [{ timestamp: 1, message: "hello" }] }),
  log("GetLogEvents", { logGroupName, logStreamName }),
  log("FilterLogEvents", { logGroupName }),
  log("DescribeLogGroups"),
  log("DescribeLogStreams", { logGroupName }),
]

const parameter = json("ssm", "AmazonSSM")

export const ssmRows: readonly Row[] = [
  parameter("GetParameter", { Name: "/app/a" }),
  parameter("GetParameters", { Names: ["/app/a"] }),
  parameter("GetParametersByPath", { Path: "/app" }),
  parameter("PutParameter", { Name: "/app/a", Value: "b", Overwrite: true }),
]
