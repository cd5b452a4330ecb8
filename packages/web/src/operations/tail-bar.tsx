import { Pause, Play, Search } from "lucide-react"
import type { ReactNode } from "react"
import { formatNumber } from "../format/number.ts"

interface Props {
  text: string
  onText(text: string): void
  placeholder: string
  paused: boolean
  waiting: number
  onPause(): void
  children: ReactNode
}

/** What stands above a live list: a search, its filters, and the way to hold it still. */
export function TailBar({ text, onText, placeholder, paused, waiting, onPause, children }: Props) {
  return (
    <div className="ops-filters">
      <div className="search ops-search">
        <Search size={15} aria-hidden />
        <input
          className="input"
          type="search"
          placeholder={placeholder}
          aria-label={placeholder}
          data-testid="tail-text"
          value={text}
          onChange={(event) => onText(event.target.value)}
        />
      </div>
      {children}
      <button
        type="button"
        className="button button-secondary ops-pause"
        aria-pressed={paused}
        data-testid="tail-pause"
        onClick={onPause}
      >
        {paused ? <Play size={14} aria-hidden /> : <Pause size={14} aria-hidden />}
        {paused ? "Go on" : "Pause"}
        {paused && waiting > 0 && <span className="tabular"> · {formatNumber(waiting)} new</span>}
      </button>
    </div>
  )
}

interface PickProps {
  label: string
  value: string
  options: readonly (readonly [value: string, label: string])[]
  onChange(value: string): void
  testId: string
}

export function Pick({ label, value, options, onChange, testId }: PickProps) {
  return (
    <select
      className="select"
      aria-label={label}
      data-testid={testId}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      {options.map(([each, text]) => (
        <option key={each} value={each}>
          {text}
        </option>
      ))}
    </select>
  )
}
