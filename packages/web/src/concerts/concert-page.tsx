import type { ConcertSummary } from "@backline/client"
import { useQuery } from "@tanstack/react-query"
import { Link, useParams } from "react-router"
import { Ticket } from "lucide-react"
import style from "../analytics/analytics.module.css"
import { SalesView } from "../analytics/sales-view.tsx"
import { formatAgo, formatDay } from "../format/time.ts"
import { useNow } from "../format/use-now.ts"
import { useServices } from "../services.tsx"
import { PredictionPanel } from "../predictions/prediction-panel.tsx"
import { PageHeader } from "../shell/page-header.tsx"
import { Skeleton } from "../ui/skeleton.tsx"
import { EmptyState, ErrorState } from "../ui/state.tsx"
import { FiguresList } from "./figures-list.tsx"
import { PricesTable, ViewsTable } from "./history-tables.tsx"

const REFRESH_MS = 30_000

/** Of what is over nothing is expected any more. */
const isComing = ({ date }: Pick<ConcertSummary, "date">, now: number): boolean =>
  date >= new Date(now).toISOString().slice(0, 10)

/** How one concert sells: its figures, what is expected, its curve by the day of the sale, its prices and looks. */
export default function ConcertPage() {
  const { concertId = "" } = useParams()
  const { client } = useServices()
  const now = useNow()
  const shared = { refetchInterval: REFRESH_MS }
  const concert = useQuery({
    ...shared,
    queryKey: ["concert", concertId],
    queryFn: ({ signal }) => client.concerts.get(concertId, signal),
  })
  const figures = useQuery({
    ...shared,
    queryKey: ["concert", concertId, "figures"],
    queryFn: ({ signal }) => client.analytics.concert(concertId, signal),
  })
  const sales = useQuery({
    ...shared,
    queryKey: ["concert", concertId, "sales"],
    queryFn: ({ signal }) => client.analytics.sales({ concert: concertId }, signal),
  })
  const all = [concert, figures, sales]
  const failed = all.find(({ isError, data }) => isError && data === undefined)
  return (
    <>
      <PageHeader title={concert.data?.title ?? "Concert"} />
      <div className="page-body" tabIndex={0} role="region" aria-label="Concert">
        <div className={style.page} aria-busy={all.some(({ isFetching }) => isFetching)}>
          <Link to="/concerts">All coming concerts</Link>
          {failed && (
            <ErrorState
              title="The concert did not load"
              error={failed.error}
              onRetry={() => all.forEach((query) => void query.refetch())}
            />
          )}
          {!failed && all.some(({ isPending }) => isPending) && <Skeleton lines={8} label="The concert is loading" />}
          {concert.data && figures.data && sales.data && (
            <>
              <p className={style.note} role="status">
                {formatDay(concert.data.date)}
                {concert.data.time && `, ${concert.data.time}`} at the venue ·{" "}
                <bdi>{[concert.data.artist, concert.data.venue, concert.data.city].filter(Boolean).join(" · ")}</bdi> · as of{" "}
                {formatAgo(figures.data.asOf, now)}
              </p>
              <FiguresList figures={figures.data} />
              {isComing(concert.data, now) && (
                <section aria-labelledby="expected">
                  <h2 id="expected">What is expected</h2>
                  <PredictionPanel key={concertId} about={{ concertId }} />
                </section>
              )}
              {sales.data.items.length === 0 ? (
                <EmptyState icon={Ticket} title="Nothing is sold yet">
                  <p>The curve begins with the first ticket.</p>
                </EmptyState>
              ) : (
                <SalesView sales={sales.data} summary="Sales by day as a table" />
              )}
              <div className={style.lists}>
                <PricesTable figures={figures.data} />
                <ViewsTable figures={figures.data} />
              </div>
            </>
          )}
        </div>
      </div>
    </>
  )
}
