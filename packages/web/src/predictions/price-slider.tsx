import { useId } from "react"
import { formatMinor } from "./money.ts"
import style from "./predictions.module.css"

interface Props {
  /** What a ticket costs now, minor units. */
  base: number
  value: number
  currency: string | null
  onChange(priceCents: number): void
}

/** What another price would do: from half to double of what a ticket costs now, in steps of a fiftieth. */
export function PriceSlider({ base, value, currency, onChange }: Props) {
  const id = useId()
  const step = Math.max(1, Math.round(base / 50))
  const from = base - step * Math.floor(base / 2 / step)
  return (
    <div className={style.slider}>
      <label htmlFor={id}>What if a ticket cost {formatMinor(value, currency)}?</label>
      <input
        id={id}
        type="range"
        data-testid="prediction-price"
        min={from}
        max={Math.max(base * 2, from + step)}
        step={step}
        value={value}
        aria-valuetext={formatMinor(value, currency)}
        onChange={(event) => onChange(Number(event.target.value))}
      />
      <p className={style.quiet}>
        {value === base ? (
          <>This is its price. Half to double of it can be tried.</>
        ) : (
          <>
            Its price is {formatMinor(base, currency)}.{" "}
            <button type="button" className="button button-secondary" onClick={() => onChange(base)}>
              Back to it
            </button>
          </>
        )}
      </p>
    </div>
  )
}
