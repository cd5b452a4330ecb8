import { type ApiError, toApiError } from "../error.ts"
import type { Client } from "../http.ts"
import type { Socket } from "../socket/index.ts"
import type { ChatFrame, RunEvent, RunState } from "../wire.ts"
import { createRunLog } from "./log.ts"
import { applyEvent, emptyView, isOver, type RunView } from "./view.ts"

interface Options {
  runId: string
  client: Pick<Client, "runs">
  socket: Pick<Socket, "onFrame" | "onState" | "request" | "state">
  onChange(view: RunView): void
  /** A fetch failed; following goes on by itself unless the run does not exist. */
  onError?(error: ApiError): void
}

/** Frames may overtake each other by a little; a gap that lasts longer is fetched. */
const GAP_MS = 120
/** Without an event for this long the log is read: the frame that was lost may have been the last one. */
const QUIET_MS = 4_000
const QUIET_OFFLINE_MS = 1_500
const QUIET_MOST_MS = 15_000

/**
 * Follows a run to its end over both ways it is told: live frames, which may be lost, and its log, which is the truth. Starts by
 * reading the log, so that a reload in the middle of an answer continues it. Gives the function that stops following.
 */
export function followRun({ runId, client, socket, onChange, onError }: Options): () => void {
  const log = createRunLog()
  const ended = new AbortController()
  let view = emptyView(runId)
  let reading = false
  let quietFor = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  function finish(): void {
    ended.abort()
    clearTimeout(timer)
    stopFrames()
    stopStates()
  }

  function take(events: readonly RunEvent[]): boolean {
    const readable = log.accept(events)
    for (const event of readable) view = applyEvent(view, event)
    if (readable.length > 0) onChange(view)
    return readable.length > 0
  }

  function settle(): void {
    if (ended.signal.aborted) return
    if (isOver(view.state) && log.firstBare === undefined) return finish()
    clearTimeout(timer)
    const wait = log.gap || (isOver(view.state) && log.firstBare !== undefined) ? GAP_MS : quiet()
    timer = setTimeout(() => void read(), wait)
  }

  const quiet = () => Math.min(QUIET_MOST_MS, (socket.state === "open" ? QUIET_MS : QUIET_OFFLINE_MS) * 1.5 ** quietFor)

  /** Reads the log from the first thing missing to its end. */
  async function read(): Promise<void> {
    if (reading || ended.signal.aborted) return
    reading = true
    try {
      let progress = false
      let state: RunState
      let more: boolean
      let after = Math.min(log.offset, (log.firstBare ?? Number.POSITIVE_INFINITY) - 1)
      do {
        const page = await client.runs.events(runId, after, ended.signal)
        progress = take(page.events) || progress
        state = page.state
        after = page.events.at(-1)?.offset ?? after
        more = page.next !== undefined && page.next !== null && page.events.length > 0
      } while (more && !ended.signal.aborted)
      quietFor = progress ? 0 : quietFor + 1
      // Long without news: asking by socket also lets the service notice a worker that died.
      if (quietFor > 2 && socket.state === "open") subscribe()
      if (isOver(view.state)) log.forgetBare()
      // A log without its last event, of a run that is over: nothing more will come.
      if (isOver(state) && !isOver(view.state) && !log.gap && !progress) close(state)
    } catch (thrown) {
      if (ended.signal.aborted) return
      const error = toApiError(thrown)
      quietFor++
      onError?.(error)
      if (error.status === 404 || error.status === 403) {
        view = { ...view, state: "error", error: { code: error.code, message: error.message } }
        onChange(view)
      }
    } finally {
      reading = false
    }
    settle()
  }

  function close(state: RunState): void {
    view = { ...view, state }
    onChange(view)
  }

  /** Asks this connection to carry the run's frames from here on; the log covers what it misses. */
  function subscribe(): void {
    socket.request("chat.resume", { run: runId, after: log.offset }, { signal: ended.signal }).catch(() => undefined)
  }

  const stopFrames = socket.onFrame((frame) => {
    if (frame.type !== "chat.event" || frame.run !== runId) return
    const { type: _type, run: _run, conversation: _conversation, ...event } = frame as unknown as ChatFrame
    quietFor = 0
    take([event])
    settle()
  })
  const stopStates = socket.onState((state) => {
    if (state !== "open") return
    subscribe()
    void read()
  })

  if (socket.state === "open") subscribe()
  void read()
  return finish
}
