import type { PopularityBy, VenuePopularity } from "@backline/client"
import { shownOf } from "../analytics/currencies.ts"
import { formatAmounts, formatChange, formatNumber, formatShare } from "../format/number.ts"

const HEADINGS: [by: PopularityBy | undefined, label: string][] = [
  ["concerts", "Concerts"],
  ["tickets", "Tickets sold"],
  ["revenue", "Revenue"],
  [undefined, "Sell-through"],
  [undefined, "Trend"],
  ["score", "Score"],
]

/** The ranking in full; unknown shares and trends are dashes. */
export function VenueTable({ items, by, currency }: { items: readonly VenuePopularity[]; by: PopularityBy; currency?: string }) {
  return (
    <div className="table-box venue-table" tabIndex={0} role="group" aria-label="Venues by popularity">
      <table className="table" data-testid="venues-table">
        <caption className="sr-only">Venues by popularity</caption>
        <thead>
          <tr>
            <th scope="col" className="table-number">
              #
            </th>
            <th scope="col">Venue</th>
            {HEADINGS.map(([each, label]) => (
              <th key={label} scope="col" className="table-number" aria-sort={each === by ? "descending" : undefined}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.venueId}>
              <td className="table-number venue-rank">{item.rank}</td>
              <th scope="row" className="venue-name">
                <bdi>{item.name}</bdi>
                {item.city && (
                  <small>
                    <bdi>{item.city}</bdi>
                  </small>
                )}
              </th>
              <td className="table-number">{formatNumber(item.concerts)}</td>
              <td className="table-number">{formatNumber(item.ticketsSold)}</td>
              <td className="table-number">{formatAmounts(shownOf(item.amounts, currency))}</td>
              <td className="table-number">
                {item.sellThrough === null ? (
                  "–"
                ) : (
                  <span className="meter">
                    <meter min={0} max={1} value={item.sellThrough} aria-hidden />
                    {formatShare(item.sellThrough)}
                  </span>
                )}
              </td>
              <td className={`table-number ${(item.trend ?? 0) > 0 ? "trend-up" : ""}`}>
                {item.trend === null ? "–" : formatChange(item.trend)}
              </td>
              <td className="table-number">{formatNumber(item.score)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
