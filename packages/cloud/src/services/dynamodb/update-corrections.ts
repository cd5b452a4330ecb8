import type { Database } from "./database.ts"
import { partsAt, segmentsOf } from "./document-path.ts"
import { updateTargets } from "./expression.ts"
import { type Item, keyAttributes } from "./key.ts"
import { writesElements } from "./list-ends.ts"
import { withPlainSets } from "./number-sets.ts"
import type { Answer } from "./proxy.ts"
import { type Body, written } from "./request.ts"
import type { Table } from "./tables.ts"
import { invalid } from "./validation.ts"

/** Paths inside an attribute that an update removes, adds to or deletes from. */
const insideAttributes = (expression: unknown): string[] =>
  typeof expression === "string" && /[.[]/.test(expression)
    ? updateTargets(expression)
        .filter(({ clause, path }) => clause !== "SET" && /[.[]/.test(path))
        .map(({ path }) => path)
    : []

const PARENT = ":backlineParent"

/**
 * AWS refuses to remove or add inside an attribute that is not there; the engine does nothing, or something else. So the parents become part of the condition.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
 */
function withParents({ json, body }: Body): Body & { hasParents: boolean } {
  const paths = insideAttributes(json.UpdateExpression)
  if (paths.length === 0) return { json, body, hasParents: false }
  const { ConditionExpression, ExpressionAttributeValues: values = {} } = json
  /** Each parent once, however many of its elements go: an expression has at most 4 KB. */
  const parents = new Map(paths.map((path) => [path.replace(/(\.[^.[]*|\[\d+\])$/, ""), path.endsWith("]") ? "L" : "M"]))
  const conditions = [...parents].map(([parent, type]) => `attribute_type(${parent}, ${PARENT}${type})`)
  const own = Object.fromEntries([...parents.values()].map((type) => [PARENT + type, { S: type }]))
  return {
    ...written({
      ...json,
      ConditionExpression: [
        ...(ConditionExpression === undefined ? [] : [`(${ConditionExpression})`]),
        ...new Set(conditions),
      ].join(" AND "),
      ExpressionAttributeValues: { ...values, ...own },
    }),
    hasParents: true,
  }
}

/** Of an update whose parents were part of its condition: throws where they were what failed, not the caller's own condition. */
export async function blameParents({ body }: Answer, table: Table, json: any, { ask }: Database): Promise<void> {
  if (!body.includes("ConditionalCheckFailedException")) return
  const { Key, ConditionExpression, ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} } = json
  if (ConditionExpression !== undefined) {
    const used = (all: object) =>
      Object.fromEntries(Object.entries(all).filter(([name]) => new RegExp(`${name}(?![\\w-])`).test(ConditionExpression)))
    const [ownNames, ownValues] = [used(names), used(values)]
    const ConditionCheck = {
      TableName: table.name,
      Key,
      ConditionExpression,
      ...(Object.keys(ownNames).length > 0 && { ExpressionAttributeNames: ownNames }),
      ...(Object.keys(ownValues).length > 0 && { ExpressionAttributeValues: ownValues }),
    }
    const { status } = await ask("TransactWriteItems", { TransactItems: [{ ConditionCheck }] })
    if (status !== 200) return
  }
  throw invalid("The document path provided in the update expression is invalid for update")
}

/**
 * Whether there was an item, asked for where it matters: of one that was not there ALL_OLD is nothing, and the engine tells its key.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
 */
export async function wasThere(table: Table, json: any, { ask }: Database): Promise<boolean> {
  if (json.ReturnValues !== "ALL_OLD") return true
  const Key = keyAttributes(table.keys, json.Key)
  const { status, json: found } = await ask("GetItem", { TableName: table.name, Key, ConsistentRead: true })
  return status !== 200 || found.Item !== undefined
}

/** An update as the engine has to be told it. */
export interface Corrected extends Body {
  /** The condition says that parents are there. */
  hasParents: boolean
  /** It writes to elements of lists, whose places depend on the item. */
  hasElements: boolean
}

export function corrected(body: Body): Corrected {
  const plain = body.body.includes('"NS"') ? written(withPlainSets(body.json)) : body
  return { ...withParents(plain), hasElements: writesElements(plain.json.UpdateExpression) }
}

/**
 * UPDATED_OLD and UPDATED_NEW give the elements that were touched and not the lists around them. The paths are those of the request, before
 * and after: what was appended beyond its index is not among them, and what moved into the place of a removed element is. The engine gives
 * the whole attribute, so it is asked for the whole item.
 * https://github.com/scylladb/scylladb/blob/master/test/alternator/test_returnvalues.py has these answers from AWS
 */
export function partsAsked({
  ReturnValues,
  UpdateExpression,
  ExpressionAttributeNames: names,
}: any): { ReturnValues: string; of(item: Item | undefined): Item | undefined } | undefined {
  const [, image] = /^UPDATED_(OLD|NEW)$/.exec(String(ReturnValues)) ?? []
  if (!image || typeof UpdateExpression !== "string" || !UpdateExpression.includes("[")) return undefined
  const paths = updateTargets(UpdateExpression).map(({ path }) => segmentsOf(path, names))
  if (!paths.some((path) => path.some((segment) => typeof segment === "number"))) return undefined
  return { ReturnValues: `ALL_${image}`, of: (item) => partsAt(item, paths) }
}
