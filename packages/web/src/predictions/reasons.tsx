import type { Prediction } from "@backline/client"
import { formatNumber, plural } from "../format/number.ts"
import { formatMoment } from "../format/time.ts"
import style from "./predictions.module.css"

/** The three strongest reasons with their size; how far they can be trusted stands below. */
export function Reasons({ prediction }: { prediction: Prediction }) {
  const { reasons, history, model } = prediction
  const largest = Math.max(1, ...reasons.map(({ tickets }) => Math.abs(tickets)))
  return (
    <>
      <section aria-label="Reasons">
        <h3>Why</h3>
        <ul className={style.reasons} data-testid="prediction-reasons">
          {reasons.map(({ factor, tickets, text }) => (
            <li key={factor}>
              <span>{text}</span>
              <span
                className={tickets < 0 ? style.less : style.more}
                style={{ width: `${(100 * Math.abs(tickets)) / largest}%` }}
                aria-hidden
              />
            </li>
          ))}
        </ul>
        <p className={style.quiet}>Each against the same concert with that one thing as usual.</p>
      </section>
      <p className={style.quiet} data-testid="prediction-model">
        {history.artist === 0
          ? "No past concert of this artist is known, so the band is wider. "
          : `From ${plural(history.artist, "past concert")} of the artist and ${formatNumber(history.venue)} of the venue. `}
        Model <code>{model.version}</code>, trained {formatMoment(model.trainedAt)}
        {model.error !== null && (
          <>
            ; on later concerts than it learned from it missed by {formatNumber(Math.round(model.error * 10) / 10)} tickets on
            average
          </>
        )}{" "}
        ({formatNumber(Math.round(model.mape * 1_000) / 10)} %)
        {model.held !== null && <>, and {formatNumber(Math.round(model.held * 100))} % of them ended inside their band</>}.
      </p>
    </>
  )
}
