import { useId } from "react"
import style from "./analytics.module.css"

interface Props {
  currencies: readonly string[]
  value: string | undefined
  onChange(currency: string): void
}

/** Which currency is drawn or ranked: amounts of several are never added up. */
export function CurrencySelect({ currencies, value, onChange }: Props) {
  const id = useId()
  if (currencies.length === 0) return null
  return (
    <div className={style.field}>
      <label htmlFor={id}>Currency</label>
      <select id={id} className="select" data-testid="currency" value={value} onChange={(event) => onChange(event.target.value)}>
        {currencies.map((currency) => (
          <option key={currency} value={currency}>
            {currency}
          </option>
        ))}
      </select>
    </div>
  )
}
