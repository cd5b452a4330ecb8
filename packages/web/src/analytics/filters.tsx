import type { SalesBy, SalesOf } from "@backline/client"
import { useId, useState } from "react"
import style from "./analytics.module.css"

export interface Filters {
  of: SalesOf
  by: SalesBy
  days: string
  venue: string
  artist: string
  city: string
}

const OF: [SalesOf, string][] = [
  ["sale", "Day of the sale"],
  ["concert", "Day of the concert"],
]
const BY: [SalesBy, string][] = [
  ["day", "Day"],
  ["week", "Week"],
  ["month", "Month"],
]
const DAYS: [string, string][] = [
  ["30", "30 days"],
  ["90", "90 days"],
  ["365", "1 year"],
]

/** What is counted and of which concerts. Text counts when the form is sent. */
export function SalesFilters({ filters, onChange }: { filters: Filters; onChange(next: Filters): void }) {
  const [texts, setTexts] = useState({ venue: filters.venue, artist: filters.artist, city: filters.city })
  const pick = (changes: Partial<Filters>) => onChange({ ...filters, ...texts, ...changes })
  return (
    <form
      className={style.filters}
      aria-label="Filters"
      onSubmit={(event) => {
        event.preventDefault()
        onChange({ ...filters, ...texts })
      }}
    >
      <Choice label="Calendar" value={filters.of} options={OF} onChange={(value) => pick({ of: value as SalesOf })} />
      <Choice label="Per" value={filters.by} options={BY} onChange={(value) => pick({ by: value as SalesBy })} />
      <Choice label="Window" value={filters.days} options={DAYS} onChange={(value) => pick({ days: value })} />
      {(["venue", "artist", "city"] as const).map((key) => (
        <label key={key} className={style.field}>
          {key[0]!.toUpperCase() + key.slice(1)}
          <input
            className="input"
            type="search"
            maxLength={300}
            data-testid={`analytics-${key}`}
            value={texts[key]}
            onChange={(event) => setTexts({ ...texts, [key]: event.target.value })}
          />
        </label>
      ))}
      <button type="submit" className="button button-secondary">
        Apply
      </button>
    </form>
  )
}

interface ChoiceProps {
  label: string
  value: string
  options: readonly (readonly [value: string, label: string])[]
  onChange(value: string): void
}

function Choice({ label, value, options, onChange }: ChoiceProps) {
  const id = useId()
  return (
    <div className={style.field}>
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className="select"
        data-testid={`analytics-${label.toLowerCase()}`}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      >
        {options.map(([each, text]) => (
          <option key={each} value={each}>
            {text}
          </option>
        ))}
      </select>
    </div>
  )
}
