import { CircleAlert, PhoneOff, RotateCw } from "lucide-react"
import type { CallView } from "./calls.ts"
import { Fix } from "./fix.tsx"

/** A call that could not be joined, or that ended by itself: why, and the way back. */
export function CallOver({ call, onAgain }: { call: CallView; onAgain(devices: ["microphone"]): void }) {
  const isFailed = call.step === "failed"
  const Icon = isFailed ? CircleAlert : PhoneOff
  return (
    <div className="call-line call-words" role="alert" data-testid={isFailed ? "call-failed" : "call-ended"}>
      <Icon size={18} aria-hidden />
      <div>
        <h2>{isFailed ? "The call could not be joined" : "You are not in the call any more"}</h2>
        <Fix text={call.error?.message ?? call.reason ?? ""} />
      </div>
      <button
        type="button"
        className="button button-secondary button-small"
        data-testid="call-again"
        onClick={() => onAgain(["microphone"])}
      >
        <RotateCw size={14} aria-hidden /> {isFailed ? "Try again" : "Join again"}
      </button>
    </div>
  )
}
