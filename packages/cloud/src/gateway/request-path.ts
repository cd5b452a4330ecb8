export interface RequestPath {
  /** What stages and routes are matched against: decoded once. */
  matched: string
  /** What functions are told: decoded twice. */
  told: string
}

/** Undefined where a `%` begins no escape of UTF-8. */
export function unescaped(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/**
 * The path of a request as HTTP APIs read it: they decode it, cut it at a `?` that this brings out, look for the route, and decode once more. So `%2F`
 * separates segments, `%252F` is a slash within one, and a lone `%25` is refused. Undefined is 400.
 * Seen on AWS: https://github.com/hotsock/voker/pull/8 (July 2026), https://github.com/honojs/hono/issues/2156; a `+` and doubled slashes stay as they are.
 */
export function requestPath(sent: string): RequestPath | undefined {
  const matched = unescaped(sent)?.split("?", 1)[0]
  const told = matched === undefined ? undefined : unescaped(matched)
  return matched === undefined || told === undefined ? undefined : { matched, told }
}
