import { Mic, MicOff, MonitorUp, MonitorX, PhoneOff, Video, VideoOff, Volume2 } from "lucide-react"
import { useEffect, useRef } from "react"
import type { Calls, CallView } from "./calls.ts"
import { Tiles } from "./tiles.tsx"
import type { Device } from "./words.ts"

const SWITCHES = [
  { device: "microphone", On: Mic, Off: MicOff, name: "Microphone" },
  { device: "camera", On: Video, Off: VideoOff, name: "Camera" },
  { device: "screen", On: MonitorX, Off: MonitorUp, name: "Show my screen" },
] as const satisfies readonly { device: Device; [more: string]: unknown }[]

/** Phones have no screen to show. */
const canShow = (device: Device): boolean => device !== "screen" || "getDisplayMedia" in (navigator.mediaDevices ?? {})

/** The call one is in: who is there, one's devices, and the way out. */
export function InCall({ calls, call, onLeave }: { calls: Calls; call: CallView; onLeave(): void }) {
  const tools = useRef<HTMLDivElement>(null)
  const people = call.tiles.filter(({ kind }) => kind === "person")
  const isLost = call.step === "reconnecting"
  // The button that was pressed to come in is gone, and the keyboard with it; the next press is likely here.
  useEffect(() => {
    if (document.activeElement === document.body) tools.current?.querySelector("button")?.focus({ preventScroll: true })
  }, [])
  return (
    <div className="call-in" data-testid="in-call" data-lost={isLost || undefined}>
      <p className="sr-only" role="status">
        {people.length <= 1 ? "You are in the call, and nobody else." : `You are in the call with ${people.length - 1} others.`}
      </p>
      {isLost && (
        <p className="call-note" role="status" data-testid="call-reconnecting">
          <span className="spinner" aria-hidden /> The connection to the call was lost. Joining again…
        </p>
      )}
      {call.problem && (
        <p className="call-note call-problem" role="alert" data-testid="call-problem">
          <span>{call.problem.text}</span>
        </p>
      )}
      {call.isSilent && (
        <p className="call-note">
          Your browser holds the sound back.
          <button type="button" className="button button-secondary button-small" onClick={() => void calls.listen()}>
            <Volume2 size={14} aria-hidden /> Play it
          </button>
        </p>
      )}
      <Tiles tiles={call.tiles} />
      <div className="call-tools" role="toolbar" aria-label="Your part in the call" ref={tools}>
        {SWITCHES.filter(({ device }) => canShow(device)).map(({ device, On, Off, name }) => {
          const isOn = call.on[device]
          const Icon = isOn ? On : Off
          return (
            <button
              key={device}
              type="button"
              className="call-tool"
              data-testid={`call-${device}`}
              aria-pressed={isOn}
              aria-label={name}
              title={name}
              disabled={isLost || call.busy !== undefined}
              onClick={() => void calls.turn(device, !isOn)}
            >
              <Icon size={18} aria-hidden />
            </button>
          )
        })}
        <button type="button" className="button button-danger call-leave" data-testid="leave-call" onClick={onLeave}>
          <PhoneOff size={16} aria-hidden /> Leave
        </button>
      </div>
    </div>
  )
}
