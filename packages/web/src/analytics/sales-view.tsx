import type { SalesResult } from "@backline/client"
import { lazy, Suspense, useState } from "react"
import { formatAmounts, formatNumber } from "../format/number.ts"
import { formatDay } from "../format/time.ts"
import { Skeleton } from "../ui/skeleton.tsx"
import { currenciesIn } from "./currencies.ts"
import { CurrencySelect } from "./currency-select.tsx"
import { salesRows } from "./sales-rows.ts"
import "../receipts/receipts.css"
import style from "./analytics.module.css"

const ResultChart = lazy(() => import("../receipts/result-chart.tsx"))

/** Sales as a curve of tickets or of one currency, with all of it in a table behind. */
export function SalesView({ sales, summary }: { sales: SalesResult; summary: string }) {
  const currencies = currenciesIn(sales.items)
  const [chosen, setChosen] = useState<string>()
  const currency = chosen !== undefined && currencies.includes(chosen) ? chosen : currencies[0]
  return (
    <>
      <div className={style.panel}>
        <CurrencySelect currencies={currencies} value={currency} onChange={setChosen} />
        <Suspense fallback={<Skeleton lines={6} label="The chart is loading" />}>
          <ResultChart key={`${sales.by} ${currency}`} {...salesRows(sales, currency)} />
        </Suspense>
      </div>
      <details className={style.behind}>
        <summary>{summary}</summary>
        <div className="table-box" tabIndex={0} role="group" aria-label={summary}>
          <table className="table" data-testid="sales-table">
            <caption className="sr-only">By {sales.calendar}</caption>
            <thead>
              <tr>
                <th scope="col">{sales.by === "week" ? "Week from" : sales.by === "month" ? "Month" : "Day"}</th>
                <th scope="col" className="table-number">
                  Tickets
                </th>
                <th scope="col" className="table-number">
                  Amounts
                </th>
              </tr>
            </thead>
            <tbody>
              {sales.items.map(({ period, tickets, amounts }) => (
                <tr key={period} data-period={period}>
                  <th scope="row">{formatDay(period)}</th>
                  <td className="table-number">{formatNumber(tickets)}</td>
                  <td className="table-number">{formatAmounts(amounts)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
      <p className={style.note}>
        Counted by {sales.calendar}. {sales.explain}
      </p>
    </>
  )
}
