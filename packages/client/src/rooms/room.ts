import { ApiError, toApiError } from "../error.ts"
import type { Client } from "../http.ts"
import { backOff } from "../socket/back-off.ts"
import type { ServerFrame, Socket } from "../socket/index.ts"
import type { MessageSent, Person, RoomJoined, RoomMessage } from "../wire.ts"
import { createAnswers } from "./answers.ts"
import { createCall } from "./call.ts"
import { createRoomLog } from "./log.ts"
import { messagesOf } from "./messages.ts"
import { createOutbox, type Unsent } from "./outbox.ts"
import { createPages } from "./pages.ts"
import { createPeople } from "./people.ts"
import { createReadMarks } from "./read-marks.ts"
import { applyReaction, type RoomFrame } from "./frames.ts"
import type { RoomEvent, RoomView } from "./view.ts"

export interface RoomOptions {
  id: string
  socket: Pick<Socket, "onFrame" | "onState" | "request" | "state">
  client: Pick<Client, "rooms">
  /** Who writes here, once that is known. */
  me(): Person | undefined
  /** Messages of an earlier visit that were not taken yet. */
  unsent?: readonly Pick<Unsent, "clientId" | "text" | "at">[]
  /** Goes on from here instead of starting with the newest messages. */
  after?: { epoch: string; seq: number }
  kept?(unsent: readonly Unsent[]): void
  random?: () => number
  /** Frames are hints: after this long without one the newest message is asked for. */
  checkEveryMs?: number
}

/** Frames may overtake each other by a little; a gap that lasts longer is fetched. */
const GAP_MS = 150
/** Whoever comes back within this long never left. */
const LEAVE_MS = 2_000

/** One room: its messages in order and each once, what this client writes, and who is there. */
export function createRoom(options: RoomOptions) {
  const { id, socket, client, me, kept, random = Math.random, checkEveryMs = 60_000 } = options
  const listeners = new Set<() => void>()
  const eventListeners = new Set<(event: RoomEvent) => void>()
  const log = createRoomLog()
  let status: RoomView["status"] = "joining"
  let error: ApiError | undefined
  let entered = 0
  let numbered = false
  let joining = false
  let joinAgain = false
  let gaps = 0
  let version = 0
  let view: RoomView | undefined
  let told = false
  let leaveTimer: ReturnType<typeof setTimeout> | undefined
  /** The service may work on a leave and a later join at the same time. */
  let leaving: Promise<unknown> | undefined
  let retryTimer: ReturnType<typeof setTimeout> | undefined
  let gapTimer: ReturnType<typeof setTimeout> | undefined
  let checkTimer: ReturnType<typeof setTimeout> | undefined
  let stopListening: (() => void)[] = []
  if (options.after) log.resume(options.after)

  const people = createPeople({
    changed,
    say: (on) => void socket.request("room.typing", { room: id, on }, { once: true }).catch(() => undefined),
  })
  const call = createCall({ changed, say: (on) => socket.request("room.call", { room: id, on }, { once: true }) })
  const outbox = createOutbox({
    random,
    send: (body) => socket.request("room.send", { room: id, ...body }, { once: true }),
    taken,
    changed() {
      kept?.(outbox.unsent)
      if (entered === 0) leaveSoon()
      changed()
    },
  })
  const answers = createAnswers(changed, (run, after) => client.rooms.run(id, run, after))
  const load = createPages({ id, client, log, answers, random, deliver })
  const marks = createReadMarks(
    (seq) => void socket.request("room.read", { room: id, seq }, { once: true }).catch(() => undefined),
  )
  for (const message of options.unsent ?? []) outbox.add({ ...message, state: "waiting" })

  /** Many frames of one moment are one change. */
  function changed(): void {
    view = undefined
    if (told) return
    told = true
    queueMicrotask(() => {
      told = false
      for (const listener of listeners) listener()
    })
  }

  function emit(event: RoomEvent): void {
    for (const listener of eventListeners) listener(event)
  }

  function deliver(readable: readonly RoomMessage[]): void {
    for (const message of readable) {
      outbox.seen(message.clientId)
      answers.settle(message.clientId)
      people.typing.forget(message.user.id)
      emit({ type: "message", message })
    }
    if (readable.length > 0) gaps = 0
    version++
    changed()
    watchGap()
  }

  function watchGap(): void {
    if (!log.gap) {
      clearTimeout(gapTimer)
      gapTimer = undefined
    } else
      gapTimer ??= setTimeout(
        () => {
          gapTimer = undefined
          if (log.gap) void join()
        },
        gaps++ === 0 ? GAP_MS : backOff(gaps, random),
      )
  }

  function taken({ clientId, text }: Unsent, { epoch, seq, messageId, at }: MessageSent): void {
    const user = me()
    if (epoch !== log.epoch) return void join()
    if (user) return deliver(log.accept([{ room: id, epoch, seq, messageId, clientId, user, text, at }]))
    log.heardOf(seq)
    watchGap()
  }

  async function join(): Promise<void> {
    if (joining) return void (joinAgain = true)
    joining = true
    try {
      do {
        joinAgain = false
        await leaving
        const after = log.epoch === undefined ? undefined : { epoch: log.epoch, seq: log.position }
        joined(await socket.request("room.join", { room: id, after }, { once: true }), after)
      } while (joinAgain && socket.state === "open")
    } catch (thrown) {
      failed(toApiError(thrown))
    } finally {
      joining = false
    }
    if (joinAgain && socket.state === "open") void join()
  }

  function joined(ack: RoomJoined, after: { epoch: string; seq: number } | undefined): void {
    const recovered = after !== undefined && ack.recovered && ack.epoch === after.epoch
    const before = log.position
    people.here(ack.members)
    call.here(ack.call ?? [])
    if (recovered) {
      deliver(log.accept(ack.messages))
      log.heardOf(ack.seq)
    } else {
      if (after) emit({ type: "reset", epoch: ack.epoch })
      deliver(log.restart(ack.epoch, ack.seq, ack.messages))
    }
    if (recovered && ack.next !== undefined && log.position > before) joinAgain = true
    else watchGap()
    status = "live"
    error = undefined
    if (!numbered) {
      numbered = true
      outbox.resume()
    }
    changed()
  }

  function failed(reason: ApiError): void {
    if (reason.code === "unavailable.connection" || reason.code === "unavailable.closed") return
    const passing = reason.retryAfterMs !== undefined || /^(unavailable|internal|limit)/.test(reason.code)
    if (passing) {
      clearTimeout(retryTimer)
      retryTimer = setTimeout(() => void join(), reason.retryAfterMs ?? backOff(++gaps, random))
    } else {
      status = "refused"
      room.call.leave()
    }
    error = reason
    changed()
  }

  function onState(state: Socket["state"]): void {
    numbered = false
    outbox.pause()
    if (state !== "open") {
      if (status === "live") status = "behind"
      return changed()
    }
    if (status !== "joining") log.stale()
    void join()
  }

  function onFrame(frame: ServerFrame): void {
    if (frame.room !== id) return
    planCheck()
    const known = frame as unknown as RoomFrame
    switch (known.type) {
      case "message":
        if (log.epoch !== undefined && known.epoch !== log.epoch) return void join()
        return deliver(log.accept([known]))
      case "message.edited":
        if (!log.edit(known.seq, known.text, known.editedAt)) return
        break
      case "reaction":
        if (!log.react(known.seq, (before) => applyReaction(before, known))) return
        break
      case "presence":
        people.presence(known)
        break
      case "call":
        call.heard(known)
        break
      case "typing":
        if (known.user.id !== me()?.id) people.typing.other(known.user, known.on)
        return
      case "read":
        people.read(known.user.id, known.seq)
        break
      case "chat.event":
        return answers.hear(known)
      case "notice":
        if (known.code !== "room.removed") break
        status = "refused"
        room.call.leave()
        error = new ApiError("missing.room", "You are no longer a member of this room.")
        outbox.pause()
        break
      default:
        return
    }
    version++
    emit({ type: "frame", frame: known })
    changed()
  }

  function planCheck(): void {
    clearTimeout(checkTimer)
    checkTimer = setTimeout(() => void check(), checkEveryMs * (0.8 + random() * 0.4))
  }

  /** The frame that was lost may have been the last one: nothing later would tell. */
  async function check(): Promise<void> {
    planCheck()
    if (status !== "live" || socket.state !== "open") return
    const newest = await socket.request("room.history", { room: id, limit: 1 }, { once: true }).catch(() => undefined)
    const last = newest?.messages.at(-1)
    if (!last) return
    if (last.epoch !== log.epoch) return void join()
    deliver(log.accept([last]))
  }

  function leaveSoon(): void {
    clearTimeout(leaveTimer)
    if (entered === 0 && stopListening.length > 0) leaveTimer = setTimeout(stopIfIdle, LEAVE_MS)
  }

  function stopIfIdle(): void {
    if (entered > 0 || outbox.unsent.some(({ state }) => state !== "refused")) return
    if (socket.state === "open") leaving = socket.request("room.leave", { room: id }, { once: true }).catch(() => undefined)
    stop()
  }

  function stop(): void {
    for (const end of stopListening) end()
    stopListening = []
    for (const timer of [retryTimer, gapTimer, checkTimer, leaveTimer]) clearTimeout(timer)
    marks.stop()
    gapTimer = undefined
    people.typing.clear()
    answers.clear()
    outbox.pause()
    numbered = false
    if (status !== "refused") status = "joining"
  }

  const room = {
    id,
    /** What a screen shows; the same object until something changes. */
    get(): RoomView {
      view ??= {
        ...people.get(),
        call: call.people,
        id,
        status,
        error,
        epoch: log.epoch,
        head: log.head,
        position: log.position,
        unsent: outbox.unsent,
        answers: answers.open,
        version,
      }
      return view
    },
    subscribe(listener: () => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    onEvent(listener: (event: RoomEvent) => void): () => void {
      eventListeners.add(listener)
      return () => eventListeners.delete(listener)
    },
    /** A message that is held; `load` fetches what is not. */
    at: log.at,
    /** What was heard of an answer of the assistant: while it is written, and of one in the log its receipts. */
    answer: answers.of,
    /** Starts to listen; to be balanced by `leave`. */
    enter(): void {
      if (entered++ > 0 || stopListening.length > 0) return
      status = "joining"
      stopListening = [socket.onFrame(onFrame), socket.onState(onState)]
      planCheck()
      if (socket.state === "open") void join()
    },
    /** Stops listening, unless someone else listens or a message still waits to go out. */
    leave(): void {
      entered = Math.max(0, entered - 1)
      leaveSoon()
    },
    call: {
      /** Has everybody here see that one is in the room's call, from now on and over every connection, until `leave`. The room is listened to as long. */
      enter(): void {
        if (call.enter()) room.enter()
      },
      leave(): void {
        if (call.leave()) room.leave()
      },
    },
    /** Puts a message into the outgoing buffer and gives its clientId. It is sent until the service has it. */
    send(text: string, clientId: string = crypto.randomUUID()): string {
      people.typing.own(false)
      outbox.add({ clientId, text, at: Date.now(), state: "waiting" })
      return clientId
    },
    retry: outbox.retry,
    discard: outbox.discard,
    async edit(seq: number, text: string): Promise<void> {
      await socket.request("room.edit", { room: id, seq, text })
      if (log.edit(seq, text, Date.now())) version++
      changed()
    },
    react: (seq: number, emoji: string, on: boolean): Promise<unknown> =>
      socket.request("room.react", { room: id, seq, emoji, on }),
    /** Everything up to `seq` was read; told at most once a second. */
    read(seq: number): void {
      if (!marks.to(seq)) return
      const user = me()
      if (user) people.read(user.id, seq)
      changed()
    },
    /** To be called with every key pressed; false when the draft is empty again. */
    typing: (on: boolean): void => people.typing.own(on),
    /** Fetches what is not here of a range of the history; resolves when it is. */
    load,
    /** The room's messages from now on, in order and each once, until `signal` ends it. */
    messages: (signal?: AbortSignal): AsyncGenerator<RoomMessage> => messagesOf(room, signal),
    /** Forgets everything, also what was not sent. */
    close(): void {
      call.leave()
      entered = 0
      stop()
    },
  }
  return room
}

export type RoomHandle = ReturnType<typeof createRoom>
