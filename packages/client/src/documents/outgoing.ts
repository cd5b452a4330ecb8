import { type ApiError, toApiError } from "../error.ts"
import { backOff } from "../socket/back-off.ts"
import { toBase64 } from "./base64.ts"
import type { UpdateAck, UpdateBody } from "./frames.ts"

interface Options {
  send(body: UpdateBody): Promise<UpdateAck>
  merge(updates: Uint8Array[]): Uint8Array
  /** The service stored an update at this position. */
  stored(seq: number): void
  changed(): void
  refused(error: ApiError): void
  random: () => number
  batchMs: number
}

/** API Gateway closes a connection for a frame above 32 KB; base64 makes four bytes of three. */
const PART_BYTES = 16 * 1024

interface Sending {
  clientId: string
  parts: Uint8Array[]
  update: Uint8Array
  /** Some of its parts may be there already. */
  started: boolean
}

/**
 * Local edits on their way: collected for a moment, sent as one update at a time, kept until acknowledged and sent again with the same
 * `clientId`. A large one travels in parts; after a break its last part is sent first, since the answer names those that are missing.
 */
export function createOutgoing({ send, merge, stored, changed, refused, random, batchMs }: Options) {
  let waiting: Uint8Array[] = []
  let sending: Sending | undefined
  let open = false
  let turn = 0
  let failures = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  function plan(ms: number): void {
    if (!open || timer) return
    timer = setTimeout(() => {
      timer = undefined
      void pump()
    }, ms)
  }

  function take(): Sending {
    const update = merge(waiting)
    waiting = []
    const parts: Uint8Array[] = []
    for (let from = 0; from < update.length; from += PART_BYTES) parts.push(update.subarray(from, from + PART_BYTES))
    return { clientId: crypto.randomUUID(), parts, update, started: false }
  }

  async function pump(): Promise<void> {
    if (!open || (!sending && waiting.length === 0)) return
    const started = turn
    const current = (sending ??= take())
    try {
      const seq = await transmit(current, () => started === turn)
      if (started !== turn) return
      sending = undefined
      failures = 0
      stored(seq)
      changed()
      if (waiting.length > 0) plan(0)
    } catch (thrown) {
      if (started !== turn) return
      failed(toApiError(thrown))
    }
  }

  async function transmit(current: Sending, isCurrent: () => boolean): Promise<number> {
    const { clientId, parts } = current
    const of = parts.length
    const put = (part: number) => send({ update: toBase64(parts[part - 1]!), clientId, ...(of > 1 ? { part, of } : {}) })
    let missing = current.started ? [] : Array.from({ length: of - 1 }, (_, index) => index + 1)
    current.started = true
    for (;;) {
      for (const part of missing) {
        await put(part)
        if (!isCurrent()) return 0
      }
      const ack = await put(of)
      if ("seq" in ack) return ack.seq
      missing = ack.missing ?? []
    }
  }

  function failed(error: ApiError): void {
    if (error.code === "unavailable.connection") return pause()
    if (error.retryAfterMs !== undefined || /^(unavailable|internal|limit\.rate|conflict\.busy)/.test(error.code))
      return plan(error.retryAfterMs ?? backOff(failures++, random))
    // It will never be taken: what is written from here on still may be.
    sending = undefined
    refused(error)
    changed()
    plan(0)
  }

  function pause(): void {
    open = false
    turn++
    clearTimeout(timer)
    timer = undefined
  }

  return {
    /** Everything that the service has not acknowledged, as one update. */
    get unsaved(): Uint8Array | undefined {
      const all = [...(sending ? [sending.update] : []), ...waiting]
      return all.length > 0 ? merge(all) : undefined
    },
    get isEmpty(): boolean {
      return !sending && waiting.length === 0
    },
    add(update: Uint8Array): void {
      waiting.push(update)
      changed()
      if (!sending) plan(batchMs)
    },
    /** The document is joined on a new connection. */
    resume(): void {
      pause()
      open = true
      plan(0)
    },
    pause,
  }
}
