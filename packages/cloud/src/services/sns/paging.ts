import { invalid } from "./errors.ts"

/** Every list answers a hundred at a time. */
const PAGE = 100

export function page<Item>(all: readonly Item[], token: string | undefined): { items: readonly Item[]; NextToken?: string } {
  const from = token === undefined ? 0 : Number(Buffer.from(token, "base64").toString("utf8"))
  if (!Number.isInteger(from) || from < 0) throw invalid("NextToken")
  const items = all.slice(from, from + PAGE)
  const next = from + items.length
  return { items, ...(next < all.length && { NextToken: Buffer.from(String(next)).toString("base64") }) }
}
