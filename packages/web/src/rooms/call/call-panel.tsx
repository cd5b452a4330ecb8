import type { RoomView } from "@backline/client"
import { X } from "lucide-react"
import type { ReactNode } from "react"
import { BeforeCall } from "./before-call.tsx"
import { CallOver } from "./call-over.tsx"
import { InCall } from "./in-call.tsx"
import { useCalls } from "./use-calls.ts"
import "./call.css"

interface Props {
  id: string
  view: RoomView
  me: string | undefined
  onClose(): void
}

/** The call of a room, above its messages: before joining, in it, and how it ended. */
export default function CallPanel({ id, view, me, onClose }: Props) {
  const { calls, call } = useCalls()
  const isHere = call.room === id
  const close = () => {
    if (isHere) calls.leave()
    onClose()
  }
  let body: ReactNode
  let isOpen = true
  if (isHere && (call.step === "in" || call.step === "reconnecting")) {
    body = <InCall calls={calls} call={call} onLeave={close} />
    isOpen = false
  } else if (isHere && call.step === "joining")
    body = (
      <div className="call-line" role="status" data-testid="call-joining">
        <span className="spinner" aria-hidden />
        <p>Joining the call…</p>
        <button type="button" className="button button-secondary button-small" onClick={() => calls.leave()}>
          Cancel
        </button>
      </div>
    )
  else if (isHere && (call.step === "failed" || call.step === "ended"))
    body = <CallOver call={call} onAgain={(devices) => void calls.join(id, devices)} />
  else body = <BeforeCall id={id} people={view.call} me={me} isElsewhere={call.room !== undefined && !isHere} />
  return (
    <section className="call" aria-label="Call" data-testid="call">
      <div className="call-inner">{body}</div>
      {isOpen && (
        <button type="button" className="icon-button call-close" aria-label="Close the call" onClick={close}>
          <X size={16} aria-hidden />
        </button>
      )}
    </section>
  )
}
