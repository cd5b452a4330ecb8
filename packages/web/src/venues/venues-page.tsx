import { keepPreviousData, useQuery } from "@tanstack/react-query"
import type { PopularityBy } from "@backline/client"
import { Building2 } from "lucide-react"
import { lazy, Suspense } from "react"
import { Link, useSearchParams } from "react-router"
import { currenciesIn, onlyOne } from "../analytics/currencies.ts"
import { CurrencySelect } from "../analytics/currency-select.tsx"
import { plural } from "../format/number.ts"
import { dayBefore, formatAgo, formatDay } from "../format/time.ts"
import { useNow } from "../format/use-now.ts"
import { useServices } from "../services.tsx"
import { PageHeader } from "../shell/page-header.tsx"
import { CopyButton } from "../ui/copy-button.tsx"
import { Skeleton } from "../ui/skeleton.tsx"
import { EmptyState, ErrorState } from "../ui/state.tsx"
import { chartRows } from "./chart-rows.ts"
import { DEFAULT_BY, DEFAULT_WINDOW, queryOf, VenueFilters } from "./venue-filters.tsx"
import { VenueTable } from "./venue-table.tsx"
import "../receipts/receipts.css"
import "./venues.css"

const ResultChart = lazy(() => import("../receipts/result-chart.tsx"))

/** Venues by what they draw; the filters live in the address, so that a view can be shared. */
export default function VenuesPage() {
  const { client } = useServices()
  const [search, setSearch] = useSearchParams()
  const now = useNow()
  const filters = {
    window: search.get("window") ?? DEFAULT_WINDOW,
    by: (search.get("by") ?? DEFAULT_BY) as PopularityBy,
    city: search.get("city") ?? "",
  }
  const ranking = queryOf(filters)
  // Revenue is ranked in one currency; which there are, the ranking by concerts tells.
  const money = useQuery({
    queryKey: ["venues", "currencies", ranking],
    queryFn: async ({ signal }) =>
      currenciesIn((await client.venues.popularity({ ...ranking, by: "concerts", limit: 100 }, signal)).items),
    enabled: filters.by === "revenue",
  })
  const asked = search.get("currency") ?? money.data?.[0]
  const currency = filters.by === "revenue" ? asked : undefined
  const query = { ...ranking, currency }
  const venues = useQuery({
    queryKey: ["venues", query],
    queryFn: ({ signal }) => client.venues.popularity(query, signal),
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
    enabled: filters.by !== "revenue" || money.isSuccess,
  })
  const { data } = venues

  return (
    <>
      <PageHeader title="Venues" />
      <div className="page-body" tabIndex={0} role="region" aria-label="Venues">
        <div className="venues" aria-busy={venues.isFetching}>
          <VenueFilters
            filters={filters}
            onChange={(changes) => {
              const next = { ...filters, ...changes }
              setSearch(
                Object.fromEntries(
                  Object.entries(next).filter(
                    ([key, value]) => value && value !== { window: DEFAULT_WINDOW, by: DEFAULT_BY, city: "" }[key],
                  ),
                ),
                { replace: true },
              )
            }}
          />
          {filters.by === "revenue" && (
            <CurrencySelect
              currencies={money.data ?? []}
              value={currency}
              onChange={(next) => setSearch({ ...Object.fromEntries(search), currency: next }, { replace: true })}
            />
          )}
          {venues.isPending && <Skeleton lines={8} label="Venues are loading" />}
          {venues.isError && !data && (
            <ErrorState title="Venues did not load" error={venues.error} onRetry={() => void venues.refetch()} />
          )}
          {data && data.items.length === 0 && <NoVenues />}
          {data && data.items.length > 0 && (
            <>
              <p className="venues-about" role="status">
                {plural(data.items.length, "venue")}
                {filters.window === "all" ? ", all time" : `, ${formatDay(data.from)} to ${formatDay(dayBefore(data.to))}`}
                {", by the day of the concert"}
                {data.asOf ? ` · as of ${formatAgo(data.asOf, now)}` : ""}
              </p>
              <section className="venues-chart" aria-label="Chart">
                <Suspense fallback={<Skeleton lines={6} label="The chart is loading" />}>
                  <ResultChart
                    key={`${filters.by} ${currency}`}
                    {...chartRows(data.items, filters.by, currency ?? onlyOne(data.items))}
                  />
                </Suspense>
              </section>
              <VenueTable items={data.items} by={filters.by} currency={currency} />
              {data.explain && <p className="venues-explain">{data.explain}</p>}
            </>
          )}
        </div>
      </div>
    </>
  )
}

function NoVenues() {
  const commands = ["npm run simulate -- --rate 20 --seed 1", "npm run import -- nyphil <folder of the dataset>"]
  return (
    <EmptyState icon={Building2} title="No concerts in this view">
      <p>
        Choose a <Link to="/venues?window=all">wider window</Link> or another city. Is nothing imported yet? Bring data in from a
        terminal beside the running platform:
      </p>
      <ul className="commands">
        {commands.map((command) => (
          <li key={command}>
            <code>{command}</code>
            <CopyButton text={command} label={`Copy ${command}`} small />
          </li>
        ))}
      </ul>
    </EmptyState>
  )
}
