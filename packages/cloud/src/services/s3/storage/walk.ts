import { compareKeys, type SortedKeys } from "./sorted-keys.ts"

/** What a listing looks through. */
export interface Walk {
  prefix: string
  /** Keys with it behind the prefix are folded to what stands before it. Empty for none. */
  delimiter: string
  /** Keys up to and with this one are passed over; when it is a folded prefix, all keys under it. */
  after?: string
  /** Whether a key itself named by `after` is looked at again. */
  isInclusive?: boolean
  /** Whether a listing shows a key; folded prefixes show only where one below them does. */
  isVisible?(key: string): boolean
}

export type Found = { key: string } | { folded: string }

/** Finds keys and folded prefixes in order. It jumps over what is folded, so a listing costs what it shows and not what a bucket holds. */
export function* walk(keys: SortedKeys, { prefix, delimiter, after, isInclusive, isVisible }: Walk): Generator<Found> {
  const foldOf = (key: string): string | undefined => {
    const cut = delimiter && key.startsWith(prefix) ? key.indexOf(delimiter, prefix.length) : -1
    return cut < 0 ? undefined : key.slice(0, cut + delimiter.length)
  }
  const isFold = after !== undefined && foldOf(after) === after
  const isPassed = (key: string): boolean => {
    if (after === undefined) return false
    const order = compareKeys(key, after)
    return order < 0 || (order === 0 && !isInclusive) || (isFold && key.startsWith(after))
  }
  let position = keys.from((key) => compareKeys(key, prefix) < 0 || isPassed(key))
  for (let next = position.next(); !next.done; next = position.next()) {
    const key = next.value
    if (!key.startsWith(prefix)) return
    if (isVisible && !isVisible(key)) continue
    const folded = foldOf(key)
    if (folded === undefined) {
      yield { key }
      continue
    }
    yield { folded }
    position = keys.from((other) => compareKeys(other, folded) < 0 || other.startsWith(folded))
  }
}
