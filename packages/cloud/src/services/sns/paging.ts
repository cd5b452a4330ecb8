import { pageOf, readToken } from "../page-token.ts"
import { invalid } from "./errors.ts"

/** Every list answers a hundred at a time. */
const PAGE = 100

/** `of` says which list it is: the token of another one is refused. */
export function page<Item>(
  all: readonly Item[],
  of: string,
  token: string | undefined,
): { items: readonly Item[]; NextToken?: string } {
  const read = readToken(token, { of }, (reason) => invalid(`NextToken Reason: ${reason}`))
  const { items, next } = pageOf(all, read?.position ?? 0, PAGE, { of })
  return { items, ...(next !== undefined && { NextToken: next }) }
}
