import type { ActionName, Actions } from "../actions.ts"
import { ApiError, toApiError } from "../error.ts"
import type { Ticket } from "../wire.ts"
import { backOff, renewalDelay } from "./back-off.ts"
import { framesOf, type ServerFrame } from "./frames.ts"
import { createRequests, type Sending } from "./requests.ts"
import { createRights } from "./rights.ts"

/** `waiting`: the connection is down and the next attempt has a time; `closed`: for good. */
export type SocketState = "connecting" | "open" | "waiting" | "closed"

export type { ServerFrame }

/** The part of a WebSocket that is used; the browser's and `ws` both fit. */
export interface WebSocketLike {
  readyState: number
  onopen: ((event: never) => void) | null
  onmessage: ((event: never) => void) | null
  onclose: ((event: never) => void) | null
  onerror: ((event: never) => void) | null
  send(text: string): void
  close(code?: number): void
}

interface Options {
  getTicket(): Promise<Ticket>
  /** The session's access token: with it the connection's rights are renewed before they end. */
  getToken?(options?: { fresh?: boolean }): Promise<string>
  connect?: (url: string) => WebSocketLike
  random?: () => number
  /** API Gateway closes a connection after 10 idle minutes. */
  pingEveryMs?: number
  timeoutMs?: number
}

const OPEN = 1
/** A connection that is replaced is listened to for this long: frames already on their way still count. */
const LINGER_MS = 3_000
/** A network that went away says nothing; an attempt that hangs is given up. */
const DIAL_MS = 15_000
/** How long a connection may take to prove that it survived what the browser reported. */
const NUDGED_MS = 4_000

/**
 * One lasting connection: reconnects with back-off, replaces itself before the two-hour limit without a pause, and keeps
 * requests through both. Nothing connects before `start()`.
 */
export function createSocket({
  getTicket,
  getToken,
  connect,
  random = Math.random,
  pingEveryMs = 4.5 * 60_000,
  timeoutMs = 30_000,
}: Options) {
  const open = connect ?? ((url: string) => new WebSocket(url))
  const frameListeners = new Set<(frame: ServerFrame) => void>()
  const stateListeners = new Set<(state: SocketState) => void>()
  let state: SocketState = "closed"
  let current: WebSocketLike | undefined
  let opening: { socket?: WebSocketLike } | undefined
  let leaving: WebSocketLike | undefined
  let failures = 0
  let retryTimer: ReturnType<typeof setTimeout> | undefined
  let renewTimer: ReturnType<typeof setTimeout> | undefined
  let pingTimer: ReturnType<typeof setInterval> | undefined
  let dialTimer: ReturnType<typeof setTimeout> | undefined
  let lingerTimer: ReturnType<typeof setTimeout> | undefined
  let lastError: ApiError | undefined

  const requests = createRequests({
    timeoutMs,
    attempts: 3,
    write(text) {
      if (current?.readyState !== OPEN) return false
      current.send(text)
      return true
    },
  })

  const rights =
    getToken &&
    createRights({
      getToken,
      random,
      present: (token) => requests.make<{ expiresAt: number }>("auth.refresh", { token }, { once: true }),
      refused() {
        const socket = current
        drop(socket)
        lost(socket)
      },
    })

  function become(next: SocketState): void {
    if (next === state) return
    state = next
    for (const listener of stateListeners) listener(next)
  }

  function receive(text: unknown): void {
    for (const frame of framesOf(text)) {
      if ((frame.type === "ack" || frame.type === "error") && typeof frame.id === "string")
        requests.answer(frame as ServerFrame & { id: string })
      else for (const listener of frameListeners) listener(frame)
    }
  }

  function drop(socket: WebSocketLike | undefined): void {
    if (!socket) return
    socket.onopen = socket.onmessage = socket.onclose = null
    // A socket closed before it opened reports an error; nobody is interested any more.
    socket.onerror = () => undefined
    socket.close()
  }

  function adopt(socket: WebSocketLike): void {
    const previous = current
    current = socket
    opening = undefined
    failures = 0
    lastError = undefined
    clearTimeout(dialTimer)
    linger(previous)
    clearTimeout(renewTimer)
    clearInterval(pingTimer)
    renewTimer = setTimeout(() => void dial(), renewalDelay(random))
    pingTimer = setInterval(() => void check(), pingEveryMs)
    requests.resend()
    rights?.start()
    state = "open"
    // Also after a renewal: what was asked of the old connection (live frames of a run) has to be asked of this one.
    for (const listener of stateListeners) listener("open")
  }

  function linger(socket: WebSocketLike | undefined): void {
    endLinger()
    if (!socket) return
    leaving = socket
    socket.onclose = null
    lingerTimer = setTimeout(endLinger, LINGER_MS)
  }

  function endLinger(): void {
    clearTimeout(lingerTimer)
    drop(leaving)
    leaving = undefined
  }

  function lost(socket: WebSocketLike | undefined): void {
    if (state === "closed") return
    if (socket && socket === current) {
      current = undefined
      clearTimeout(renewTimer)
      clearInterval(pingTimer)
      rights?.stop()
      requests.pause()
    }
    // A failed renewal leaves the old connection in use and is tried again.
    if (!opening) return retryLater()
    if (!socket || opening.socket === socket) {
      opening = undefined
      retryLater()
    }
  }

  function retryLater(): void {
    clearTimeout(retryTimer)
    clearTimeout(dialTimer)
    retryTimer = setTimeout(() => void dial(), Math.max(lastError?.retryAfterMs ?? 0, backOff(failures++, random)))
    if (!current) become("waiting")
  }

  async function dial(): Promise<void> {
    if (state === "closed" || opening) return
    clearTimeout(retryTimer)
    const attempt: { socket?: WebSocketLike } = (opening = {})
    if (!current) become("connecting")
    try {
      const { ticket, url } = await getTicket()
      if (opening !== attempt) return
      const socket = open(`${url}${url.includes("?") ? "&" : "?"}ticket=${encodeURIComponent(ticket)}`)
      attempt.socket = socket
      dialTimer = setTimeout(() => {
        drop(socket)
        lost(socket)
      }, DIAL_MS)
      socket.onopen = () => adopt(socket)
      socket.onmessage = ((event: { data: unknown }) => receive(event.data)) as WebSocketLike["onmessage"]
      socket.onclose = () => lost(socket)
      socket.onerror = () => undefined
    } catch (thrown) {
      if (opening !== attempt) return
      lastError = toApiError(thrown)
      opening = undefined
      retryLater()
    }
  }

  /** Asks for a sign of life; a connection that gives none is dropped and replaced. */
  async function check(withinMs = 10_000): Promise<void> {
    const socket = current
    if (!socket) return
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), withinMs)
    try {
      await requests.make("ping", {}, { signal: late.signal, once: true })
    } catch {
      if (socket === current && late.signal.aborted) {
        drop(socket)
        lost(socket)
      }
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    get state(): SocketState {
      return state
    },
    get lastError(): ApiError | undefined {
      return lastError
    },
    start(): void {
      if (state !== "closed") return
      become("connecting")
      void dial()
    },
    /** Try now instead of waiting (the network came back, a person asked); with a connection, check it. */
    nudge(): void {
      if (state === "waiting") void dial()
      else if (state === "open") void check(NUDGED_MS)
    },
    /**
     * Sends `{action, id, …body}` and gives the ack; waits for a connection as long as it takes unless `signal` ends it, and moves
     * to the next connection unless it is for this one alone.
     */
    request<A extends ActionName>(action: A, body: Actions[A]["takes"], sending?: Sending): Promise<Actions[A]["gives"]> {
      if (state === "closed")
        return Promise.reject(new ApiError("unavailable.closed", "The connection is closed. Sign in again."))
      return requests.make(action, body, sending)
    },
    onFrame(listener: (frame: ServerFrame) => void): () => void {
      frameListeners.add(listener)
      return () => frameListeners.delete(listener)
    },
    onState(listener: (state: SocketState) => void): () => void {
      stateListeners.add(listener)
      return () => stateListeners.delete(listener)
    },
    close(): void {
      clearTimeout(retryTimer)
      clearTimeout(renewTimer)
      clearTimeout(dialTimer)
      clearInterval(pingTimer)
      endLinger()
      rights?.stop()
      const sockets = [current, opening?.socket]
      current = opening = undefined
      failures = 0
      become("closed")
      for (const socket of sockets) drop(socket)
      requests.failAll(new ApiError("unavailable.closed", "The connection is closed. Sign in again."))
    },
  }
}

export type Socket = ReturnType<typeof createSocket>
