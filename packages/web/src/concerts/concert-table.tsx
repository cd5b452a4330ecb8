import type { ConcertSummary } from "@backline/client"
import { Link } from "react-router"
import { formatMoney, formatNumber, formatShare } from "../format/number.ts"
import { formatDay } from "../format/time.ts"
import "../receipts/receipts.css"

/** Concerts with the day at the venue and how full they are. */
export function ConcertTable({ items }: { items: readonly ConcertSummary[] }) {
  return (
    <div className="table-box" tabIndex={0} role="group" aria-label="Coming concerts">
      <table className="table" data-testid="concerts-table">
        <caption className="sr-only">Coming concerts by day at the venue</caption>
        <thead>
          <tr>
            <th scope="col">Day at the venue</th>
            <th scope="col">Concert</th>
            <th scope="col">Venue</th>
            <th scope="col" className="table-number">
              Price
            </th>
            <th scope="col" className="table-number">
              Sold
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.concertId}>
              <td>{formatDay(item.date)}</td>
              <th scope="row">
                <Link to={`/concerts/${encodeURIComponent(item.concertId)}`}>
                  <bdi>{item.title}</bdi>
                </Link>
              </th>
              <td>
                <bdi>{[item.venue, item.city].filter(Boolean).join(", ") || "–"}</bdi>
              </td>
              <td className="table-number">
                {item.priceCents === null ? "–" : formatMoney(item.priceCents, item.currency ?? undefined)}
              </td>
              <td className="table-number">
                {item.capacity === null
                  ? formatNumber(item.ticketsSold)
                  : `${formatNumber(item.ticketsSold)} of ${formatNumber(item.capacity)} (${formatShare(item.ticketsSold / item.capacity)})`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
