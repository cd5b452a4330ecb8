import { fromAttributes, toAttributes } from "./value.ts"

type Translate = (map: any) => any
/** How one part of an operation is translated; what no part is named for stays as it is. */
type Part = (value: any, translate: Translate) => any

const item: Part = (value, translate) => translate(value)
const list =
  (of: Part): Part =>
  (values, translate) =>
    values.map((value: unknown) => of(value, translate))
/** A bare list of values. */
const values: Part = (all, translate) => all.map((value: unknown) => translate({ value }).value)
const eachTable =
  (of: Part): Part =>
  (tables, translate) =>
    Object.fromEntries(Object.entries(tables).map(([table, value]) => [table, of(value, translate)]))
const members =
  (parts: Readonly<Record<string, Part>>): Part =>
  (value, translate) => {
    const changed = { ...value }
    for (const name in parts) if (changed[name] !== undefined) changed[name] = parts[name]!(changed[name], translate)
    return changed
  }

/** Members that hold items or parts of them, of a single operation, its answer, or one step of a transaction. */
const OWN = {
  Key: item,
  Item: item,
  Attributes: item,
  ExclusiveStartKey: item,
  LastEvaluatedKey: item,
  ExpressionAttributeValues: item,
}
const single = members(OWN)
const keys = members({ Keys: list(item) })
const writes = list(members({ PutRequest: single, DeleteRequest: single }))
const request: Part = (value, translate) => (Array.isArray(value) ? writes : keys)(value, translate)

const operation = members({
  ...OWN,
  Items: list(item),
  SearchVector: values,
  SearchResults: list(members({ Item: item })),
  RequestItems: eachTable(request),
  UnprocessedItems: eachTable(request),
  UnprocessedKeys: eachTable(request),
  Responses: eachTable(list(item)),
  TransactItems: list(members({ Put: single, Update: single, Delete: single, ConditionCheck: single })),
})

/** An operation's input as it travels: plain values become attributes. */
export const toWire = (input: object): object => operation(input, toAttributes)

/** An answer as the caller wants it: attributes become plain values. */
export const fromWire = (output: object): any => operation(output, fromAttributes)
