import type { EventInput } from "@backline/core/event"
import { Mistake, type Target } from "./target.ts"

export interface Position {
  stream: string
  shard: string
  sequence: string
}

/** What became of the events so far. */
export interface Account {
  accepted: number
  /** By code: how many, and the first message as an example. */
  rejected: Map<string, { count: number; example: string }>
  /** Greatest sequence number by `<stream>#<shard>`. */
  positions: Map<string, Position>
  /** Requests that were sent again, in whole or in part. */
  retries: number
}

export interface Options {
  /** Requests in flight. */
  inFlight?: number
  /** Events a second; as fast as the API takes them without it. */
  rate?: number
  signal?: AbortSignal
  /** After so long without a single accepted event the producer gives up. */
  patienceMs?: number
  onAccepted?: (account: Account) => void
}

const MOST_EVENTS = 500
/** Half of Lambda's 6 MB request, whatever an event's size. */
const MOST_BYTES = 3_000_000
const isRetryable = (code: string): boolean => code.startsWith("limit.rate") || code.startsWith("unavailable.")

const pause = (ms: number, signal?: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop)
      resolve()
    }, ms)
    if (signal?.aborted) stop()
    else signal?.addEventListener("abort", stop, { once: true })
  })

interface Answer {
  accepted?: number
  rejected?: { index: number; code: string; message: string }[]
  positions?: Position[]
  code?: string
  message?: string
  details?: { path: string; message: string }[]
}

/** Sends events to POST /events in batches, several at a time, and sends again exactly what may still be accepted. */
export function createProducer(target: Target, { inFlight = 4, rate, signal, patienceMs = 60_000, onAccepted }: Options = {}) {
  const account: Account = { accepted: 0, rejected: new Map(), positions: new Map(), retries: 0 }
  const batchSize = rate ? Math.min(MOST_EVENTS, Math.max(1, Math.ceil(rate / 4))) : MOST_EVENTS
  const running = new Set<Promise<void>>()
  let failure: unknown
  let batch: EventInput[] = []
  let bytes = 0
  let due = 0

  function reject(code: string, message: string): void {
    const known = account.rejected.get(code)
    if (known) known.count++
    else account.rejected.set(code, { count: 1, example: message })
  }

  function note(answer: Answer): void {
    account.accepted += answer.accepted ?? 0
    for (const position of answer.positions ?? []) {
      const key = `${position.stream}#${position.shard}`
      const known = account.positions.get(key)
      if (!known || BigInt(known.sequence) < BigInt(position.sequence)) account.positions.set(key, position)
    }
    onAccepted?.(account)
  }

  async function post(
    events: readonly EventInput[],
    fresh: boolean,
  ): Promise<{ status: number; answer: Answer; waitMs?: number }> {
    const headers = { "content-type": "application/json", authorization: `Bearer ${await target.token(fresh)}` }
    const abort = [AbortSignal.timeout(35_000), ...(signal ? [signal] : [])]
    try {
      const response = await fetch(`${target.http}/events`, {
        method: "POST",
        headers,
        body: JSON.stringify({ events }),
        signal: AbortSignal.any(abort),
      })
      const seconds = Number(response.headers.get("retry-after"))
      const answer = (await response.json().catch(() => ({}))) as Answer
      return { status: response.status, answer, waitMs: seconds > 0 ? seconds * 1000 : undefined }
    } catch (error) {
      signal?.throwIfAborted()
      return { status: 0, answer: { message: (error as Error).message } }
    }
  }

  /** Handles an answer: returns the events that have to be sent again. */
  function settle(events: readonly EventInput[], status: number, answer: Answer): readonly EventInput[] {
    if (status === 202) {
      note(answer)
      const again: EventInput[] = []
      for (const { index, code, message } of answer.rejected ?? []) {
        if (isRetryable(code)) again.push(events[index]!)
        else reject(code, message)
      }
      return again
    }
    if (status === 403) throw new Mistake(`${answer.message ?? "Forbidden"} Events need the role editor or admin.`)
    if (status === 400) {
      const problems = new Map((answer.details ?? []).map(({ path, message }) => [path, message]))
      for (const index of events.keys())
        reject(answer.code ?? "input", problems.get(`events.${index}`) ?? answer.message ?? "refused")
      return []
    }
    if (status === 0 || status === 429 || status >= 500) return events
    throw new Mistake(
      `POST ${target.http}/events answered ${status}${answer.message ? ` (${answer.message})` : ""}: is this the address of a Backline API?`,
    )
  }

  async function deliver(events: readonly EventInput[]): Promise<void> {
    let left = events
    let since = Date.now()
    let refused = false
    for (let attempt = 0; left.length > 0; attempt++) {
      const { status, answer, waitMs } = await post(left, refused)
      if (status === 401 && !refused) {
        refused = true
        continue
      }
      if (status === 401)
        throw new Mistake("The sign-in was refused: give a token of an editor or admin with --token or BACKLINE_TOKEN.")
      refused = false
      if (status === 413 && left.length > 1) {
        const half = Math.ceil(left.length / 2)
        await deliver(left.slice(0, half))
        left = left.slice(half)
        continue
      }
      if (status === 413) return reject("limit.size", "the event is larger than the API takes")
      const before = left.length
      left = settle(left, status, answer)
      if (left.length === 0) return
      account.retries++
      if (left.length < before) [since, attempt] = [Date.now(), 0]
      if (Date.now() - since > patienceMs)
        throw new Mistake(
          `${target.http} took no events for ${Math.round(patienceMs / 1000)} s (last answer: ${status || answer.message}). Run the same command again later: what arrived counts once.`,
        )
      await pause(waitMs ?? Math.random() * Math.min(5_000, 200 * 2 ** attempt) + 50, signal)
    }
  }

  async function dispatch(): Promise<void> {
    const events = batch
    batch = []
    bytes = 0
    if (events.length === 0) return
    if (rate) {
      const start = Math.max(due, Date.now())
      due = start + (events.length / rate) * 1000
      if (start > Date.now()) await pause(start - Date.now(), signal)
    }
    while (running.size >= inFlight) await Promise.race(running)
    if (failure) throw failure
    const delivery: Promise<void> = deliver(events)
      .catch((error: unknown) => {
        failure ??= error
      })
      .finally(() => running.delete(delivery))
    running.add(delivery)
  }

  return {
    account,
    /** Takes one event; waits while enough requests are in flight. Throws what ended the producer. */
    async push(event: EventInput): Promise<void> {
      if (failure) throw failure
      batch.push(event)
      bytes += JSON.stringify(event).length
      if (batch.length >= batchSize || bytes >= MOST_BYTES) await dispatch()
    },
    /** Sends what is left and waits for every answer. */
    async flush(): Promise<Account> {
      await dispatch()
      while (running.size > 0) await Promise.race(running)
      if (failure) throw failure
      return account
    },
  }
}

export type Producer = ReturnType<typeof createProducer>
