import { ApiError, errorOfFrame } from "../error.ts"

interface Frame {
  action: string
  body: object
}

interface Pending extends Frame {
  id: string
  attempts: number
  /** Belongs to one connection: it fails with that connection instead of moving to the next. */
  once: boolean
  timer?: ReturnType<typeof setTimeout>
  resolve(answer: unknown): void
  reject(error: ApiError): void
}

interface Options {
  /** Puts a frame on the wire; false when there is none to put it on. */
  write(text: string): boolean
  timeoutMs: number
  /** Frames without an answer are written this often before the request fails. */
  attempts: number
}

/** How a request travels. */
export interface Sending {
  signal?: AbortSignal
  /** For this connection only: without one, or when it goes, the request fails with `unavailable.connection`. */
  once?: boolean
}

const cancelled = () => new ApiError("cancelled", "The request was cancelled.")
/** API Gateway closes a connection for a larger frame, and a request that is sent again would close the next one too. */
const MOST_BYTES = 32 * 1024
/** A UTF-16 unit is at most three bytes. */
const isTooLarge = (text: string): boolean => text.length * 3 > MOST_BYTES && new TextEncoder().encode(text).length > MOST_BYTES
const tooLarge = () => new ApiError("limit.size", "This is more than one frame of 32 KB holds. Send less at once.")
const connectionDown = () => new ApiError("unavailable.connection", "The connection is down. It is tried again by itself.")

/**
 * Requests waiting for their ack, in the order they were made. Frames carry a `clientId` or are harmless to repeat, so one
 * that got no answer, or lost its connection, is written again as it was.
 */
export function createRequests({ write, timeoutMs, attempts }: Options) {
  const pending = new Map<string, Pending>()
  let count = 0

  function settle(id: string): Pending | undefined {
    const request = pending.get(id)
    if (request) clearTimeout(request.timer)
    pending.delete(id)
    return request
  }

  function transmit(request: Pending): void {
    clearTimeout(request.timer)
    const text = JSON.stringify({ action: request.action, id: request.id, ...request.body })
    if (isTooLarge(text)) return settle(request.id)?.reject(tooLarge())
    if (!write(text)) {
      if (request.once) settle(request.id)?.reject(connectionDown())
      return
    }
    request.attempts++
    request.timer = setTimeout(() => {
      if (request.attempts < attempts && !request.once) return transmit(request)
      settle(request.id)?.reject(
        new ApiError("unavailable.no_answer", "The service did not answer in time. Try again; nothing is sent twice.", {}),
      )
    }, timeoutMs)
  }

  function failOnce(): void {
    for (const { id, once } of pending.values()) if (once) settle(id)?.reject(connectionDown())
  }

  return {
    make<T>(action: string, body: object, { signal, once = false }: Sending = {}): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        if (signal?.aborted) return reject(cancelled())
        const request: Pending = {
          id: `r${++count}`,
          action,
          body,
          attempts: 0,
          once,
          resolve: (answer) => resolve(answer as T),
          reject,
        }
        pending.set(request.id, request)
        signal?.addEventListener("abort", () => settle(request.id)?.reject(cancelled()), { once: true })
        transmit(request)
      })
    },
    /** Takes an ack or error frame; false when no request waits for it (a second answer after a resend). */
    answer(frame: { type: string; id: string; [key: string]: unknown }): boolean {
      const request = settle(frame.id)
      if (!request) return false
      if (frame.type === "ack") request.resolve(frame)
      else request.reject(errorOfFrame(frame))
      return true
    },
    /** The connection is gone: clocks stop until `resend`. */
    pause(): void {
      failOnce()
      for (const request of pending.values()) clearTimeout(request.timer)
    },
    /** A new connection: everything unanswered goes out again, oldest first. */
    resend(): void {
      failOnce()
      for (const request of pending.values()) {
        request.attempts = 0
        transmit(request)
      }
    },
    failAll(error: ApiError): void {
      for (const id of pending.keys()) settle(id)?.reject(error)
    },
    get size(): number {
      return pending.size
    },
  }
}
