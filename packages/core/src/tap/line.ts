/** One thing that happened, as an administrator sees it: an envelope. Nothing that a person wrote is in it, and no token. */
export interface Line {
  /** Epoch milliseconds. */
  at: number
  /** `in`: from a socket; `out`: to those who listen. */
  direction: "in" | "out"
  /** The action, `$connect` or `$disconnect`; of what leaves, the frames' types. */
  what: string
  user?: { id: string; name?: string }
  connectionId?: string
  room?: string
  doc?: string
  /** `ack`, `posted`, `queued`, `open`, `closed`, or an error's code. */
  outcome: string
  seq?: number
  bytes?: number
  /** How long the function worked on it. */
  ms?: number
  /** How many frames left together, where it was not one. */
  frames?: number
  /** Sockets that were reached, were gone, and could not be reached. */
  to?: number
  gone?: number
  failed?: number
}

/** Ids are ours, or they are not shown: what a client writes instead of one could be anything. */
const OURS = /^(rom|doc)_[0-9A-HJKMNP-TV-Z]{26}$/

/** Where a frame belongs, by its `room` or `doc`. */
export function placeOf(frame: { room?: unknown; doc?: unknown }): Pick<Line, "room" | "doc"> {
  const ours = (id: unknown): id is string => typeof id === "string" && OURS.test(id)
  return { ...(ours(frame.room) && { room: frame.room }), ...(ours(frame.doc) && { doc: frame.doc }) }
}

/** The line of frames that left for the same readers in one message. Only their types, places and numbers are read. */
export function outgoing(texts: readonly string[], more: Omit<Line, "at" | "direction" | "what">, at: number): Line {
  const frames = texts.map((text) => JSON.parse(text) as { type: string; seq?: unknown; room?: unknown; doc?: unknown })
  const last = frames.at(-1)!
  return {
    at,
    direction: "out",
    what: [...new Set(frames.map(({ type }) => type))].join(", "),
    ...placeOf(last),
    ...(typeof last.seq === "number" && { seq: last.seq }),
    bytes: texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0),
    ...(frames.length > 1 && { frames: frames.length }),
    ...more,
  }
}
