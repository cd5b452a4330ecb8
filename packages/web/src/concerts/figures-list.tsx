import type { ConcertFigures } from "@backline/client"
import style from "../analytics/analytics.module.css"
import { formatAmounts, formatMoney, formatNumber, formatShare } from "../format/number.ts"

/** Sold of capacity, revenue per currency, today's price and looks; all of them since sales began. */
export function FiguresList({ figures }: { figures: ConcertFigures }) {
  const { tickets, capacity, amounts, prices, views } = figures
  const stayed = tickets.sold - tickets.refunded
  const price = prices.at(-1)
  return (
    <dl className={style.figures} data-testid="concert-figures">
      <div>
        <dt>Tickets sold</dt>
        <dd data-testid="concert-sold">
          {formatNumber(stayed)}
          <small>
            {capacity === null ? "capacity unknown" : `of ${formatNumber(capacity)} seats, ${formatShare(stayed / capacity)}`}
            {tickets.refunded > 0 && `; ${formatNumber(tickets.refunded)} refunded`}
          </small>
        </dd>
      </div>
      <div>
        <dt>Revenue</dt>
        <dd data-testid="concert-revenue">
          {formatAmounts(amounts)}
          <small>sold minus refunded, per currency</small>
        </dd>
      </div>
      <div>
        <dt>Price now</dt>
        <dd>
          {price ? formatMoney(price.priceCents, price.currency) : "–"}
          <small>{prices.length > 1 ? `${prices.length} prices so far` : "a ticket"}</small>
        </dd>
      </div>
      <div>
        <dt>Looks</dt>
        <dd>
          {formatNumber(views.reduce((sum, day) => sum + day.views, 0))}
          <small>at the concert's page</small>
        </dd>
      </div>
    </dl>
  )
}
