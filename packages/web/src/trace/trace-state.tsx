import type { TapView } from "@backline/client"

const WORDS = { starting: "Starting…", live: "Live", waiting: "Reconnecting…", refused: "Refused", ended: "Ended" } as const

/** Whether the trace runs. The only part of it that a screen reader is told of by itself. */
export function TraceState({ status }: { status: TapView["status"] | "ended" }) {
  return (
    <span className="trace-state" data-status={status} data-testid="trace-state" role="status">
      <span className="trace-dot" aria-hidden />
      {WORDS[status]}
    </span>
  )
}
