import { X } from "lucide-react"
import { useSyncExternalStore } from "react"

interface Toast {
  id: number
  text: string
}

const STAYS_MS = 8_000
const listeners = new Set<() => void>()
let toasts: readonly Toast[] = []
let count = 0

function replace(next: readonly Toast[]): void {
  toasts = next
  for (const listener of listeners) listener()
}

const dismiss = (id: number) => replace(toasts.filter((each) => each.id !== id))

/** Says a sentence at the edge of the screen, for what went wrong away from where the eye is. */
export function toast(text: string): void {
  const id = ++count
  replace([...toasts.filter((each) => each.text !== text).slice(-2), { id, text }])
  setTimeout(() => dismiss(id), STAYS_MS)
}

const subscribe = (listener: () => void) => (listeners.add(listener), () => void listeners.delete(listener))

export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => toasts)
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map(({ id, text }) => (
        <div key={id} className="toast">
          <span>{text}</span>
          <button type="button" className="icon-button" aria-label="Dismiss" onClick={() => dismiss(id)}>
            <X size={15} aria-hidden />
          </button>
        </div>
      ))}
    </div>
  )
}
