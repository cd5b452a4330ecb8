import type { PredictionQuery } from "@backline/client"
import { useQuery } from "@tanstack/react-query"
import { CalendarClock } from "lucide-react"
import { useState } from "react"
import { useSearchParams } from "react-router"
import { formatDay } from "../format/time.ts"
import { useServices } from "../services.tsx"
import { PageHeader } from "../shell/page-header.tsx"
import { Skeleton } from "../ui/skeleton.tsx"
import { EmptyState, ErrorState } from "../ui/state.tsx"
import { DescribeForm } from "./describe-form.tsx"
import { PredictionPanel } from "./prediction-panel.tsx"
import style from "./predictions.module.css"

/** From tomorrow (UTC): what is today may have begun. */
const tomorrow = (): string => new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)

/** A coming concert, picked or described, and what it will sell. The concert picked lives in the address. */
export default function PredictionsPage() {
  const { client } = useServices()
  const [search, setSearch] = useSearchParams()
  const [described, setDescribed] = useState<PredictionQuery>()
  const from = tomorrow()
  const concerts = useQuery({
    queryKey: ["concerts", "coming", from],
    queryFn: ({ signal }) => client.concerts.list({ from, limit: 100 }, signal),
  })
  const items = concerts.data?.items ?? []
  const concertId = search.get("concert") ?? items[0]?.concertId
  const about = described ?? (concertId === undefined ? undefined : { concertId })
  return (
    <>
      <PageHeader title="Predictions" />
      <div className="page-body" tabIndex={0} role="region" aria-label="Predictions">
        <div className={style.page}>
          {concerts.isPending && <Skeleton lines={2} label="Coming concerts are loading" />}
          {concerts.isError && (
            <ErrorState title="Concerts did not load" error={concerts.error} onRetry={() => void concerts.refetch()} />
          )}
          {concerts.isSuccess && items.length === 0 && (
            <EmptyState icon={CalendarClock} title="No concert is to come">
              <p>Describe one below, or bring a season in: npm run simulate.</p>
            </EmptyState>
          )}
          {items.length > 0 && (
            <div className="field">
              <label htmlFor="predictions-concert">Coming concert, by the day at its venue</label>
              <select
                id="predictions-concert"
                className="select"
                data-testid="predictions-concert"
                value={described ? "" : concertId}
                onChange={(event) => {
                  setDescribed(undefined)
                  setSearch({ concert: event.target.value }, { replace: true })
                }}
              >
                {described && <option value="">A described concert</option>}
                {!items.some((each) => each.concertId === concertId) && concertId && (
                  <option value={concertId}>{concertId}</option>
                )}
                {items.map((each) => (
                  <option key={each.concertId} value={each.concertId}>
                    {formatDay(each.date)} · {each.title}
                  </option>
                ))}
              </select>
            </div>
          )}
          <details>
            <summary>Describe a concert that does not exist yet</summary>
            <DescribeForm onDescribe={setDescribed} />
          </details>
          {about && <PredictionPanel key={JSON.stringify(about)} about={about} />}
        </div>
      </div>
    </>
  )
}
