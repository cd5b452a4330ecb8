import type { PredictionQuery } from "@backline/client"
import { useState } from "react"
import style from "./predictions.module.css"

const FIELDS = [
  ["artistId", "Artist id", "text"],
  ["venueId", "Venue id", "text"],
  ["day", "Day (UTC)", "date"],
  ["priceCents", "Price, minor units", "number"],
] as const

/** A concert that is only thought of. */
export function DescribeForm({ onDescribe }: { onDescribe(about: PredictionQuery): void }) {
  const [values, setValues] = useState({ artistId: "", venueId: "", day: "", priceCents: "" })
  return (
    <form
      className={style.form}
      onSubmit={(event) => {
        event.preventDefault()
        const { artistId, venueId, day, priceCents } = values
        onDescribe({ artistId, venueId, startsAt: Date.parse(`${day}T20:00:00Z`), priceCents: Number(priceCents) })
      }}
    >
      {FIELDS.map(([name, label, type]) => (
        <div key={name} className="field">
          <label htmlFor={`describe-${name}`}>{label}</label>
          <input
            id={`describe-${name}`}
            className="input"
            type={type}
            required
            {...(type === "number" ? { min: 0, step: 1 } : { maxLength: 64 })}
            value={values[name]}
            onChange={(event) => setValues({ ...values, [name]: event.target.value })}
          />
        </div>
      ))}
      <button type="submit" className="button button-primary">
        Predict
      </button>
    </form>
  )
}
