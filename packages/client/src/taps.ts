import { type ApiError, toApiError } from "./error.ts"
import type { Socket } from "./socket/index.ts"
import type { TapEvent, TapTarget } from "./wire.ts"

/** Well within the ten minutes of a lease, also where a hidden page's timers are late. */
const RENEW_MS = 4 * 60_000
const AGAIN_MS = 5_000
/** Lines that are kept unless told otherwise. */
const KEPT = 500

/** `n` counts from 1. */
export type TapLine = TapEvent & { n: number }

export interface TapView {
  /** `waiting`: the connection is down, and it goes on with the next; `refused`: `error` says why, and only `retry` goes on. */
  status: "starting" | "live" | "waiting" | "refused"
  /** Oldest first. */
  lines: readonly TapLine[]
  /** Caught by the service and not sent, where more came in a second than it tells. */
  leftOut: number
  error?: ApiError
}

/** Watches a room or a person, from every connection anew, until `close`. The same view until something changes. */
export function watchTap(
  socket: Pick<Socket, "request" | "onFrame" | "onState" | "state">,
  target: TapTarget,
  { keep = KEPT }: { keep?: number } = {},
) {
  let view: TapView = { status: "starting", lines: [], leftOut: 0 }
  const listeners = new Set<() => void>()
  /** What the service caught and what came, by tap: each connection has one of its own. */
  const counts = new Map<string, { caught: number; came: number }>()
  let current: string | undefined
  let attempt = 0
  let count = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  function become(changes: Partial<TapView>): void {
    view = { ...view, ...changes }
    for (const listener of listeners) listener()
  }

  function later(ms: number): void {
    clearTimeout(timer)
    timer = setTimeout(() => void start(), ms)
  }

  async function start(): Promise<void> {
    const mine = ++attempt
    clearTimeout(timer)
    try {
      const { tap } = await socket.request("tap.start", target, { once: true })
      if (mine !== attempt) return
      if (!counts.has(tap)) counts.set(tap, { caught: 0, came: 0 })
      current = tap
      become({ status: "live", error: undefined })
      later(RENEW_MS)
    } catch (thrown) {
      if (mine !== attempt) return
      const error = toApiError(thrown)
      // After a lost connection its own tap may still hold a place.
      const passes = error.kind === "unavailable" || (error.code === "limit.taps" && counts.size > 0)
      become({ status: passes ? "waiting" : "refused", error })
      if (passes) later(AGAIN_MS)
    }
  }

  const stopFrames = socket.onFrame(({ type, tap, caught, events }) => {
    const counted = type === "tap" ? counts.get(tap as string) : undefined
    if (!counted || !Array.isArray(events)) return
    counted.caught = Math.max(counted.caught, Number(caught))
    counted.came += events.length
    const lines = [...view.lines, ...(events as TapEvent[]).map((event) => ({ ...event, n: ++count }))].slice(-keep)
    const leftOut = [...counts.values()].reduce((sum, each) => sum + Math.max(0, each.caught - each.came), 0)
    become({ lines, leftOut })
  })
  const stopStates = socket.onState((state) => {
    if (state === "open") void start()
    else if (view.status === "live") become({ status: "waiting" })
  })
  if (socket.state === "open") void start()

  return {
    get: () => view,
    subscribe(listener: () => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    /** Forgets the lines so far. */
    clear(): void {
      for (const each of counts.values()) each.came = each.caught
      become({ lines: [], leftOut: 0 })
    },
    /** Asks again after it was refused. */
    retry(): void {
      become({ status: "starting", error: undefined })
      void start()
    },
    close(): void {
      attempt++
      clearTimeout(timer)
      stopFrames()
      stopStates()
      listeners.clear()
      if (current !== undefined) socket.request("tap.stop", { tap: current }, { once: true }).catch(() => undefined)
    },
  }
}

export type Tap = ReturnType<typeof watchTap>
