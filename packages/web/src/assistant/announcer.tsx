import { useEffect, useRef, useState } from "react"
import { announcement } from "./announcement.ts"
import type { ThreadItem } from "./thread-items.ts"

/** Speaks changes of the answer's stage. What was there when a conversation was opened is not news. */
export function Announcer({ items, thread }: { items: readonly ThreadItem[]; thread: string }) {
  const text = announcement(items)
  const seen = useRef<{ thread: string; text: string }>(undefined)
  const [said, setSaid] = useState("")
  useEffect(() => {
    const before = seen.current
    const asked = items.some((item) => item.kind === "question" && item.send)
    seen.current = { thread, text }
    if (before && before.text !== text && (before.thread === thread || asked)) setSaid(text)
  }, [text, thread, items])
  return (
    <div className="sr-only" role="status" aria-live="polite" data-testid="announcer">
      {said}
    </div>
  )
}
