import { useEffect } from "react"

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

/** Ctrl or ⌘ K: search conversations (`before` opens what holds the field); `/`: write a question. */
export function useShortcuts(before?: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
        event.preventDefault()
        const field = document.getElementById("conversation-search")
        if (field) return field.focus()
        before?.()
        setTimeout(() => document.getElementById("conversation-search")?.focus())
      } else if (
        event.key === "/" &&
        !event.metaKey &&
        !event.ctrlKey &&
        !isField(event.target) &&
        !document.querySelector("dialog[open]")
      ) {
        const composer = document.getElementById("composer")
        if (!composer) return
        event.preventDefault()
        composer.focus()
      }
    }
    addEventListener("keydown", onKey)
    return () => removeEventListener("keydown", onKey)
  }, [before])
}
