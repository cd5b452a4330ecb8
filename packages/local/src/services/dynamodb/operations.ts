import { notSimulated } from "../../endpoint/errors.ts"
import { type Access, AwsError, type AwsRequest, type Place } from "../../service.ts"

export const tableName = (nameOrArn: string): string =>
  nameOrArn.startsWith("arn:") ? (/:table\/([^/]+)/.exec(nameOrArn)?.[1] ?? nameOrArn) : nameOrArn

export const tableArn = ({ region, account }: Place, nameOrArn: string): string =>
  `arn:aws:dynamodb:${region}:${account}:table/${tableName(nameOrArn)}`

type Rule = (json: any, arn: (table: string) => string, operation: string) => Access[]

const text = (value: unknown): string => {
  if (typeof value !== "string" || value === "")
    throw new AwsError("ValidationException", "The parameter 'TableName' is required but was not present in the request")
  return value
}

const onTable: Rule = (json, arn, operation) => [{ action: `dynamodb:${operation}`, resource: arn(text(json?.TableName)) }]

/** A read of an index is authorised on the index, not on its table. */
const onTableOrIndex: Rule = (json, arn, operation) => {
  const table = arn(text(json?.TableName))
  return [{ action: `dynamodb:${operation}`, resource: json.IndexName ? `${table}/index/${json.IndexName}` : table }]
}

const onTables: Rule = (json, arn, operation) =>
  Object.keys(json?.RequestItems ?? {}).map((table) => ({ action: `dynamodb:${operation}`, resource: arn(table) }))

const distinct = (accesses: Access[]): Access[] => [
  ...new Map(accesses.map((one) => [`${one.action} ${one.resource}`, one])).values(),
]

const WRITES: Readonly<Record<string, string>> = {
  Put: "PutItem",
  Update: "UpdateItem",
  Delete: "DeleteItem",
  ConditionCheck: "ConditionCheckItem",
}

/** Transactions have no action of their own: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html */
const onTransaction: Rule = (json, arn) => {
  const items: Record<string, { TableName: string }>[] = json?.TransactItems ?? []
  return distinct(
    items.flatMap((item) =>
      Object.entries(item).map(([kind, { TableName }]) => ({
        action: `dynamodb:${WRITES[kind] ?? "GetItem"}`,
        resource: arn(text(TableName)),
      })),
    ),
  )
}

const onAll: Rule = (_json, _arn, operation) => [{ action: `dynamodb:${operation}`, resource: "*" }]
const onResource: Rule = (json, _arn, operation) => [{ action: `dynamodb:${operation}`, resource: text(json?.ResourceArn) }]
const onStream: Rule = (json, _arn, operation) => [{ action: `dynamodb:${operation}`, resource: text(json?.StreamArn) }]

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html */
const TABLE_RULES: Readonly<Record<string, Rule>> = {
  GetItem: onTable,
  PutItem: onTable,
  UpdateItem: onTable,
  DeleteItem: onTable,
  Query: onTableOrIndex,
  Scan: onTableOrIndex,
  BatchGetItem: onTables,
  BatchWriteItem: onTables,
  TransactGetItems: onTransaction,
  TransactWriteItems: onTransaction,
  CreateTable: onTable,
  DeleteTable: onTable,
  DescribeTable: onTable,
  UpdateTable: onTable,
  DescribeTimeToLive: onTable,
  UpdateTimeToLive: onTable,
  DescribeContinuousBackups: onTable,
  ListTables: onAll,
  DescribeLimits: onAll,
  DescribeEndpoints: onAll,
  ListTagsOfResource: onResource,
  TagResource: onResource,
  UntagResource: onResource,
}

const STREAM_RULES: Readonly<Record<string, Rule>> = {
  ListStreams: onAll,
  DescribeStream: onStream,
  GetShardIterator: onStream,
  GetRecords: (json) => [{ action: "dynamodb:GetRecords", resource: streamOf(json?.ShardIterator) }],
}

/** Iterators read `<stream ARN>|…`; the engine's own are opaque, so the index wraps them with the ARN they were asked for. */
function streamOf(iterator: unknown): string {
  const [arn] = typeof iterator === "string" ? iterator.split("|") : []
  if (!arn?.startsWith("arn:")) throw new AwsError("ValidationException", "Invalid ShardIterator")
  return arn
}

export function authorize(request: AwsRequest, place: Place): { operation: string; access: Access[] } {
  const [family = "", operation = "(none)"] = (request.headers["x-amz-target"] ?? "").split(".")
  const rules = family.startsWith("DynamoDBStreams") ? STREAM_RULES : TABLE_RULES
  const rule = Object.hasOwn(rules, operation) ? rules[operation] : undefined
  if (!rule) throw notSimulated("dynamodb", operation)
  return { operation, access: rule(request.json, (table) => tableArn(place, table), operation) }
}
