/** Filters of a list, by the names that a call gives them. */
type Asked = Readonly<Record<string, unknown>>

const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== ""
const givenOf = (asked: Asked): Asked => Object.fromEntries(Object.entries(asked).filter(([, value]) => isGiven(value)))

/** The token of a page: where it begins, and what the list was asked for. */
export const writeToken = (position: string | number, asked: Asked): string =>
  Buffer.from(JSON.stringify({ position, asked: givenOf(asked) })).toString("base64url")

/**
 * Where a list goes on and with which filters. The token keeps those of its first call, so a client may send it alone; a call that
 * asks for something else than its token does, and a token that was never given out, are answered by what `refuse` makes.
 */
export function readToken<Filters extends Asked>(
  token: unknown,
  asked: Filters,
  refuse: (reason: string) => Error,
): { position: string | number; asked: Filters } | undefined {
  if (!isGiven(token)) return undefined
  let read: { position?: unknown; asked?: Asked } | null
  try {
    read = JSON.parse(Buffer.from(String(token), "base64url").toString("utf8"))
  } catch {
    throw refuse("the token was not given out by this operation.")
  }
  const position = read?.position
  const isPosition = typeof position === "string" || (Number.isInteger(position) && Number(position) >= 0)
  if (!isPosition || typeof read?.asked !== "object" || read.asked === null)
    throw refuse("the token was not given out by this operation.")
  const kept = read.asked
  for (const [name, value] of Object.entries(givenOf(asked)))
    if (JSON.stringify(kept[name]) !== JSON.stringify(value))
      throw refuse(`the token is of a list with another ${name}: send it alone, or with what its list was asked for.`)
  return { position: position as string | number, asked: { ...asked, ...kept } }
}

/** A page of a list by offset, and the token of the next one. */
export function pageOf<Item>(
  all: readonly Item[],
  from: string | number,
  limit: number,
  asked: Asked,
): { items: Item[]; next?: string } {
  const end = Number(from) + limit
  return { items: all.slice(Number(from), end), ...(end < all.length && { next: writeToken(end, asked) }) }
}
