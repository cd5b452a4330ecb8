import type { ConcertFigures } from "@backline/client"
import style from "../analytics/analytics.module.css"
import { formatMoney, formatNumber } from "../format/number.ts"
import { formatDay } from "../format/time.ts"

/** Days of looks that are listed, newest first. */
const SHOWN_DAYS = 14

/** Since when a ticket costs what, in the venue's time zone. */
export function PricesTable({ figures: { prices, timeZone } }: { figures: ConcertFigures }) {
  const moment = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone })
  return (
    <section className={style.panel} aria-labelledby="prices">
      <h2 id="prices">Prices</h2>
      {prices.length === 0 ? (
        <p className={style.note}>No price was announced.</p>
      ) : (
        <table className="table" data-testid="concert-prices">
          <thead>
            <tr>
              <th scope="col">Since ({timeZone})</th>
              <th scope="col" className="table-number">
                Price
              </th>
            </tr>
          </thead>
          <tbody>
            {prices.toReversed().map(({ at, priceCents, currency }, index) => (
              <tr key={`${at} ${index}`}>
                <td>{moment.format(at)}</td>
                <td className="table-number">{formatMoney(priceCents, currency)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

/** Looks by day, newest first. */
export function ViewsTable({ figures: { views, timeZone } }: { figures: ConcertFigures }) {
  return (
    <section className={style.panel} aria-labelledby="views">
      <h2 id="views">Looks by day</h2>
      {views.length === 0 ? (
        <p className={style.note}>Nobody has looked yet.</p>
      ) : (
        <table className="table" data-testid="concert-views">
          <thead>
            <tr>
              <th scope="col">Day ({timeZone})</th>
              <th scope="col" className="table-number">
                Looks
              </th>
              <th scope="col" className="table-number">
                Known people
              </th>
            </tr>
          </thead>
          <tbody>
            {views
              .slice(-SHOWN_DAYS)
              .toReversed()
              .map(({ day, views: looks, viewers }) => (
                <tr key={day}>
                  <td>{formatDay(day)}</td>
                  <td className="table-number">{formatNumber(looks)}</td>
                  <td className="table-number">{formatNumber(viewers)}</td>
                </tr>
              ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
