import { Awareness } from "y-protocols/awareness"
import * as Y from "yjs"
import { type ApiError, toApiError } from "../error.ts"
import type { Client } from "../http.ts"
import { backOff } from "../socket/back-off.ts"
import type { ServerFrame, Socket } from "../socket/index.ts"
import { fromBase64 } from "./base64.ts"
import { createCursors } from "./cursors.ts"
import { createIncoming } from "./incoming.ts"
import { createOutgoing } from "./outgoing.ts"
import { createPosition } from "./position.ts"
import { type EditStore, readEdits, writeEdits } from "./store.ts"

interface Options {
  id: string
  socket: Pick<Socket, "onFrame" | "onState" | "request" | "state">
  /** With it a lost last frame is noticed too: the position is asked for now and then. */
  client?: Pick<Client, "documents">
  doc?: Y.Doc
  awareness?: Awareness
  /** Keeps edits that were not acknowledged over a reload; in a browser sessionStorage. */
  store?: EditStore
  random?: () => number
  batchMs?: number
  checkEveryMs?: number
}

export interface DocumentView {
  /** `behind`: the connection is down, edits are kept. `refused`: the document is not there or not open to this person. */
  status: "joining" | "live" | "behind" | "refused"
  /** It was read to its end at least once. */
  isLoaded: boolean
  /** The service has every edit of this client. */
  isSaved: boolean
  error?: ApiError
}

/** Updates may overtake each other by a little; a gap that lasts longer is fetched. */
const GAP_MS = 150

/**
 * A shared document: a Yjs document that is kept equal with everybody else's over a network that drops, repeats and reorders. Edits
 * made without a connection are kept and merged on return. `close` ends it and leaves the Yjs document as it is.
 */
export function openDocument({
  id,
  socket,
  client,
  doc = new Y.Doc(),
  awareness = new Awareness(doc),
  store,
  random = Math.random,
  batchMs = 50,
  checkEveryMs = 60_000,
}: Options) {
  const listeners = new Set<() => void>()
  const position = createPosition()
  let status: DocumentView["status"] = "joining"
  let isLoaded = false
  let error: ApiError | undefined
  let view: DocumentView | undefined
  let told = false
  let catching = false
  let catchAgain = false
  let closed = false
  let failures = 0
  let gapTimer: ReturnType<typeof setTimeout> | undefined
  let retryTimer: ReturnType<typeof setTimeout> | undefined
  let checkTimer: ReturnType<typeof setTimeout> | undefined
  let storeTimer: ReturnType<typeof setTimeout> | undefined
  /** Origin of what came from the service: it does not go back. */
  const remote = Symbol("backline")

  function changed(): void {
    view = undefined
    if (told) return
    told = true
    queueMicrotask(() => {
      told = false
      for (const listener of listeners) listener()
    })
  }

  const outgoing = createOutgoing({
    random,
    batchMs,
    merge: Y.mergeUpdates,
    send: (body) => socket.request("doc.update", { doc: id, ...body }, { once: true }),
    stored(seq) {
      position.heard(seq)
      watchGap()
    },
    refused: (reason) => (error = reason),
    changed() {
      keep()
      changed()
    },
  })
  const incoming = createIncoming({
    ask: (body) => socket.request("doc.join", { doc: id, ...body }, { once: true }),
    vector: () => Y.encodeStateVector(doc),
    apply: (update) => Y.applyUpdate(doc, update, remote),
  })
  const cursors = createCursors({
    awareness,
    random,
    send: (state) => void socket.request("doc.awareness", { doc: id, state }, { once: true }).catch(() => undefined),
  })

  /** A burst of keys is one write. */
  function keep(): void {
    if (store) storeTimer ??= setTimeout(keepNow, outgoing.isEmpty ? 0 : batchMs)
  }

  function keepNow(): void {
    clearTimeout(storeTimer)
    storeTimer = undefined
    if (store) writeEdits(store, id, outgoing.unsaved)
  }

  function onEdit(update: Uint8Array, origin: unknown): void {
    if (origin !== remote) outgoing.add(update)
  }

  function watchGap(): void {
    if (position.gap) gapTimer ??= setTimeout(() => ((gapTimer = undefined), position.gap && void catchUp()), GAP_MS)
  }

  async function catchUp(): Promise<void> {
    if (catching) return void (catchAgain = true)
    catching = true
    catchAgain = false
    try {
      position.reachedTo(await incoming())
      failures = 0
      error = undefined
      isLoaded = true
      if (status !== "live") {
        status = "live"
        outgoing.resume()
        cursors.resume()
      }
      watchGap()
    } catch (thrown) {
      failed(toApiError(thrown))
    } finally {
      catching = false
      changed()
    }
    if (catchAgain && socket.state === "open" && !closed) void catchUp()
  }

  function failed(reason: ApiError): void {
    if (closed || /^unavailable\.(connection|closed)$/.test(reason.code)) return
    error = reason
    if (reason.retryAfterMs !== undefined || /^(unavailable|internal|limit)/.test(reason.code)) {
      clearTimeout(retryTimer)
      retryTimer = setTimeout(() => void catchUp(), reason.retryAfterMs ?? backOff(failures++, random))
    } else status = "refused"
  }

  function onState(state: Socket["state"]): void {
    outgoing.pause()
    cursors.pause()
    if (status === "live") status = "behind"
    if (state === "open") void catchUp()
    changed()
  }

  function onFrame(frame: ServerFrame): void {
    if (frame.doc !== id) return
    if (frame.type === "doc.awareness") return cursors.hear(frame.state)
    // Whoever may not open it any more is told so when they ask.
    if (frame.type === "notice" && frame.code === "doc.removed") return void catchUp()
    if (frame.type !== "doc.update" || typeof frame.seq !== "number") return
    if (typeof frame.update === "string") {
      Y.applyUpdate(doc, fromBase64(frame.update), remote)
      position.heard(frame.seq)
      // Too large for a frame: it is there, its bytes are to be fetched.
    } else position.heardOf(frame.seq)
    watchGap()
    planCheck()
  }

  function planCheck(): void {
    clearTimeout(checkTimer)
    if (client) checkTimer = setTimeout(() => void check(), checkEveryMs * (0.8 + random() * 0.4))
  }

  async function check(): Promise<void> {
    planCheck()
    if (status !== "live") return
    const info = await client?.documents.get(id).catch(() => undefined)
    if (info?.seq === undefined || closed) return
    position.heardOf(info.seq)
    watchGap()
  }

  // Edits of before a reload, and whatever is in a document that was handed over: the service may lack them.
  const kept = store && readEdits(store, id)
  if (kept) Y.applyUpdate(doc, kept)
  if (doc.store.clients.size > 0) outgoing.add(Y.encodeStateAsUpdate(doc))
  else if (kept) outgoing.add(kept)
  doc.on("update", onEdit)
  const ends = [socket.onFrame(onFrame), socket.onState(onState)]
  planCheck()
  if (socket.state === "open") void catchUp()

  return {
    id,
    doc,
    awareness,
    get(): DocumentView {
      view ??= { status, isLoaded, isSaved: outgoing.isEmpty, error }
      return view
    },
    subscribe(listener: () => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    /** Stops listening. Edits that are not saved stay in the store, where one was given. */
    close(): void {
      if (closed) return
      closed = true
      keepNow()
      cursors.close()
      outgoing.pause()
      doc.off("update", onEdit)
      for (const end of ends) end()
      for (const timer of [gapTimer, retryTimer, checkTimer]) clearTimeout(timer)
      if (socket.state === "open") void socket.request("doc.leave", { doc: id }, { once: true }).catch(() => undefined)
    },
  }
}

export type DocumentHandle = ReturnType<typeof openDocument>
