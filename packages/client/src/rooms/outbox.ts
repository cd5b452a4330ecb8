import { type ApiError, toApiError } from "../error.ts"
import { backOff } from "../socket/back-off.ts"
import type { MessageSent } from "../wire.ts"

/** A message of this client that the service has not taken yet. `refused`: it never will as it is; `error` says why. */
export interface Unsent {
  clientId: string
  text: string
  at: number
  state: "waiting" | "sending" | "refused"
  error?: ApiError
}

interface Options {
  /** Sends on the present connection; fails with it. */
  send(body: { text: string; clientId: string; n: number }): Promise<MessageSent>
  /** The service took it: the message has a place. */
  taken(message: Unsent, sent: MessageSent): void
  changed(): void
  random: () => number
}

/** Messages under way at once; `n` keeps their order where the service works on several at a time. */
const WINDOW = 16

/** What time can mend; everything else is refused for good. */
const passes = ({ code, retryAfterMs }: ApiError): boolean =>
  retryAfterMs !== undefined || code === "internal" || code === "limit.rate" || code.startsWith("unavailable")

/**
 * The outgoing buffer of one room: keeps each message until it is acknowledged and their order whatever happens. A message goes out
 * again with the same `clientId` on the next connection and after 30 s without an answer. `n` counts this connection's messages: the
 * service takes them only in that order and answers `conflict.order` with the number it expects, from where they are sent again.
 */
export function createOutbox({ send, taken, changed, random }: Options) {
  let entries: { message: Unsent; n: number }[] = []
  let open = false
  let nextN = 1
  let turn = 0
  /** Requests of this turn without an answer. */
  let underWay = 0
  let width = WINDOW
  let failures = 0
  let halt: { waitMs: number; least: number; expected?: number } | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const entryOf = (clientId: string) => entries.find(({ message }) => message.clientId === clientId)

  function set(clientId: string, change: Partial<Unsent>): void {
    const entry = entryOf(clientId)
    if (entry) entry.message = { ...entry.message, ...change }
    changed()
  }

  function pump(): void {
    if (!open || halt) return
    for (const entry of entries) {
      if (underWay >= width) return
      if (entry.message.state !== "waiting") continue
      underWay++
      entry.n = nextN++
      set(entry.message.clientId, { state: "sending" })
      void transmit(entry, turn)
    }
  }

  async function transmit({ message: { clientId, text }, n }: { message: Unsent; n: number }, started: number): Promise<void> {
    try {
      const sent = await send({ text, clientId, n })
      if (started === turn) underWay--
      if (!halt) failures = 0
      width = Math.min(WINDOW, width + 1)
      if (halt) halt.expected = Math.max(halt.expected ?? 0, n + 1)
      const entry = entryOf(clientId)
      entries = entries.filter((each) => each !== entry)
      // A message that was sent again may be answered twice.
      if (entry) taken(entry.message, sent)
      changed()
    } catch (thrown) {
      if (started !== turn) return
      underWay--
      if (entryOf(clientId)) failed(clientId, n, toApiError(thrown))
    }
    settled()
  }

  function failed(clientId: string, n: number, error: ApiError): void {
    if (error.code === "unavailable.connection") return pause()
    if (error.code !== "conflict.order" && !passes(error)) return set(clientId, { state: "refused", error })
    set(clientId, { state: "waiting" })
    if (!halt) failures++
    halt ??= { waitMs: 0, least: n }
    halt.least = Math.min(halt.least, n)
    if (error.code === "conflict.order") {
      halt.expected = Math.max(halt.expected ?? 0, error.expected ?? 0)
      // The one it waits for was on its way; only a conflict that stays is worth a wait.
      if (failures > 3) halt.waitMs = Math.max(halt.waitMs, backOff(failures - 3, random))
    } else if (error.code !== "unavailable.no_answer")
      halt.waitMs = Math.max(halt.waitMs, error.retryAfterMs ?? backOff(failures - 1, random))
  }

  /**
   * After a failure nothing new leaves until all that is under way is answered: a late frame of an older numbering could otherwise
   * take a later place. Then what is unanswered goes out once more, in order; the first of them alone, until its number proved right.
   */
  function settled(): void {
    if (!halt) return pump()
    if (underWay > 0 || timer) return
    nextN = halt.expected || halt.least
    width = 1
    timer = setTimeout(() => {
      timer = halt = undefined
      pump()
    }, halt.waitMs)
  }

  function pause(): void {
    open = false
    turn++
    underWay = 0
    clearTimeout(timer)
    timer = halt = undefined
    for (const entry of entries) if (entry.message.state === "sending") entry.message = { ...entry.message, state: "waiting" }
    changed()
  }

  return {
    get unsent(): readonly Unsent[] {
      return entries.map(({ message }) => message)
    },
    add(message: Unsent): void {
      entries.push({ message, n: 0 })
      changed()
      pump()
    },
    /** The room is joined on a new connection: numbering starts over. */
    resume(): void {
      pause()
      open = true
      nextN = 1
      failures = 0
      width = WINDOW
      pump()
    },
    pause,
    /** Tries a refused message once more; it keeps its place. */
    retry(clientId: string): void {
      if (entryOf(clientId)?.message.state !== "refused") return
      set(clientId, { state: "waiting", error: undefined })
      pump()
    },
    /** Gives up a message that is not under way. */
    discard(clientId: string): void {
      const entry = entryOf(clientId)
      if (!entry || entry.message.state === "sending") return
      entries = entries.filter((each) => each !== entry)
      changed()
    },
    /** The message is known to have its place already. */
    seen(clientId: string): void {
      if (!entryOf(clientId)) return
      entries = entries.filter(({ message }) => message.clientId !== clientId)
      changed()
    },
  }
}
