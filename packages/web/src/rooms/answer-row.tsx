import type { RunView } from "@backline/client"
import { lazy, Suspense } from "react"
import { ToolList } from "../assistant/tool-list.tsx"
import { ReceiptList } from "../receipts/receipt-list.tsx"
import { Mark } from "../ui/mark.tsx"
import "../assistant/answer.css"

const Markdown = lazy(() => import("../assistant/markdown.tsx"))

/** An answer of the assistant while it is written; everybody in the room sees the same. */
export function AnswerRow({ answer: { text, tools, receipts } }: { answer: RunView }) {
  return (
    <article className="message" data-testid="room-answer" aria-label="The assistant is answering" aria-busy tabIndex={0}>
      <div className="message-body">
        <div className="message-side" aria-hidden>
          <Mark size={32} />
        </div>
        <div className="message-main">
          <p className="message-head">
            <strong>Assistant</strong>
            <small>is answering</small>
          </p>
          <ToolList tools={tools} thinking={text === ""} />
          {text && (
            <div className="answer-text answer-writing message-text">
              <Suspense fallback={<p className="message-plain">{text}</p>}>
                <Markdown text={text} />
              </Suspense>
            </div>
          )}
          <ReceiptList receipts={receipts} tools={tools} runId={undefined} />
        </div>
      </div>
    </article>
  )
}
