/** What a reader asked for: the first page of what it lacks, or the one that a cursor names. */
export interface Asked {
  /** Which connection it was asked over, from 1. */
  connection: number
  next?: string
}

export interface Read {
  pages: number
  /** Connections after the first. */
  reconnects: number
  /** Begun again from the first page, although some were read. */
  restarts: number
  /** Asked for again over the connection over which they were asked for before. */
  repeated: number
}

/** How a document was read, from what was asked for until it was whole. A new connection repeats at most the page that was on its way. */
export function readingOf(asked: readonly Asked[]): Read {
  const found: Read = { pages: asked.length, reconnects: (asked.at(-1)?.connection ?? 1) - 1, restarts: 0, repeated: 0 }
  const over = new Map<string, number>()
  for (const [index, { connection, next }] of asked.entries()) {
    if (next === undefined) found.restarts += index > 0 ? 1 : 0
    else if (over.get(next) === connection || (over.has(next) && asked[index - 1]!.next !== next)) found.repeated++
    if (next !== undefined) over.set(next, connection)
  }
  return found
}
