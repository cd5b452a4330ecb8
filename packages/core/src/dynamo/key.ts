/** What every table's items have: what a key is made of is each noun's own affair, in its `table.ts`. */
export interface Key {
  pk: string
  sk: string
}
export type Item = Record<string, unknown>

/** In a projection. */
export const KEYS = "pk, sk"
export const keyOf = ({ pk, sk }: Key): Key => ({ pk, sk })

/** Conditions of a write: there is no such item yet, or there is one. */
export const IS_NEW = "attribute_not_exists(pk)"
export const IS_THERE = "attribute_exists(pk)"

const query = (pk: string, rest: string, values?: object) => ({
  KeyConditionExpression: `pk = :pk${rest}`,
  ExpressionAttributeValues: { ":pk": pk, ...values },
})

/** What a query asks for: a partition, its items whose sort keys begin with a text, lie between two, or before one. */
export const everyOf = (pk: string) => query(pk, "")
export const beginning = ({ pk, prefix }: { pk: string; prefix: string }) =>
  query(pk, " AND begins_with(sk, :prefix)", { ":prefix": prefix })
export const between = (pk: string, from: string, to: string) =>
  query(pk, " AND sk BETWEEN :from AND :to", { ":from": from, ":to": to })
export const below = (pk: string, after: string) => query(pk, " AND sk < :after", { ":after": after })
