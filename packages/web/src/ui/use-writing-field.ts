import { type RefObject, useEffect, useLayoutEffect, useRef } from "react"
import { useMedia } from "./use-media.ts"

const MOST_PX = 200

/** A field for writing: it is ready to be typed in, and as high as its text, up to a limit. */
export function useWritingField(text: string): RefObject<HTMLTextAreaElement | null> {
  const field = useRef<HTMLTextAreaElement>(null)
  const keyboard = useMedia("(hover: hover)")

  useEffect(() => {
    // On a phone this would open the keyboard over the page.
    if (keyboard) field.current?.focus({ preventScroll: true })
  }, [keyboard])

  useLayoutEffect(() => {
    const element = field.current
    if (element?.value !== text) return
    element.style.height = "auto"
    element.style.height = `${Math.min(element.scrollHeight, MOST_PX)}px`
  }, [text])

  return field
}
