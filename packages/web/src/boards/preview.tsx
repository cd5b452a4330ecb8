import type { DocumentHandle } from "@backline/client/documents"
import { FileText } from "lucide-react"
import { useDeferredValue, useEffect, useState } from "react"
import Markdown from "../assistant/markdown.tsx"
import { EmptyState } from "../ui/state.tsx"
import "../assistant/answer.css"

/** A burst of keys is drawn once. */
const SETTLE_MS = 80

function useText(board: DocumentHandle): string {
  const text = board.doc.getText("text")
  const [shown, setShown] = useState(() => text.toJSON())
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const read = () => {
      timer ??= setTimeout(() => {
        timer = undefined
        setShown(text.toJSON())
      }, SETTLE_MS)
    }
    setShown(text.toJSON())
    text.observe(read)
    return () => {
      text.unobserve(read)
      clearTimeout(timer)
    }
  }, [text])
  return shown
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
