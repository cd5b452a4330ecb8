import { errorOfResponse, networkError } from "./error.ts"
import type {
  ConcertSummary,
  Conversation,
  Me,
  Message,
  Page,
  PopularityQuery,
  PopularityResult,
  Progress,
  RunLog,
  Ticket,
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

  const id = encodeURIComponent
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
      list: (query: { from?: string; to?: string; cursor?: string; limit?: number } = {}, signal?: AbortSignal) =>
        request<Page<ConcertSummary>>("GET", "/concerts", { query, signal }),
    },
    ingest: { progress: (signal?: AbortSignal) => request<Progress>("GET", "/ingest/progress", { signal }) },
    realtime: { ticket: () => request<Ticket>("POST", "/realtime/ticket", { body: {} }) },
  }
}

export type Client = ReturnType<typeof createClient>
