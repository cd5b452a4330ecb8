import { type ApiError, type Client, type RoomHandle, type RoomView, toApiError } from "@backline/client"
import type { Room } from "livekit-client"
import { type Tile, tilesIn } from "./tiles-in.ts"
import { connectProblem, type Device, deviceProblem, endedBecause } from "./words.ts"

export type LiveKit = typeof import("./livekit.ts")

/** The one call of this tab. Never changed in place. */
export interface CallView {
  /** `idle`: in none. `failed`: joining did not work, for `error`. `ended`: it ended by itself, for `reason`. */
  step: "idle" | "joining" | "in" | "reconnecting" | "failed" | "ended"
  room?: string
  error?: ApiError
  reason?: string
  tiles: readonly Tile[]
  /** Which of one's own devices the others hear and see, and which is about to start or stop. */
  on: Readonly<Record<Device, boolean>>
  busy?: Device
  /** Why a device does not work. */
  problem?: { device: Device; text: string }
  /** The browser plays nothing before a click. */
  isSilent: boolean
}

interface Options {
  client: { rooms: Pick<Client["rooms"], "call"> }
  /** Where others see who is in the call, and where one hears that one was removed. */
  room(id: string): Pick<RoomHandle, "subscribe"> & {
    call: Pick<RoomHandle["call"], "enter" | "leave">
    get(): Pick<RoomView, "status" | "error">
  }
  load(): Promise<LiveKit>
}

const IDLE: CallView = {
  step: "idle",
  tiles: [],
  on: { microphone: false, camera: false, screen: false },
  isSilent: false,
}

const SWITCHES = { microphone: "setMicrophoneEnabled", camera: "setCameraEnabled", screen: "setScreenShareEnabled" } as const

/** Joins and leaves calls of rooms, one at a time. A call goes on whatever page is shown, until it is left or ends. */
export function createCalls({ client, room, load }: Options) {
  const listeners = new Set<() => void>()
  let view = IDLE
  let live: Room | undefined
  /** What an earlier attempt still brings is nobody's any more. */
  let attempt = 0
  let isDue = false
  let stopWatching = (): void => undefined

  /** Nothing of what was is kept. */
  function become(next: Partial<CallView>): void {
    view = { ...IDLE, ...next }
    for (const listener of listeners) listener()
  }
  const set = (change: Partial<CallView>): void => become({ ...view, ...change })

  /** Many events of one moment are one change. */
  function refresh(): void {
    if (isDue) return
    isDue = true
    queueMicrotask(() => {
      isDue = false
      if (!live) return
      const me = live.localParticipant
      const on = { microphone: me.isMicrophoneEnabled, camera: me.isCameraEnabled, screen: me.isScreenShareEnabled }
      set({ tiles: tilesIn(live), on, isSilent: !live.canPlaybackAudio })
    })
  }

  /** Lets go of the call without a word to the screen. */
  function drop(): void {
    attempt++
    stopWatching()
    const [old, was] = [live, view.room]
    live = undefined
    if (was !== undefined) room(was).call.leave()
    old?.removeAllListeners()
    for (const person of old?.remoteParticipants.values() ?? [])
      for (const { track } of person.audioTrackPublications.values()) track?.detach().forEach((element) => element.remove())
    void old?.disconnect().catch(() => undefined)
  }

  function listen(kit: LiveKit, call: Room): void {
    const { RoomEvent } = kit
    for (const event of [
      RoomEvent.ParticipantConnected,
      RoomEvent.ParticipantDisconnected,
      RoomEvent.ParticipantNameChanged,
      RoomEvent.ActiveSpeakersChanged,
      RoomEvent.TrackMuted,
      RoomEvent.TrackUnmuted,
      RoomEvent.TrackPublished,
      RoomEvent.TrackUnpublished,
      RoomEvent.LocalTrackPublished,
      RoomEvent.LocalTrackUnpublished,
      RoomEvent.AudioPlaybackStatusChanged,
    ])
      call.on(event, refresh)
    call.on(RoomEvent.TrackSubscribed, (track) => {
      // Pictures are attached where they are drawn; sound goes on whatever is drawn.
      if (track.kind === kit.Track.Kind.Audio) track.attach()
      refresh()
    })
    call.on(RoomEvent.TrackUnsubscribed, (track) => {
      for (const element of track.detach()) element.remove()
      refresh()
    })
    for (const event of [RoomEvent.Reconnecting, RoomEvent.SignalReconnecting])
      call.on(event, () => view.step === "in" && set({ step: "reconnecting" }))
    call.on(RoomEvent.Reconnected, () => {
      if (view.step === "reconnecting") set({ step: "in" })
      refresh()
    })
    call.on(RoomEvent.Disconnected, (reason) => {
      if (view.step === "in" || view.step === "reconnecting") end(endedBecause(kit, reason))
    })
  }

  function end(reason: string): void {
    const { room } = view
    drop()
    become({ step: "ended", room, reason })
  }

  /** Has everybody in the room see that one is in its call, as long as one is in the room. */
  function appear(id: string): void {
    const { call, subscribe, get } = room(id)
    call.enter()
    stopWatching = subscribe(() => {
      const { status, error } = get()
      if (status === "refused") end(error?.message ?? "This room is not open to you any more.")
    })
  }

  async function turn(device: Device, on: boolean): Promise<void> {
    const mine = live
    if (!mine || view.busy) return
    set({ busy: device, problem: undefined })
    let problem: CallView["problem"]
    try {
      await mine.localParticipant[SWITCHES[device]](on)
    } catch (error) {
      const text = deviceProblem(device, error)
      problem = text === undefined ? undefined : { device, text }
    }
    if (live !== mine) return
    set({ busy: undefined, problem })
    refresh()
  }

  /** Joins a room's call with these devices on; what one of them refuses is told, and one is in the call without it. */
  async function join(id: string, devices: readonly ("microphone" | "camera")[]): Promise<void> {
    drop()
    const mine = attempt
    become({ step: "joining", room: id })
    let kit: LiveKit | undefined
    let host: string | undefined
    try {
      const [opening, loaded] = await Promise.all([client.rooms.call(id), load()])
      if (mine !== attempt) return
      kit = loaded
      host = new URL(opening.url).host
      const call = new loaded.Room({ adaptiveStream: true, dynacast: true })
      live = call
      listen(loaded, call)
      await call.connect(opening.url, opening.token)
    } catch (error) {
      if (mine !== attempt) return
      drop()
      become({ step: "failed", room: id, error: host === undefined ? toApiError(error) : connectProblem(kit, host, error) })
      return
    }
    if (mine !== attempt) return
    appear(id)
    set({ step: "in" })
    refresh()
    let problem: CallView["problem"]
    for (const device of devices) {
      await turn(device, true)
      problem ??= view.problem
    }
    if (mine === attempt && problem) set({ problem })
  }

  return {
    get: (): CallView => view,
    subscribe(listener: () => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    join,
    turn,
    /** Leaves the call, calls off joining, or puts away how it ended. */
    leave(): void {
      drop()
      become({})
    },
    /** To be called by a click: plays what the browser held back. */
    async listen(): Promise<void> {
      await live?.startAudio().catch(() => undefined)
      refresh()
    },
  }
}

export type Calls = ReturnType<typeof createCalls>
