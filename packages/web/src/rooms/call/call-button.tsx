import { Phone } from "lucide-react"

interface Props {
  /** How many are in the call. */
  count: number
  isOpen: boolean
  onToggle(): void
}

const inIt = (count: number): string => (count === 1 ? "one person is in it" : `${count} people are in it`)

/** Opens the room's call; says how many are in it. */
export function CallButton({ count, isOpen, onToggle }: Props) {
  return (
    <button
      type="button"
      className="button button-quiet button-small call-button"
      data-testid="open-call"
      data-live={count > 0 || undefined}
      aria-expanded={isOpen}
      aria-label={count > 0 ? `Call, ${inIt(count)}` : "Call"}
      onClick={onToggle}
    >
      <Phone size={15} aria-hidden />
      <span className="call-button-word">Call</span>
      {count > 0 && <span className="call-count tabular">{count}</span>}
    </button>
  )
}
