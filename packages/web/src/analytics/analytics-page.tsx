import type { SalesBy, SalesOf } from "@backline/client"
import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { ChartLine } from "lucide-react"
import { Link, useSearchParams } from "react-router"
import { dayBefore, formatAgo, formatDay } from "../format/time.ts"
import { useNow } from "../format/use-now.ts"
import { useServices } from "../services.tsx"
import { PageHeader } from "../shell/page-header.tsx"
import { Skeleton } from "../ui/skeleton.tsx"
import { EmptyState, ErrorState } from "../ui/state.tsx"
import style from "./analytics.module.css"
import { type Filters, SalesFilters } from "./filters.tsx"
import { SalesView } from "./sales-view.tsx"
import { TopList } from "./top-list.tsx"
import { spanOf } from "./window.ts"

const DEFAULTS: Filters = { of: "sale", by: "day", days: "90", venue: "", artist: "", city: "" }

/** Sales over time and who sells most; the filters live in the address, so that a view can be shared. */
export default function AnalyticsPage() {
  const { client } = useServices()
  const [search, setSearch] = useSearchParams()
  const now = useNow()
  const filters: Filters = {
    of: (search.get("of") ?? DEFAULTS.of) as SalesOf,
    by: (search.get("by") ?? DEFAULTS.by) as SalesBy,
    days: search.get("days") ?? DEFAULTS.days,
    venue: search.get("venue") ?? "",
    artist: search.get("artist") ?? "",
    city: search.get("city") ?? "",
  }
  const { of, by, days, venue, artist, city } = filters
  const places = { venue: venue || undefined, artist: artist || undefined, city: city || undefined }
  const query = { of, by, ...spanOf(of, Number(days) || 90, new Date(now).toISOString().slice(0, 10)), ...places }
  const sales = useQuery({
    queryKey: ["sales", query],
    queryFn: ({ signal }) => client.analytics.sales(query, signal),
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  })
  const { data } = sales
  return (
    <>
      <PageHeader title="Analytics" />
      <div className="page-body" tabIndex={0} role="region" aria-label="Analytics">
        <div className={style.page} aria-busy={sales.isFetching}>
          <SalesFilters
            filters={filters}
            onChange={(next) =>
              setSearch(
                Object.fromEntries(Object.entries(next).filter(([key, value]) => value !== DEFAULTS[key as keyof Filters])),
                { replace: true },
              )
            }
          />
          {sales.isPending && <Skeleton lines={8} label="Sales are loading" />}
          {sales.isError && !data && (
            <ErrorState title="Sales did not load" error={sales.error} onRetry={() => void sales.refetch()} />
          )}
          {data && data.items.length === 0 && (
            <EmptyState icon={ChartLine} title="Nothing was sold in this view">
              <p>Choose a wider window, or fewer filters.</p>
            </EmptyState>
          )}
          {data && data.items.length > 0 && (
            <>
              <p className={style.note} role="status">
                {data.from && data.to && `${formatDay(data.from)} to ${formatDay(dayBefore(data.to))}, `}
                by {data.calendar} · as of {formatAgo(data.asOf, now)}
              </p>
              <SalesView sales={data} summary="Sales as a table" />
            </>
          )}
          <div className={style.lists}>
            {(["artists", "cities", "works"] as const).map((each) => (
              <TopList key={each} query={{ of: each, from: query.from, to: query.to, limit: 10, ...places }} />
            ))}
          </div>
          <p className={style.note}>
            Which halls draw most is on <Link to="/venues">Venues</Link>; how one concert sells is on{" "}
            <Link to="/concerts">Concerts</Link>.
          </p>
        </div>
      </div>
    </>
  )
}
