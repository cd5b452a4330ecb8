import { notSimulated } from "../../endpoint/errors.ts"
import { type Access, AwsError, type AwsRequest, type Place } from "../../service.ts"
import { tableArn } from "./arn.ts"
import { contextOf } from "./context.ts"
import { streamOf } from "./streams/iterator.ts"
import type { Table } from "./tables.ts"

interface Asked {
  json: any
  operation: string
  arn(table: string): string
  /** The condition keys of actions on a table; none for the administrator, whom no policy asks. */
  context(operation: string, table: string, actions: readonly any[], enclosing?: string): Access["context"]
}

type Rule = (asked: Asked) => Access[]

const text = (value: unknown): string => {
  if (typeof value !== "string" || value === "")
    throw new AwsError("ValidationException", "The parameter 'TableName' is required but was not present in the request")
  return value
}

const onTable: Rule = ({ json, operation, arn }) => [{ action: `dynamodb:${operation}`, resource: arn(text(json?.TableName)) }]

/** A read of an index is authorised on the index, not on its table. */
const onItems: Rule = ({ json, operation, arn, context }) => {
  const table = text(json?.TableName)
  const resource = json.IndexName ? `${arn(table)}/index/${json.IndexName}` : arn(table)
  return [{ action: `dynamodb:${operation}`, resource, context: context(operation, table, [json]) }]
}

/** Fine-grained conditions on keys and attributes are not asked: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/VectorSearch.Requirements.html */
const onVectorIndex: Rule = ({ json, operation, arn }) => [
  { action: `dynamodb:${operation}`, resource: `${arn(text(json?.TableName))}/index/${String(json?.IndexName)}` },
]

const actionsOf = (request: any): any[] =>
  Array.isArray(request)
    ? request.map((one) => one?.PutRequest ?? one?.DeleteRequest ?? {})
    : (request?.Keys ?? []).map((Key: unknown) => ({ ...request, Keys: undefined, Key }))

const onTables: Rule = ({ json, operation, arn, context }) =>
  Object.entries(json?.RequestItems ?? {}).map(([table, request]) => ({
    action: `dynamodb:${operation}`,
    resource: arn(table),
    context: context(operation, table, actionsOf(request)),
  }))

const WRITES: Readonly<Record<string, string>> = {
  Put: "PutItem",
  Update: "UpdateItem",
  Delete: "DeleteItem",
  ConditionCheck: "ConditionCheckItem",
}

/** Transactions have no action of their own: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html */
const onTransaction: Rule = ({ json, operation, arn, context }) => {
  const groups = new Map<string, { action: string; table: string; actions: any[] }>()
  const items: Record<string, { TableName: string }>[] = Array.isArray(json?.TransactItems) ? json.TransactItems : []
  for (const [kind, given] of items.flatMap((item) => Object.entries(item ?? {}))) {
    const action = WRITES[kind] ?? "GetItem"
    const table = text(given?.TableName)
    const group = groups.get(`${action} ${arn(table)}`) ?? { action, table, actions: [] }
    groups.set(`${action} ${arn(table)}`, group)
    group.actions.push(given)
  }
  return [...groups.values()].map(({ action, table, actions }) => ({
    action: `dynamodb:${action}`,
    resource: arn(table),
    context: context(action, table, actions, operation),
  }))
}

const onAll: Rule = ({ operation }) => [{ action: `dynamodb:${operation}`, resource: "*" }]
const onResource: Rule = ({ json, operation }) => [{ action: `dynamodb:${operation}`, resource: text(json?.ResourceArn) }]
const onStream: Rule = ({ json, operation }) => [{ action: `dynamodb:${operation}`, resource: text(json?.StreamArn) }]

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html */
const TABLE_RULES: Readonly<Record<string, Rule>> = {
  GetItem: onItems,
  PutItem: onItems,
  UpdateItem: onItems,
  DeleteItem: onItems,
  Query: onItems,
  Scan: onItems,
  SearchVectors: onVectorIndex,
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
  ListTables: onAll,
  ListTagsOfResource: onResource,
  TagResource: onResource,
  UntagResource: onResource,
}

const STREAM_RULES: Readonly<Record<string, Rule>> = {
  ListStreams: onAll,
  DescribeStream: onStream,
  GetShardIterator: onStream,
  GetRecords: ({ json }) => [{ action: "dynamodb:GetRecords", resource: streamOf(json?.ShardIterator) }],
}

/** Of tables and of streams. */
export const OPERATIONS: readonly string[] = [...Object.keys(TABLE_RULES), ...Object.keys(STREAM_RULES)]

/** Operations that exist and have no engine here, PartiQL's among them, are refused by name. */
export function authorize(
  request: AwsRequest,
  place: Place,
  known: (table: string) => Table | undefined,
): { operation: string; access: Access[] } {
  const [family = "", operation = "(none)"] = (request.headers["x-amz-target"] ?? "").split(".")
  const rules = family.startsWith("DynamoDBStreams") ? STREAM_RULES : TABLE_RULES
  const rule = Object.hasOwn(rules, operation) ? rules[operation] : undefined
  if (!rule) throw notSimulated("dynamodb", operation)
  const isAdmin = request.caller.kind === "admin"
  const access = rule({
    json: request.json,
    operation,
    arn: (table) => tableArn(place, table),
    context: (name, table, actions, enclosing) => (isAdmin ? undefined : contextOf(name, actions, known(table), enclosing)),
  })
  return { operation, access }
}
