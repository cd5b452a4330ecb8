import { errorOfResponse, networkError } from "./error.ts"
import type {
  ConcertFigures,
  ConcertSummary,
  Conversation,
  DocumentInfo,
  DocumentVersion,
  FreshnessResult,
  Listener,
  Load,
  LiveConnection,
  Me,
  Member,
  Message,
  ModelCard,
  Models,
  Page,
  PopularityQuery,
  PopularityResult,
  Prediction,
  PredictionQuery,
  Progress,
  QuarantinedDetail,
  QuarantinedRecord,
  RecommendationFeedback,
  Recommendations,
  Room,
  RoomMessage,
  RoomCall,
  RunLog,
  SalesQuery,
  SalesResult,
  Ticket,
  TopQuery,
  TopResult,
  Visibility,
} from "./wire.ts"

interface Options {
  /** Base address of the HTTP API, without a trailing slash. */
  httpUrl: string
  /** A valid access token. With `fresh` the one in hand was refused: get another or throw `auth.*`. */
  getToken(options?: { fresh?: boolean }): Promise<string>
  fetch?: typeof fetch
  /** A call without an answer is given up after this many milliseconds. */
  timeoutMs?: number
}

interface Call {
  query?: Record<string, string | number | undefined>
  body?: unknown
  signal?: AbortSignal
}

type Method = "GET" | "POST" | "PATCH" | "DELETE"

function address(base: string, path: string, query: Call["query"] = {}): string {
  const given = Object.entries(query).filter(
    (entry): entry is [string, string | number] => entry[1] !== undefined && entry[1] !== "",
  )
  const search = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString()
  return `${base.replace(/\/$/, "")}${path}${search ? `?${search}` : ""}`
}

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text()
  try {
    return text ? JSON.parse(text) : undefined
  } catch {
    return undefined
  }
}

/** Typed calls of the HTTP API. Every failure is an ApiError; a refused token is renewed once per call. */
export function createClient({ httpUrl, getToken, fetch: send = (...args) => fetch(...args), timeoutMs = 30_000 }: Options) {
  async function attempt(method: Method, path: string, call: Call, token: string): Promise<Response> {
    const limit = AbortSignal.timeout(timeoutMs)
    try {
      return await send(address(httpUrl, path, call.query), {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(call.body === undefined ? {} : { "content-type": "application/json" }),
        },
        body: call.body === undefined ? undefined : JSON.stringify(call.body),
        signal: call.signal ? AbortSignal.any([call.signal, limit]) : limit,
        referrerPolicy: "no-referrer",
      })
    } catch (cause) {
      if (call.signal?.aborted) throw cause
      throw networkError(cause)
    }
  }

  async function request<T>(method: Method, path: string, call: Call = {}): Promise<T> {
    let response = await attempt(method, path, call, await getToken())
    if (response.status === 401) response = await attempt(method, path, call, await getToken({ fresh: true }))
    const body = await bodyOf(response)
    if (!response.ok) throw errorOfResponse(response, body)
    return body as T
  }

  /** Twice: API Gateway decodes a path before it looks for the route and again for the parameter, so `%2F` would separate and a lone `%25` is refused. */
  const id = (text: string) => encodeURIComponent(encodeURIComponent(text))
  return {
    me: (signal?: AbortSignal) => request<Me>("GET", "/me", { signal }),
    conversations: {
      list: (query: { cursor?: string; limit?: number } = {}, signal?: AbortSignal) =>
        request<Page<Conversation>>("GET", "/conversations", { query, signal }),
      get: (conversation: string, signal?: AbortSignal) =>
        request<Conversation>("GET", `/conversations/${id(conversation)}`, { signal }),
      rename: (conversation: string, title: string) =>
        request<Conversation>("PATCH", `/conversations/${id(conversation)}`, { body: { title } }),
      remove: (conversation: string) => request<unknown>("DELETE", `/conversations/${id(conversation)}`),
      /** Oldest first. */
      messages: (conversation: string, query: { cursor?: string; limit?: number } = {}, signal?: AbortSignal) =>
        request<Page<Message>>("GET", `/conversations/${id(conversation)}/messages`, { query, signal }),
    },
    runs: {
      /** Events after an offset; `next` says that there are more. */
      events: (run: string, after: number, signal?: AbortSignal) =>
        request<RunLog>("GET", `/runs/${id(run)}`, { query: { after }, signal }),
      stop: (run: string) => request<unknown>("POST", `/runs/${id(run)}/stop`, { body: {} }),
    },
    venues: {
      popularity: (query: PopularityQuery, signal?: AbortSignal) =>
        request<PopularityResult>("GET", "/venues/popularity", { query: { ...query }, signal }),
    },
    concerts: {
      /** By date, oldest first. */
      list: (
        query: { from?: string; to?: string; q?: string; order?: "first" | "last"; cursor?: string; limit?: number } = {},
        signal?: AbortSignal,
      ) => request<Page<ConcertSummary>>("GET", "/concerts", { query, signal }),
      get: (concert: string, signal?: AbortSignal) => request<ConcertSummary>("GET", `/concerts/${id(concert)}`, { signal }),
    },
    analytics: {
      /** Tickets and amounts by the day of the sale or of the concert; of one concert its curve. */
      sales: (query: SalesQuery, signal?: AbortSignal) =>
        request<SalesResult>("GET", "/analytics/sales", { query: { ...query }, signal }),
      /** `input.currency` for a ranking by revenue where several were taken and none is named. */
      top: (query: TopQuery, signal?: AbortSignal) =>
        request<TopResult>("GET", "/analytics/top", { query: { ...query }, signal }),
      concert: (concert: string, signal?: AbortSignal) =>
        request<ConcertFigures>("GET", `/analytics/concerts/${id(concert)}`, { signal }),
      freshness: (signal?: AbortSignal) => request<FreshnessResult>("GET", "/analytics/freshness", { signal }),
    },
    predictions: {
      /** What a coming concert will sell in the end, and why. */
      tickets: (query: PredictionQuery, signal?: AbortSignal) =>
        request<Prediction>("POST", "/predictions/tickets", { body: query, signal }),
    },
    models: {
      /** Models of ticket sales with their errors, newest data first. */
      list: (query: { cursor?: string; limit?: number } = {}, signal?: AbortSignal) =>
        request<Models>("GET", "/models", { query, signal }),
      /** Trains now, for administrators; does not promote what is no better. */
      train: () =>
        request<{ outcome: string; told?: string; card?: Omit<ModelCard, "isCurrent"> }>("POST", "/models/train", { body: {} }),
      /** The model before, or the one that is named, answers from now on; for administrators. */
      rollback: (version?: string) =>
        request<{ current: string; before: string }>("POST", "/models/rollback", { body: { version } }),
    },
    recommendations: {
      /** Upcoming concerts for the person who asks, best first. `city` is a whole name. */
      list: (query: { limit?: number; city?: string } = {}, signal?: AbortSignal) =>
        request<Recommendations>("GET", "/recommendations", { query, signal }),
      /** What became of them, at most 50 at a time; what is dismissed does not come back. The same again changes nothing. */
      feedback: (items: readonly RecommendationFeedback[]) =>
        request<{ accepted: number }>("POST", "/recommendations/feedback", { body: { items } }),
    },
    ingest: {
      progress: (signal?: AbortSignal) => request<Progress>("GET", "/ingest/progress", { signal }),
      /** The last loads of the warehouse, newest first; for editors and administrators. */
      loads: (query: { limit?: number } = {}, signal?: AbortSignal) =>
        request<{ items: Load[]; asOf: number | null }>("GET", "/loads", { query, signal }),
    },
    /** Records that are no events; for editors and administrators. */
    quarantine: {
      /** Those that wait for a decision (`open`), or all; newest batches first. */
      list: (query: { state?: "open" | "all"; cursor?: string; limit?: number } = {}, signal?: AbortSignal) =>
        request<Page<QuarantinedRecord>>("GET", "/quarantine", { query, signal }),
      get: (record: string, signal?: AbortSignal) => request<QuarantinedDetail>("GET", `/quarantine/${id(record)}`, { signal }),
      /** Sends the mended event, or the record as it is; twice with the same event is once. */
      resubmit: (record: string, event?: unknown) =>
        request<QuarantinedRecord>("POST", `/quarantine/${id(record)}/resubmit`, { body: { event } }),
      discard: (record: string) => request<QuarantinedRecord>("POST", `/quarantine/${id(record)}/discard`, { body: {} }),
    },
    rooms: {
      list: (query: { cursor?: string; limit?: number } = {}, signal?: AbortSignal) =>
        request<Page<Room>>("GET", "/rooms", { query, signal }),
      get: (room: string, signal?: AbortSignal) => request<Room>("GET", `/rooms/${id(room)}`, { signal }),
      create: (body: { name: string; visibility: Visibility; members?: string[] }) => request<Room>("POST", "/rooms", { body }),
      /** The newest before a number, oldest first. */
      messages: (room: string, query: { before?: number; limit?: number } = {}, signal?: AbortSignal) =>
        request<Page<RoomMessage>>("GET", `/rooms/${id(room)}/messages`, { query, signal }),
      members: (room: string, query: { cursor?: string; limit?: number } = {}, signal?: AbortSignal) =>
        request<Page<Member>>("GET", `/rooms/${id(room)}/members`, { query, signal }),
      /** Events of an answer that the room asked for, with its receipts. */
      run: (room: string, run: string, after: number, signal?: AbortSignal) =>
        request<RunLog>("GET", `/rooms/${id(room)}/runs/${id(run)}`, { query: { after }, signal }),
      /** A token for the room's call, and who is in it; `conflict.not_configured` where no keys of LiveKit are set. */
      call: (room: string) => request<RoomCall>("POST", `/rooms/${id(room)}/call`, { body: {} }),
      /** Oneself into a public room, or somebody else by their id. */
      addMember: (room: string, body: { userId?: string; role?: "owner" | "member" } = {}) =>
        request<Member>("POST", `/rooms/${id(room)}/members`, { body }),
      /** Without `userId` oneself. With `ban` they cannot come back. */
      removeMember: (room: string, query: { userId?: string; ban?: "true" } = {}) =>
        request<unknown>("DELETE", `/rooms/${id(room)}/members`, { query }),
      /** Who listens right now; for its owner and administrators. */
      listeners: (room: string, query: { cursor?: string; limit?: number } = {}, signal?: AbortSignal) =>
        request<Page<Listener>>("GET", `/rooms/${id(room)}/connections`, { query, signal }),
      /** Says something to everybody who listens; for its owner and administrators. The same `clientId` again is the same notice. */
      notice: (room: string, body: { text: string; clientId?: string }) =>
        request<{ id: string; at: number }>("POST", `/rooms/${id(room)}/notices`, { body }),
    },
    notices: {
      /** Says something to everybody who is connected, `within` so many milliseconds; for administrators. */
      send: (body: { text: string; clientId?: string }) => request<{ id: string; within: number }>("POST", "/notices", { body }),
    },
    people: {
      /** For administrators. Pages open new connections after a while, unless the account is disabled. */
      connections: {
        list: (person: string, query: { cursor?: string; limit?: number } = {}, signal?: AbortSignal) =>
          request<Page<LiveConnection>>("GET", `/people/${id(person)}/connections`, { query, signal }),
        /** One of them, or all. */
        close: (person: string, connection?: string) =>
          request<{ closed: number }>(
            "DELETE",
            `/people/${id(person)}/connections${connection === undefined ? "" : `/${id(connection)}`}`,
          ),
      },
    },
    documents: {
      list: (query: { cursor?: string; limit?: number } = {}, signal?: AbortSignal) =>
        request<Page<DocumentInfo>>("GET", "/documents", { query, signal }),
      get: (document: string, signal?: AbortSignal) => request<DocumentInfo>("GET", `/documents/${id(document)}`, { signal }),
      create: (body: { title: string; room?: string; members?: string[] }) =>
        request<DocumentInfo>("POST", "/documents", { body }),
      /** `conflict.version` where somebody changed it since `version` was read. */
      change: (document: string, body: { version: number; title?: string; members?: string[] }) =>
        request<DocumentInfo>("PATCH", `/documents/${id(document)}`, { body }),
      /** Newest first. */
      versions: (document: string, query: { cursor?: string; limit?: number } = {}, signal?: AbortSignal) =>
        request<Page<DocumentVersion>>("GET", `/documents/${id(document)}/versions`, { query, signal }),
      /** Brings a version back as one more edit. */
      restore: (document: string, version: number, clientId: string) =>
        request<{ seq: number }>("POST", `/documents/${id(document)}/restore`, { body: { version, clientId } }),
    },
    realtime: { ticket: () => request<Ticket>("POST", "/realtime/ticket", { body: {} }) },
  }
}

export type Client = ReturnType<typeof createClient>
