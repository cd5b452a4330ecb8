import type { Prediction } from "@backline/client"
import { formatNumber, formatShare } from "../format/number.ts"
import style from "./predictions.module.css"

const share = (value: number, seats: number): string => `${(100 * Math.min(1, value / Math.max(1, seats))).toFixed(2)}%`

/** Sold so far, the band and its middle, on the seats that are on sale; in numbers beside it for who does not see it. */
export function Band({ prediction }: { prediction: Prediction }) {
  const { low, expected, high, sold, seats, coverage } = prediction
  const said = `${formatNumber(expected)} tickets expected, between ${formatNumber(low)} and ${formatNumber(high)} of ${formatNumber(seats)} seats; ${formatNumber(sold)} sold so far`
  const rows = [
    ["Sold so far", sold],
    ["Low", low],
    ["Expected", expected],
    ["High", high],
    ["Seats on sale", seats],
  ] as const
  return (
    <figure className={style.figure}>
      <div className={style.track} role="img" aria-label={said}>
        <span className={style.sold} style={{ width: share(sold, seats) }} />
        <span
          className={style.band}
          style={{ left: share(low, seats), width: share(high - low, seats) }}
          data-testid="prediction-band"
        />
        <span className={style.middle} style={{ left: share(expected, seats) }} />
      </div>
      <div className={style.axis} aria-hidden>
        <span>0</span>
        <span>tickets</span>
        <span>{formatNumber(seats)} seats</span>
      </div>
      <figcaption className={style.quiet}>
        {formatShare(coverage)} of concerts end between low and high.
        <details>
          <summary>As a table</summary>
          <table className={style.table}>
            <caption className="sr-only">The prediction in tickets</caption>
            <tbody>
              {rows.map(([name, tickets]) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td>{formatNumber(tickets)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      </figcaption>
    </figure>
  )
}
