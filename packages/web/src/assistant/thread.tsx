import { ArrowDown } from "lucide-react"
import { AnswerView } from "./answer-view.tsx"
import { Question } from "./question.tsx"
import type { ThreadItem } from "./thread-items.ts"
import { useStickToEnd } from "./use-stick-to-end.ts"

interface Props {
  items: readonly ThreadItem[]
  onAsk(text: string): void
  onRetry(clientId: string): void
  onDiscard(clientId: string): void
}

/** Questions and answers in order, kept at the end while the reader is there. */
export function Thread({ items, onAsk, onRetry, onDiscard }: Props) {
  const { scroller, content, atEnd, toEnd } = useStickToEnd(items.findLast((item) => item.kind === "question")?.key)
  return (
    <div className="thread-place">
      <div className="thread-scroll" ref={scroller} tabIndex={0} role="log" aria-label="Conversation" aria-live="off">
        <div className="thread" ref={content}>
          {items.map((item, index) =>
            item.kind === "question" ? (
              <Question key={item.key} item={item} onRetry={onRetry} onDiscard={onDiscard} />
            ) : (
              <AnswerView
                key={item.key}
                answer={item.answer}
                runId={item.runId}
                question={index === items.length - 1 ? lastQuestion(items) : undefined}
                onAsk={onAsk}
              />
            ),
          )}
        </div>
      </div>
      {!atEnd && (
        <button type="button" className="to-end" data-testid="jump-to-latest" onClick={toEnd}>
          <ArrowDown size={15} aria-hidden /> Jump to latest
        </button>
      )}
    </div>
  )
}

function lastQuestion(items: readonly ThreadItem[]): string | undefined {
  const item = items.findLast((each) => each.kind === "question")
  return item?.kind === "question" ? item.text : undefined
}
