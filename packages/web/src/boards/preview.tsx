import type { DocumentHandle } from "@backline/client/documents"
import { FileText } from "lucide-react"
import { useCallback, useDeferredValue, useSyncExternalStore } from "react"
import Markdown from "../assistant/markdown.tsx"
import { EmptyState } from "../ui/state.tsx"
import "../assistant/answer.css"

/** A burst of keys is drawn once. */
const SETTLE_MS = 80

function useText(board: DocumentHandle): string {
  const text = board.doc.getText("text")
  const subscribe = useCallback(
    (changed: () => void) => {
      let timer: ReturnType<typeof setTimeout> | undefined
      const later = () => {
        timer ??= setTimeout(() => {
          timer = undefined
          changed()
        }, SETTLE_MS)
      }
      text.observe(later)
      return () => {
        text.unobserve(later)
        clearTimeout(timer)
      }
    },
    [text],
  )
  return useSyncExternalStore(subscribe, () => text.toJSON())
}

/** The board as it reads. */
export function Preview({ board }: { board: DocumentHandle }) {
  const text = useDeferredValue(useText(board))
  if (text.trim() === "")
    return (
      <EmptyState icon={FileText} title="Nothing is written yet">
        <p>What is written on the left is read here.</p>
      </EmptyState>
    )
  return (
    <div className="preview-text answer-text" data-testid="preview">
      <Markdown text={text} />
    </div>
  )
}
