import { ApiError } from "@backline/client"
import { ConnectionErrorReason, DisconnectReason, RoomEvent, Track } from "livekit-client"
import { beforeEach, expect, test, vi } from "vitest"
import { type CallView, createCalls, type LiveKit } from "./calls.ts"

/** A person of the stand-in, with what the console reads of them. */
class Person {
  isMicrophoneEnabled = false
  isCameraEnabled = false
  isScreenShareEnabled = false
  isSpeaking = false
  audioTrackPublications = new Map()
  /** What a device answers when it is asked for. */
  refuses: Error | undefined
  constructor(
    readonly identity: string,
    readonly name: string,
    private readonly told: () => void,
  ) {}
  getTrackPublication(source: string) {
    const isOn = { camera: this.isCameraEnabled, screen_share: this.isScreenShareEnabled }[source]
    return isOn ? { isMuted: false, videoTrack: { attach() {}, detach: () => [] } } : undefined
  }
  private async turn(what: "isMicrophoneEnabled" | "isCameraEnabled" | "isScreenShareEnabled", on: boolean) {
    if (this.refuses && on) throw this.refuses
    this[what] = on
    this.told()
  }
  setMicrophoneEnabled = (on: boolean) => this.turn("isMicrophoneEnabled", on)
  setCameraEnabled = (on: boolean) => this.turn("isCameraEnabled", on)
  setScreenShareEnabled = (on: boolean) => this.turn("isScreenShareEnabled", on)
}

/** livekit-client's Room at its public interface, with nothing behind it. */
class FakeRoom {
  static made: FakeRoom[] = []
  static connects: (room: FakeRoom) => Promise<void> = async () => undefined
  canPlaybackAudio = true
  disconnected = 0
  remoteParticipants = new Map<string, Person>()
  localParticipant = new Person("me", "Me", () => this.emit(RoomEvent.LocalTrackPublished))
  private readonly listeners = new Map<string, ((...all: unknown[]) => void)[]>()
  constructor() {
    FakeRoom.made.push(this)
  }
  on(event: string, listener: (...all: unknown[]) => void) {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener])
  }
  removeAllListeners() {
    this.listeners.clear()
  }
  emit(event: string, ...all: unknown[]) {
    for (const listener of this.listeners.get(event) ?? []) listener(...all)
  }
  connect = () => FakeRoom.connects(this)
  disconnect = async () => void this.disconnected++
  startAudio = async () => void (this.canPlaybackAudio = true)
}

const kit = { ConnectionErrorReason, DisconnectReason, Room: FakeRoom, RoomEvent, Track } as unknown as LiveKit
const opening = { url: "wss://calls.example.com", token: "t", expiresAt: 0 }
const denied = () => new DOMException("no", "NotAllowedError")

function start() {
  const said: string[] = []
  const statuses = new Map<string, CallViewStatus>()
  const watchers = new Set<() => void>()
  const ask = vi.fn<() => Promise<typeof opening>>(async () => opening)
  const load = vi.fn<() => Promise<LiveKit>>(async () => kit)
  const calls = createCalls({
    client: { rooms: { call: ask } },
    load,
    room: (id) => ({
      call: { enter: () => said.push(`enter ${id}`), leave: () => said.push(`leave ${id}`) },
      subscribe: (listener) => (watchers.add(listener), () => watchers.delete(listener)),
      get: () => statuses.get(id) ?? { status: "live" },
    }),
  })
  const steps: CallView["step"][] = []
  calls.subscribe(() => steps.at(-1) !== calls.get().step && steps.push(calls.get().step))
  return {
    calls,
    said,
    steps,
    ask,
    load,
    live: () => FakeRoom.made.at(-1)!,
    refuse(id: string, message: string) {
      statuses.set(id, { status: "refused", error: new ApiError("missing.room", message) })
      for (const watcher of watchers) watcher()
    },
  }
}
type CallViewStatus = { status: "live" | "refused"; error?: ApiError }

beforeEach(() => {
  FakeRoom.made = []
  FakeRoom.connects = async () => undefined
})

test("a call is joined with its devices, seen by the room, and left without a trace", async () => {
  const { calls, said, steps, live } = start()
  await calls.join("rom_1", ["microphone", "camera"])
  expect(steps).toEqual(["joining", "in"])
  expect(calls.get()).toMatchObject({ room: "rom_1", on: { microphone: true, camera: true, screen: false }, isSilent: false })
  expect(calls.get().tiles).toMatchObject([{ id: "me", isMe: true, isMuted: false, kind: "person" }])
  calls.leave()
  expect([calls.get().step, live().disconnected, said.at(-1)]).toEqual(["idle", 1, "leave rom_1"])
  expect(said.filter((each) => each === "enter rom_1")).toHaveLength(1)
})

test("livekit-client is loaded when somebody joins, not before", async () => {
  const { calls, load } = start()
  expect(load).not.toHaveBeenCalled()
  await calls.join("rom_1", [])
  expect(load).toHaveBeenCalledOnce()
})

test("who comes, speaks, is muted and shows a screen is in the tiles; screens first, oneself last", async () => {
  const { calls, live } = start()
  await calls.join("rom_1", [])
  const max = new Person("max", "Max", () => undefined)
  Object.assign(max, { isMicrophoneEnabled: true, isSpeaking: true, isScreenShareEnabled: true })
  live().remoteParticipants.set("max", max)
  live().emit(RoomEvent.ParticipantConnected)
  live().emit(RoomEvent.ActiveSpeakersChanged)
  await Promise.resolve()
  expect(calls.get().tiles.map(({ key, isSpeaking }) => [key, isSpeaking])).toEqual([
    ["max screen", false],
    ["max", true],
    ["me", false],
  ])
  max.isMicrophoneEnabled = false
  live().emit(RoomEvent.TrackMuted)
  await Promise.resolve()
  expect(calls.get().tiles[1]).toMatchObject({ isMuted: true, isSpeaking: false })
})

test.each([
  ["NotAllowedError", "does not let this page use the microphone"],
  ["NotFoundError", "No microphone was found"],
  ["NotReadableError", "in use by another program"],
  ["OtherError", "did not start"],
])("a device that answers %s is told, and one is in the call without it", async (name, text) => {
  FakeRoom.connects = async (room) => void (room.localParticipant.refuses = new DOMException("no", name))
  const { calls, live } = start()
  await calls.join("rom_1", ["microphone"])
  expect(calls.get()).toMatchObject({ step: "in", on: { microphone: false }, problem: { device: "microphone" } })
  expect(calls.get().problem?.text).toContain(text)
  live().localParticipant.refuses = undefined
  await calls.turn("microphone", true)
  expect(calls.get()).toMatchObject({ on: { microphone: true }, problem: undefined })
})

test("the first device that is refused stays told when the second works; a screen that is called off is no problem", async () => {
  const { calls, live } = start()
  FakeRoom.connects = async ({ localParticipant }) => {
    localParticipant.setMicrophoneEnabled = () => Promise.reject(denied())
  }
  await calls.join("rom_1", ["microphone", "camera"])
  expect(calls.get()).toMatchObject({ on: { camera: true }, problem: { device: "microphone" } })
  live().localParticipant.refuses = denied()
  await calls.turn("screen", true)
  expect(calls.get()).toMatchObject({ on: { screen: false }, problem: undefined, busy: undefined })
})

test("what the service refuses comes as it says; what LiveKit refuses says where, and both can be tried again", async () => {
  const { calls, ask, said } = start()
  const unset = new ApiError("conflict.not_configured", "Put the keys there.", { status: 409 })
  ask.mockRejectedValueOnce(unset)
  await calls.join("rom_1", [])
  expect(calls.get()).toMatchObject({ step: "failed", error: unset })
  const failures: [unknown, string][] = [
    [new Error("x"), "LiveKit did not answer at calls.example.com"],
    [{ reason: ConnectionErrorReason.ServerUnreachable }, "LiveKit did not answer at calls.example.com"],
    [{ reason: ConnectionErrorReason.NotAllowed }, "did not accept the ticket"],
  ]
  for (const [failure, text] of failures) {
    FakeRoom.connects = () => Promise.reject(failure as Error)
    await calls.join("rom_1", [])
    expect(calls.get().step).toBe("failed")
    expect(calls.get().error?.message).toContain(text)
  }
  expect(said).not.toContain("enter rom_1")
  FakeRoom.connects = async () => undefined
  await calls.join("rom_1", [])
  expect([calls.get().step, calls.get().error]).toEqual(["in", undefined])
})

test("a lost connection is told while it lasts, and ends as LiveKit says", async () => {
  const { calls, steps, said, live } = start()
  await calls.join("rom_1", [])
  live().emit(RoomEvent.SignalReconnecting)
  live().emit(RoomEvent.Reconnecting)
  expect(calls.get().step).toBe("reconnecting")
  live().emit(RoomEvent.Reconnected)
  live().emit(RoomEvent.Reconnecting)
  const lost = live()
  lost.emit(RoomEvent.Disconnected, DisconnectReason.DUPLICATE_IDENTITY)
  expect(steps).toEqual(["joining", "in", "reconnecting", "in", "reconnecting", "ended"])
  expect(calls.get().reason).toContain("another device")
  expect(said.at(-1)).toBe("leave rom_1")
  lost.emit(RoomEvent.Reconnected)
  expect(calls.get().step).toBe("ended")
})

test("who is removed from the room is out of its call", async () => {
  const { calls, live, refuse } = start()
  await calls.join("rom_1", [])
  refuse("rom_1", "You are no longer a member of this room.")
  expect(calls.get()).toMatchObject({ step: "ended", reason: "You are no longer a member of this room." })
  expect(live().disconnected).toBe(1)
})

test("calling off, or joining another call, leaves nothing of the first, however late it answers", async () => {
  const { calls, said } = start()
  let connected = () => undefined as void
  FakeRoom.connects = () => new Promise((resolve) => (connected = resolve))
  const first = calls.join("rom_1", ["microphone"])
  await vi.waitFor(() => expect(FakeRoom.made).toHaveLength(1))
  calls.leave()
  connected()
  await first
  expect(calls.get().step).toBe("idle")
  expect(FakeRoom.made[0]!.disconnected).toBe(1)
  FakeRoom.connects = async () => undefined
  await calls.join("rom_1", [])
  await calls.join("rom_2", [])
  expect(calls.get()).toMatchObject({ step: "in", room: "rom_2" })
  expect(FakeRoom.made.map(({ disconnected }) => disconnected)).toEqual([1, 1, 0])
  expect(said.slice(-3)).toEqual(["enter rom_1", "leave rom_1", "enter rom_2"])
})
