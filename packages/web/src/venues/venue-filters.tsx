import type { PopularityBy, PopularityQuery } from "@backline/client"
import { Search } from "lucide-react"
import { ToggleGroup } from "radix-ui"
import { useEffect, useState } from "react"

export interface Filters {
  window: string
  by: PopularityBy
  city: string
}

export const DEFAULT_WINDOW = "90"
export const DEFAULT_BY: PopularityBy = "score"

/** Days up to now, or everything there is (the archive begins in 1842). */
const WINDOWS: [value: string, label: string][] = [
  ["7", "7 days"],
  ["30", "30 days"],
  ["90", "90 days"],
  ["365", "1 year"],
  ["all", "All time"],
]

const BY: [value: PopularityBy, label: string][] = [
  ["score", "Score"],
  ["concerts", "Concerts"],
  ["tickets", "Tickets"],
  ["revenue", "Revenue"],
]

const TYPING_MS = 350

export function queryOf({ window, by, city }: Filters): PopularityQuery {
  const span = window === "all" ? { from: "1800-01-01", to: "2100-01-01" } : { days: Number(window) || Number(DEFAULT_WINDOW) }
  return { ...span, by, city: city.trim() || undefined, limit: 50 }
}

export function VenueFilters({ filters, onChange }: { filters: Filters; onChange: (changes: Partial<Filters>) => void }) {
  const [city, setCity] = useState(filters.city)
  useEffect(() => {
    if (city === filters.city) return
    const timer = setTimeout(() => onChange({ city }), TYPING_MS)
    return () => clearTimeout(timer)
  }, [city, filters.city, onChange])
  return (
    <div className="venue-filters">
      <Choice label="Window" value={filters.window} options={WINDOWS} onChange={(window) => onChange({ window })} />
      <Choice label="Rank by" value={filters.by} options={BY} onChange={(by) => onChange({ by: by as PopularityBy })} />
      <div className="search venue-city">
        <Search size={15} aria-hidden />
        <input
          className="input"
          type="search"
          placeholder="City"
          aria-label="City"
          data-testid="venues-city"
          value={city}
          onChange={(event) => setCity(event.target.value)}
        />
      </div>
    </div>
  )
}

interface ChoiceProps {
  label: string
  value: string
  options: readonly (readonly [value: string, label: string])[]
  onChange(value: string): void
}

function Choice({ label, value, options, onChange }: ChoiceProps) {
  return (
    <ToggleGroup.Root
      type="single"
      className="segments"
      aria-label={label}
      value={value}
      onValueChange={(next) => next && onChange(next)}
    >
      {options.map(([each, text]) => (
        <ToggleGroup.Item key={each} value={each} className="segment" data-testid={`venues-${each}`}>
          {text}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  )
}
