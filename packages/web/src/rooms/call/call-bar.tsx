import { Mic, MicOff, PhoneOff } from "lucide-react"
import { Link, useLocation } from "react-router"
import { useRoomInfo } from "../queries.ts"
import { useCalls } from "./use-calls.ts"
import "./call.css"

function Bar({ room }: { room: string }) {
  const { calls, call } = useCalls()
  const name = useRoomInfo(room).data?.name ?? "a room"
  const isOn = call.on.microphone
  return (
    <div className="call-bar" role="region" aria-label="Your call" data-testid="call-bar">
      <span className="call-dot" aria-hidden />
      <Link to={`/rooms/${room}`}>
        In the call of{" "}
        <strong>
          <bdi>{name}</bdi>
        </strong>
      </Link>
      <button
        type="button"
        className="icon-button"
        aria-pressed={isOn}
        aria-label="Microphone"
        title="Microphone"
        disabled={call.busy !== undefined}
        onClick={() => void calls.turn("microphone", !isOn)}
      >
        {isOn ? <Mic size={16} aria-hidden /> : <MicOff size={16} aria-hidden />}
      </button>
      <button type="button" className="button button-danger button-small" onClick={() => calls.leave()}>
        <PhoneOff size={14} aria-hidden /> Leave
      </button>
    </div>
  )
}

/** The way back to one's call from every other page. */
export default function CallBar({ room }: { room: string }) {
  const { pathname } = useLocation()
  return pathname === `/rooms/${room}` ? null : <Bar room={room} />
}
