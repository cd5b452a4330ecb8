import { RotateCw, Trash2 } from "lucide-react"
import type { ThreadItem } from "./thread-items.ts"

interface Props {
  item: Extract<ThreadItem, { kind: "question" }>
  onRetry(clientId: string): void
  onDiscard(clientId: string): void
}

/** A question, shown as soon as it is asked; one that could not be sent keeps its text and says why. */
export function Question({ item: { text, send, error }, onRetry, onDiscard }: Props) {
  return (
    <article className="question" aria-label="Your question" data-testid="question">
      <p className="question-text">{text}</p>
      {send?.state === "waiting" && (
        <p className="question-note">
          Waits for its turn ·{" "}
          <button type="button" className="link" onClick={() => onDiscard(send.clientId)}>
            take back
          </button>
        </p>
      )}
      {send?.state === "sending" && <p className="question-note">Sending…</p>}
      {send?.state === "failed" && (
        <div className="question-failed" role="alert">
          <span>{error?.message ?? "This was not sent."}</span>
          <button type="button" className="button button-small button-secondary" onClick={() => onRetry(send.clientId)}>
            <RotateCw size={13} aria-hidden /> Send again
          </button>
          <button
            type="button"
            className="icon-button"
            aria-label="Discard this question"
            onClick={() => onDiscard(send.clientId)}
          >
            <Trash2 size={14} aria-hidden />
          </button>
        </div>
      )}
    </article>
  )
}
