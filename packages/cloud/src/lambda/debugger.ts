import { Session, url } from "node:inspector"

interface Thread {
  pausedMs: number
  /** Since when it stands at a breakpoint. */
  since: number | undefined
  onPaused(ms: number): void
}

/**
 * Knows which worker threads stand at a breakpoint. It listens beside whoever debugs: the protocol tells every session when a
 * thread is paused. https://chromedevtools.github.io/devtools-protocol/tot/Debugger/ · Node's NodeWorker domain
 */
class Breakpoints {
  private readonly session = new Session()
  private readonly threads = new Map<number, Thread>()
  private readonly sessions = new Map<string, number>()
  private pausedMs = 0
  private since: number | undefined

  constructor() {
    this.session.connect()
    const on = (event: string, take: (params: any) => void) =>
      this.session.on(event, (message: { params?: unknown }) => take(message.params))
    on("NodeWorker.attachedToWorker", ({ sessionId, workerInfo }) => {
      this.sessions.set(sessionId, Number(workerInfo.workerId))
      this.tell(sessionId, "Debugger.enable")
    })
    on("NodeWorker.detachedFromWorker", ({ sessionId }) => {
      this.resumed(this.sessions.get(sessionId))
      this.sessions.delete(sessionId)
    })
    on("NodeWorker.receivedMessageFromWorker", ({ sessionId, message }) => {
      // Most messages are Debugger.scriptParsed, long and of no interest.
      if (message.startsWith('{"method":"Debugger.paused"')) this.paused(this.sessions.get(sessionId))
      else if (message.startsWith('{"method":"Debugger.resumed"')) this.resumed(this.sessions.get(sessionId))
    })
    this.session.post("NodeWorker.enable", { waitForDebuggerOnStart: false })
  }

  /** Starts counting for a thread; `onPaused` gets the sum whenever it goes on. */
  watch(threadId: number, onPaused: (ms: number) => void): void {
    const known = this.threads.get(threadId)
    this.threads.set(threadId, { pausedMs: 0, since: known?.since, onPaused })
  }

  forget(threadId: number): void {
    this.resumed(threadId)
    this.threads.delete(threadId)
  }

  of(threadId: number): number {
    const thread = this.threads.get(threadId)
    return thread ? thread.pausedMs + (thread.since === undefined ? 0 : performance.now() - thread.since) : 0
  }

  all(): number {
    return this.pausedMs + (this.since === undefined ? 0 : performance.now() - this.since)
  }

  private tell(sessionId: string, method: string): void {
    this.session.post("NodeWorker.sendMessageToWorker", { sessionId, message: JSON.stringify({ id: 1, method }) }, () => {})
  }

  private paused(threadId: number | undefined): void {
    if (threadId === undefined) return
    const now = performance.now()
    this.since ??= now
    const thread = this.threads.get(threadId)
    if (thread) thread.since ??= now
    else this.threads.set(threadId, { pausedMs: 0, since: now, onPaused: () => {} })
  }

  private resumed(threadId: number | undefined): void {
    const thread = threadId === undefined ? undefined : this.threads.get(threadId)
    if (thread?.since === undefined) return
    thread.pausedMs += performance.now() - thread.since
    thread.since = undefined
    thread.onPaused(thread.pausedMs)
    if ([...this.threads.values()].some(({ since }) => since !== undefined)) return
    this.pausedMs += performance.now() - this.since!
    this.since = undefined
  }
}

let breakpoints: Breakpoints | undefined

/** The watch over breakpoints, where this process listens for a debugger; it costs nothing where it does not. */
export const debugging = (): Breakpoints | undefined => (url() === undefined ? breakpoints : (breakpoints ??= new Breakpoints()))

/** Milliseconds so far in which a handler stood at a breakpoint. Limits of time leave them out, or every look at a variable would end in a time-out. */
export const pausedMs = (): number => debugging()?.all() ?? 0
