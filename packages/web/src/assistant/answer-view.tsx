import { isOver } from "@backline/client"
import { CircleAlert, CircleSlash, FastForward, RotateCw } from "lucide-react"
import { lazy, memo, Suspense } from "react"
import { formatNumber, formatPrice } from "../format/number.ts"
import { ReceiptList } from "../receipts/receipt-list.tsx"
import { CopyButton } from "../ui/copy-button.tsx"
import { GO_ON } from "./go-on.ts"
import type { Answer } from "./thread-items.ts"
import { ToolList } from "./tool-list.tsx"
import "./answer.css"

const loadMarkdown = () => import("./markdown.tsx")
const Markdown = lazy(loadMarkdown)

/** Fetches what draws answers before the first one needs it. */
export const prepareAnswers = (): void => void loadMarkdown().catch(() => undefined)

interface Props {
  answer: Answer
  runId?: string
  /** Given for the last answer of a thread: what to ask again when it failed. */
  question?: string
  onAsk(text: string): void
}

/** An answer while it is written and after: what was looked up, the text, the proofs, and what it cost. */
export const AnswerView = memo(function AnswerView({ answer, runId, question, onAsk }: Props) {
  const { state, text, tools, receipts, usage, error, incomplete } = answer
  const running = !isOver(state)
  return (
    <article className="answer" aria-label="Answer" aria-busy={running} data-testid="answer" data-state={state}>
      <ToolList tools={tools} thinking={running && text === ""} />
      {text && (
        <div className={running ? "answer-text answer-writing" : "answer-text"} data-testid="answer-text">
          <Suspense fallback={<p className="answer-plain">{text}</p>}>
            <Markdown text={text} />
          </Suspense>
        </div>
      )}
      <ReceiptList receipts={receipts} tools={tools} runId={runId} />
      {state === "error" && (
        <div className="answer-end answer-error" role="alert">
          <CircleAlert size={15} aria-hidden />
          <span>
            {incomplete && <strong>Incomplete. </strong>}
            {error?.message ?? "The answer could not be finished. Ask again."} {error && <code>{error.code}</code>}
          </span>
          {question && incomplete && (
            <button
              type="button"
              className="button button-small button-secondary"
              data-testid="go-on"
              onClick={() => onAsk(GO_ON)}
            >
              <FastForward size={13} aria-hidden /> Go on
            </button>
          )}
          {question && (
            <button
              type="button"
              className="button button-small button-secondary"
              data-testid="ask-again"
              onClick={() => onAsk(question)}
            >
              <RotateCw size={13} aria-hidden /> Ask again
            </button>
          )}
        </div>
      )}
      {state === "stopped" && (
        <p className="answer-end">
          <CircleSlash size={15} aria-hidden /> Stopped.
        </p>
      )}
      {!running && text && (
        <footer className="answer-foot">
          <CopyButton text={text} label="Copy the answer" />
          {usage && (
            <span className="answer-usage tabular" data-testid="usage">
              {formatNumber(usage.inputTokens + usage.outputTokens)} tokens · {formatPrice(usage.priceMicroUsd)}
            </span>
          )}
        </footer>
      )}
    </article>
  )
})
