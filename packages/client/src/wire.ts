/** What travels: the shapes of the HTTP API and of socket frames that this client uses. Times are epoch milliseconds. */

export interface Page<T> {
  items: T[]
  /** Opaque cursor for `?cursor=`; absent on the last page. */
  next?: string
}

export interface Me {
  id?: string
  userId?: string
  name?: string
  email?: string
  number?: number
  role?: string
}

export interface Conversation {
  id: string
  title: string
  createdAt: number
  updatedAt: number
}

export type Cell = string | number | boolean | null
export type Row = Record<string, Cell>

/** The proof of one tool call: the statement that ran, with what, and the rows it gave. */
export interface Receipt {
  tool: string
  statementId: string
  sql: string
  params: Record<string, unknown>
  /** At most 100; absent or empty with `rowsOmitted`. */
  rows?: Row[]
  /** Rows were left out where they would not fit. */
  rowsOmitted?: boolean
  loadedAt: number | null
}

/** `priceMicroUsd` is millionths of a US dollar. */
export interface Usage {
  inputTokens: number
  outputTokens: number
  priceMicroUsd: number
}

export type ToolState = "running" | "done" | "error"

export interface ToolCall {
  id: string
  name: string
  state: ToolState
  input?: unknown
  message?: string
  ms?: number
}

/** Why an answer ended early; docs/errors.md knows the codes and the reasons. */
export interface Ending {
  code: string
  message: string
  /** What happened to the model's answer: `busy unreachable refused silent cut stop`, with `stop` the model's own reason. */
  reason?: string
  stopReason?: string
  /** When to ask again. */
  retryAfterMs?: number
}

export type RunState = "queued" | "running" | "done" | "error" | "stopped"

export interface Message {
  id: string
  role: "user" | "assistant"
  text: string
  runId?: string
  receipts?: (Receipt & { id?: string })[]
  tools?: ToolCall[]
  usage?: Usage
  state?: RunState
  error?: Ending
  /** An answer that failed in its middle: asking to go on continues it. */
  incomplete?: boolean
  createdAt: number
}

/** One entry of a run's log. Offsets start at 1 and have no gaps; exactly one of done, error, stopped ends the log. */
export type RunEvent = { offset: number; rowsOmitted?: boolean } & (
  | { kind: "text"; text: string; reset?: boolean }
  | { kind: "tool"; id: string; name: string; state: ToolState; input?: unknown; message?: string; ms?: number }
  | { kind: "receipt"; id: string; receipt: Receipt }
  | ({ kind: "usage" } & Usage)
  | { kind: "done"; messageId: string }
  | ({ kind: "error"; incomplete?: boolean } & Ending)
  | { kind: "stopped" }
)

export interface RunLog {
  runId: string
  conversationId: string
  state: RunState
  events: RunEvent[]
  next?: string | number
}

/** What opens a room's call in LiveKit. `participants` is absent where LiveKit does not answer. */
export interface RoomCall {
  url: string
  token: string
  /** Epoch milliseconds. */
  expiresAt: number
  participants?: { id: string; name: string; joinedAt: number }[]
}

export type ChatFrame = RunEvent & { type: "chat.event"; run: string; conversation: string }

/** Ack of `chat.send`. */
export interface ChatSent {
  conversation: string
  run: string
  message: string
}

/** A person as others see them. */
export interface Person {
  id: string
  name: string
  number: number
}

export type RoomRole = "owner" | "member" | "guest"

export interface Member extends Person {
  role?: RoomRole
  /** Up to where this person has read. */
  read?: number
  /** In the answer to a join: whether this person listens right now. */
  present?: boolean
  /** When their last connection to the room ended; absent for who never left it. Older than their presence for who is here. */
  seenAt?: number
}

/** Somebody who listens to a room, and over how many connections. */
export interface Listener extends Person {
  connections: number
}

/** A socket of a person that is open. */
export interface LiveConnection {
  connectionId: string
  role: string
  connectedAt: number
  /** Until when a token vouches for it. */
  expiresAt: number
}

/** What is said to many at once and is no message: to all who listen to a room, or to everybody who is connected. */
export interface Notice {
  id: string
  code: "room.notice" | "service.notice"
  /** Of `room.notice`. */
  room?: string
  text: string
  at: number
  by: Person
}

/** What an administrator watches: a room, or what the connections of a person do. */
export type TapTarget = { room: string } | { user: string }

/** One thing that happened, as far as an administrator may see it: nothing that anybody wrote. */
export interface TapEvent {
  at: number
  /** From a socket, or to those who listen. */
  direction: "in" | "out"
  /** The action, `$connect` or `$disconnect`; the types of frames that left. */
  what: string
  user?: { id: string; name?: string }
  connectionId?: string
  room?: string
  doc?: string
  /** `ack`, `posted`, `queued`, `open`, `closed`, or an error's code. */
  outcome: string
  seq?: number
  bytes?: number
  /** Milliseconds in the function. */
  ms?: number
  /** Frames that left together, where it was not one. */
  frames?: number
  /** Sockets that got it, that were gone, and that could not be reached. */
  to?: number
  gone?: number
  failed?: number
}

export type Visibility = "public" | "private" | "direct"

export interface Room {
  id: string
  name: string
  visibility: Visibility
  epoch: string
  /** Number of the newest message, 0 in an empty room. */
  seq: number
  /** The caller's; absent or null for one who has not joined. */
  role?: RoomRole | null
  createdAt: number
  /** Messages that the caller has not read; absent for one who has not joined. */
  unread?: number
}

/** Ids of those who reacted, by emoji. */
export type Reactions = Readonly<Record<string, readonly string[]>>

/** A message of a room. `(epoch, seq)` is its place: within an epoch `seq` starts at 1 and has no gaps. */
export interface RoomMessage {
  room: string
  epoch: string
  seq: number
  messageId: string
  clientId: string
  user: Person
  text: string
  at: number
  editedAt?: number
  reactions?: Reactions
}

/** Ack of `room.send`. */
export interface MessageSent {
  epoch: string
  seq: number
  messageId: string
  at: number
}

/** Ack of `room.join`. `recovered`: the messages are exactly those after the position given; otherwise the newest. */
export interface RoomJoined {
  room: string
  epoch: string
  seq: number
  recovered: boolean
  messages: RoomMessage[]
  members: Member[]
  /** Those in the room's call. */
  call?: Person[]
  /** More messages follow: join again after the last one. */
  next?: unknown
}

export interface DocumentInfo {
  id: string
  title: string
  owner: string
  /** Its members may read and write. */
  room?: string
  /** People besides the owner who may read and write. */
  members: string[]
  /** Of title and members: a change names the one it builds on. */
  version: number
  epoch: string
  /** Position of the last update. */
  seq: number
  createdAt: number
  updatedAt: number
}

/** A state of a document that was kept; `version` is its position. */
export interface DocumentVersion {
  version: number
  at: number
  bytes: number
}

export interface Ticket {
  ticket: string
  url: string
  expiresAt: number
}

/** What lists of concerts show; the service tells more. */
export interface ConcertSummary {
  concertId: string
  title: string
  /** YYYY-MM-DD at the venue. */
  date: string
  /** HH:MM at the venue. */
  time: string | null
  /** Null until the venue or artist itself was told of. */
  venue: string | null
  city: string | null
  artist: string | null
  capacity: number | null
  priceCents: number | null
  currency: string | null
  /** Sold minus refunded. */
  ticketsSold: number
}

/** Minor units as ISO 4217 has them; `minorDigits` says how many stand after the point. */
export interface Amount {
  currency: string
  minor: number
}

export type SalesOf = "sale" | "concert"
export type SalesBy = "day" | "week" | "month"

export interface SalesQuery {
  /** By the day of the sale, in the venue's zone, or by that of the concert. */
  of?: SalesOf
  by?: SalesBy
  from?: string
  /** Exclusive. */
  to?: string
  venue?: string
  artist?: string
  city?: string
  concert?: string
}

export interface SalesResult {
  asOf: number
  of: SalesOf
  by: SalesBy
  /** Which days these are, in words. */
  calendar: string
  from: string | null
  to: string | null
  /** Periods without a sale or refund are left out. */
  items: { period: string; tickets: number; amounts: Amount[] }[]
  explain: string
}

export type TopOf = "artists" | "cities" | "works"
export type TopBy = "tickets" | "revenue" | "concerts"

export interface TopQuery {
  of: TopOf
  by?: TopBy
  from?: string
  to?: string
  days?: number
  venue?: string
  artist?: string
  city?: string
  /** Needed to rank by revenue where several currencies were taken. */
  currency?: string
  limit?: number
}

export interface TopItem {
  rank: number
  artistId?: string
  name: string
  /** An artist's genre, a city's country, a work's composer. */
  detail: string | null
  concerts: number
  ticketsSold: number
  revenueCents: number | null
  amounts: Amount[]
}

export interface TopResult {
  asOf: number
  of: TopOf
  by: TopBy
  calendar: string
  from: string
  to: string
  items: TopItem[]
  explain: string
}

/** How one concert does, beside its curve of sales. */
export interface ConcertFigures {
  asOf: number
  concertId: string
  title: string
  capacity: number | null
  tickets: { listed: number; sold: number; refunded: number; scanned: number }
  amounts: Amount[]
  /** `at` is epoch milliseconds. */
  prices: { at: number; priceCents: number; currency: string }[]
  views: { day: string; views: number; viewers: number }[]
  calendar: string
  timeZone: string
  explain: string
}

/** How old what pages show is, and what did not come in well; instants are epoch milliseconds. */
export interface FreshnessResult {
  at: number
  loadedAt: number | null
  streams: { stream: string; lastArrivalAt: number; loaded: boolean; lagMs: number; events: number; quarantined: number }[]
  tables: {
    table: string
    rows: number
    late: number
    early: number
    loads: number
    lastLoadAt: number
    lastArrivalAt: number | null
    rejected: { reason: string; events: number }[]
  }[]
  explain: string
}

export interface ShardProgress {
  stream: string
  shard: string
  /** Sequence number up to which the consumer has written objects; a decimal string. */
  consumed: string | null
  /** Sequence number up to which the warehouse holds them. */
  loaded: string | null
  arrivedAt: number | null
  counts: Record<string, number>
  /** Records since ever that were no events. */
  quarantined?: number
  /** How long the oldest object of the lake that the warehouse has not loaded has waited; 0 where it has all. */
  behindMs?: number
  recent: { id: string; type: string; at: number; label?: string }[]
}

export interface Progress {
  shards: ShardProgress[]
  at: number
  /** When the warehouse last finished a load, where the service says so. */
  loadedAt?: number | null
}

/** One load of the warehouse: files of one table, in one transaction. */
export interface Load {
  id: string
  table: string
  objects: number
  /** Rows of the files; those refused; those that were new. The others were known: repeats, or older versions. */
  staged: number
  rejected: number
  loaded: number
  at: number
}

/** A record of a stream that is no event, and what became of it. */
export interface QuarantinedRecord {
  id: string
  stream: string
  shard: string
  sequence: string
  /** `code: message` of what was wrong with it when it came. */
  reason: string
  /** Arrival in the stream. */
  at: number
  /** Bytes of the record, which is here as text where it is UTF-8, else in base64. */
  size: number
  text?: string
  base64?: string
  /** There is more of it than is here. */
  cut?: boolean
  /** `resubmitting` was begun and not ended: the same again ends it. */
  state: "open" | "resubmitting" | "resubmitted" | "discarded"
  /** The event that it became, and where that lies. */
  eventId?: string
  position?: { stream: string; shard: string; sequence: string }
  /** Id of who decided, and when. */
  by?: string
  decidedAt?: number
}

/** With what is wrong with it by the schemas of today. */
export interface QuarantinedDetail extends QuarantinedRecord {
  problem: { code: string; path: string; message: string } | null
}

export type PopularityBy = "score" | "concerts" | "tickets" | "revenue"

export interface VenuePopularity {
  rank: number
  venueId: string
  name: string
  city: string | null
  concerts: number
  ticketsSold: number
  revenueCents: number | null
  amounts: Amount[]
  /** Share of the capacity that sold, 0 to 1; null where no capacity is known. */
  sellThrough: number | null
  score: number
  /** Change against the window before, as a share (0.2 is 20 % more); null where that window has nothing. */
  trend: number | null
}

export interface PopularityResult {
  asOf: number | null
  from: string
  to: string
  /** How `score` comes about, in words. */
  explain?: string
  items: VenuePopularity[]
}

export interface PopularityQuery {
  days?: number
  from?: string
  to?: string
  by?: PopularityBy
  city?: string
  /** Needed to rank by revenue where several currencies were taken. */
  currency?: string
  limit?: number
}

/** What a prediction may be about. */
export type PredictionFactor = "seats" | "venue" | "artist" | "price" | "weekday" | "season" | "sales" | "views"

/** A concert of the warehouse (with `priceCents`: at another price), or one that is only thought of. */
export type PredictionQuery =
  | { concertId: string; priceCents?: number }
  | { artistId: string; venueId: string; startsAt: number; priceCents: number }

export interface Prediction {
  /** Tickets sold in the end. */
  expected: number
  low: number
  high: number
  /** Share of concerts that end between `low` and `high`. */
  coverage: number
  sellOutProbability: number
  /** The three strongest, with what they add or take. */
  reasons: { factor: PredictionFactor; tickets: number; text: string }[]
  sold: number
  /** On sale. */
  seats: number
  /** Of this prediction, in minor units. */
  priceCents: number | null
  currentPriceCents: number | null
  currency: string | null
  /** Past concerts that are known. */
  history: { artist: number; venue: number }
  model: {
    version: string
    trainedAt: number
    /** Mean of |error| / tickets sold on later concerts than it learned from. */
    mape: number
    /** Mean error in tickets on the same, and the share of them in the band; null where an endpoint answers. */
    error: number | null
    held: number | null
  }
  asOf: number
}

export interface ModelCard {
  version: string
  trainedAt: number
  coverage: number
  metrics: {
    concerts: number
    snapshots: number
    error: number
    mape: number
    coverage: number
    baselines: { venueMean: number; lastSimilar: number }
  }
  promoted: boolean
  reason: string
  isCurrent: boolean
}

export interface Models extends Page<ModelCard> {
  current: string | null
  lastTraining: { at: number; told: string } | null
}

/** Why something is recommended: for people in `text`. */
export interface RecommendationReason {
  kind: "follow" | "bought" | "viewed" | "similar" | "city" | "popular"
  text: string
  artistId?: string
}

export interface Recommendation {
  concertId: string
  title: string
  /** YYYY-MM-DD at the venue. */
  date: string
  startsAt: number | null
  artistId: string | null
  artist: string | null
  venueId: string
  venue: string | null
  city: string | null
  /** Greater fits better. */
  score: number
  /** At least one, weightiest first. */
  reasons: RecommendationReason[]
}

export interface Recommendations {
  items: Recommendation[]
  /** `popular` for whose taste is not known yet; `untrained` before anything was learned. */
  strategy: "personal" | "popular" | "untrained"
  trainedAt: number | null
}

export interface RecommendationFeedback {
  concertId: string
  kind: "shown" | "clicked" | "dismissed"
}
