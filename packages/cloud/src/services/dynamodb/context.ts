import { attributesIn, equalValue } from "./expression.ts"
import { type Item, plainNumber } from "./key.ts"
import type { Table } from "./tables.ts"

/** Condition keys of https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html */
export type Context = Record<string, string | string[]>

/** A number is the number it is, however it was written: `1.0` leads with 1. */
const text = (value: Record<string, any> | undefined): string[] => {
  const [type, inner] = Object.entries(value ?? {})[0] ?? []
  return typeof inner === "string" ? [type === "N" ? plainNumber(inner) : inner] : []
}

const EXPRESSIONS = [
  "ProjectionExpression",
  "ConditionExpression",
  "UpdateExpression",
  "FilterExpression",
  "KeyConditionExpression",
] as const

/** Top-level attributes that an action on one item, or one query, names. */
function attributesOf(action: any): string[] {
  const expressions = EXPRESSIONS.map((name) => action[name])
  const named = [
    ...Object.keys(action.Item ?? {}),
    ...Object.keys(action.Key ?? {}),
    ...Object.keys(action.AttributeUpdates ?? {}),
    ...Object.keys(action.Expected ?? {}),
    ...Object.keys(action.KeyConditions ?? {}),
    ...Object.keys(action.QueryFilter ?? action.ScanFilter ?? {}),
    ...(action.AttributesToGet ?? []).map((path: string) => String(path).split(/[.[]/)[0]),
    ...attributesIn(expressions, action.ExpressionAttributeNames),
  ]
  return [...new Set(named)]
}

/** Values of the partition key that an action is about. */
function leadingKeys(action: any, table: Table | undefined): string[] {
  const index = table?.indexes.find(({ name }) => name === action.IndexName)
  const [hash] = (index ?? table)?.keys ?? []
  if (!hash) return []
  const item: Item | undefined = action.Item ?? action.Key
  if (item) return text(item[hash.name])
  return text(
    equalValue(action, action.KeyConditionExpression, hash.name) ?? action.KeyConditions?.[hash.name]?.AttributeValueList?.[0],
  )
}

/** What a Query or Scan selects where it does not say. */
const selectOf = (action: any): string =>
  action.Select ??
  (action.ProjectionExpression || action.AttributesToGet
    ? "SPECIFIC_ATTRIBUTES"
    : action.IndexName
      ? "ALL_PROJECTED_ATTRIBUTES"
      : "ALL_ATTRIBUTES")

const RETURNING = new Set(["PutItem", "UpdateItem", "DeleteItem"])
const SELECTING = new Set(["Query", "Scan"])

/** The context of one action, or of several that are decided together. A key without values is left out. */
export function contextOf(operation: string, actions: readonly any[], table: Table | undefined, enclosing?: string): Context {
  const keys = [...new Set(actions.flatMap((action) => leadingKeys(action, table)))]
  const attributes = [...new Set(actions.flatMap(attributesOf))]
  const [first] = actions
  return {
    ...(keys.length > 0 && { "dynamodb:LeadingKeys": keys }),
    ...(attributes.length > 0 && { "dynamodb:Attributes": attributes }),
    ...(SELECTING.has(operation) && { "dynamodb:Select": selectOf(first) }),
    ...(RETURNING.has(operation) && !enclosing && { "dynamodb:ReturnValues": String(first?.ReturnValues ?? "NONE") }),
    ...(first?.ReturnConsumedCapacity !== undefined && {
      "dynamodb:ReturnConsumedCapacity": String(first.ReturnConsumedCapacity),
    }),
    ...(enclosing && { "dynamodb:EnclosingOperation": enclosing }),
  }
}
