import { type Client, followRun, isOver, type RunView, type Socket, toApiError } from "@backline/client"
import { emptyOutbox, readOutbox, type Send, writeOutbox } from "./outbox.ts"

/** The thread of questions that have no conversation yet. */
export const NEW_THREAD = "new"

export interface Chat {
  /** Questions of this tab, oldest first; the server's own list replaces them once it has them. */
  sends: readonly Send[]
  /** Runs being followed or followed to their end, by run id. */
  runs: ReadonlyMap<string, RunView>
}

interface Options {
  client: Pick<Client, "runs">
  socket: Socket
  /** A question was taken, or an answer ended: lists of the server are worth reading again. */
  onStored(conversation: string): void
}

/**
 * Questions on their way and answers under way, outside of any page so that going from page to page interrupts neither. Questions
 * of one thread go out one after the other, each when the answer before it has ended; a repeated send keeps its `clientId`.
 */
export function createChat({ client, socket, onStored }: Options) {
  const listeners = new Set<() => void>()
  const stops = new Map<string, { conversation: string; stop: () => void }>()
  let sends: readonly Send[] = readOutbox()
  let runs: ReadonlyMap<string, RunView> = new Map()
  let snapshot: Chat = { sends, runs }
  let generation = 0

  function publish(): void {
    snapshot = { sends, runs }
    for (const listener of listeners) listener()
  }

  function change(clientId: string, changes: Partial<Send>): void {
    sends = sends.map((send) => (send.clientId === clientId ? { ...send, ...changes } : send))
    writeOutbox(sends)
    publish()
  }

  const busy = (thread: string): boolean =>
    sends.some((send) => send.thread === thread && (send.state === "sending" || send.state === "failed")) ||
    [...stops].some(([run, { conversation }]) => conversation === thread && !isOver(runs.get(run)?.state ?? "queued"))

  function pump(thread: string): void {
    const next = sends.find((send) => send.thread === thread && send.state === "waiting")
    if (next && !busy(thread)) void transmit(next)
  }

  async function transmit({ clientId, text, thread }: Send): Promise<void> {
    const started = generation
    change(clientId, { state: "sending", error: undefined })
    try {
      const conversation = thread === NEW_THREAD ? undefined : thread
      const sent = await socket.request("chat.send", { text, clientId, ...(conversation ? { conversation } : {}) })
      if (started !== generation) return
      // Questions asked while the first one was on its way belong to the conversation it opened.
      if (thread === NEW_THREAD)
        sends = sends.map((send) => (send.thread === NEW_THREAD ? { ...send, thread: sent.conversation } : send))
      follow(sent.run, sent.conversation)
      change(clientId, { state: "sent", run: sent.run, message: sent.message, opener: conversation === undefined })
      onStored(sent.conversation)
    } catch (thrown) {
      if (started === generation) change(clientId, { state: "failed", error: toApiError(thrown) })
    }
  }

  function follow(run: string, conversation: string): void {
    if (stops.has(run)) return
    const stop = followRun({
      runId: run,
      client,
      socket,
      onChange(view) {
        const ended = isOver(view.state) && !isOver(runs.get(run)?.state ?? "queued")
        runs = new Map(runs).set(run, view)
        publish()
        if (!ended) return
        onStored(conversation)
        pump(conversation)
      },
    })
    stops.set(run, { conversation, stop })
    publish()
  }

  return {
    get: (): Chat => snapshot,
    subscribe(listener: () => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    send(thread: string, text: string): void {
      const clientId = crypto.randomUUID()
      sends = [...sends, { clientId, thread, text, state: "waiting", createdAt: Date.now() }]
      writeOutbox(sends)
      publish()
      pump(thread)
    },
    /** Sends what a reload interrupted; the same `clientId` makes it the same question. */
    resume(): void {
      for (const thread of new Set(sends.map((send) => send.thread))) pump(thread)
    },
    retry(clientId: string): void {
      const send = sends.find((each) => each.clientId === clientId)
      if (send?.state === "failed") void transmit(send)
    },
    discard(clientId: string): void {
      const thread = sends.find((each) => each.clientId === clientId)?.thread
      sends = sends.filter((each) => each.clientId !== clientId)
      writeOutbox(sends)
      publish()
      if (thread) pump(thread)
    },
    /** Its conversation is deleted: nothing more goes there. */
    drop(thread: string): void {
      sends = sends.filter((each) => each.thread !== thread)
      writeOutbox(sends)
      publish()
    },
    follow,
    stop: (run: string): Promise<unknown> => client.runs.stop(run),
    /** Forgets everything, for the next person at this screen. */
    clear(): void {
      generation++
      for (const { stop } of stops.values()) stop()
      stops.clear()
      sends = []
      runs = new Map()
      emptyOutbox()
      publish()
    },
  }
}

export type ChatStore = ReturnType<typeof createChat>
export type { Send }
