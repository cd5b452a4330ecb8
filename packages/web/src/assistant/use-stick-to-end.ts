import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react"

/** Nearer to the end than this counts as being there, and growth is followed. */
const NEAR_PX = 80
/** Farther than this a way back is worth offering. */
const FAR_PX = 240

/**
 * Keeps a growing list at its end until its reader scrolls up, and says whether they have. A new `question` (the key of the last one)
 * goes to the end again: who asks wants to see.
 */
export function useStickToEnd(question: string | undefined) {
  const scroller = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const stuck = useRef(true)
  const [atEnd, setAtEnd] = useState(true)

  const jump = useCallback((behavior: ScrollBehavior) => {
    const box = scroller.current
    box?.scrollTo({ top: box.scrollHeight, behavior })
  }, [])

  useLayoutEffect(() => {
    if (question === undefined) return
    stuck.current = true
    jump("instant")
  }, [question, jump])

  useEffect(() => {
    const box = scroller.current
    const inner = content.current
    if (!box || !inner) return
    let height = inner.offsetHeight
    const onScroll = () => {
      const left = box.scrollHeight - box.scrollTop - box.clientHeight
      stuck.current = left < NEAR_PX
      setAtEnd(left < FAR_PX)
    }
    const watch = new ResizeObserver(() => {
      const grew = inner.offsetHeight !== height
      height = inner.offsetHeight
      // Opening a receipt is the reader's own doing and moves nothing.
      if (stuck.current && (!grew || !inner.contains(document.activeElement))) jump("instant")
      else onScroll()
    })
    watch.observe(inner)
    watch.observe(box)
    box.addEventListener("scroll", onScroll, { passive: true })
    return () => {
      watch.disconnect()
      box.removeEventListener("scroll", onScroll)
    }
  }, [jump])

  const toEnd = useCallback(() => {
    stuck.current = true
    jump("smooth")
  }, [jump])
  return { scroller, content, atEnd, toEnd }
}
