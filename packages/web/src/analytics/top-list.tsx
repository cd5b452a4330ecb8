import type { TopOf, TopQuery } from "@backline/client"
import { useQuery } from "@tanstack/react-query"
import { formatAmounts, formatNumber } from "../format/number.ts"
import { useServices } from "../services.tsx"
import { Skeleton } from "../ui/skeleton.tsx"
import { ErrorState } from "../ui/state.tsx"
import style from "./analytics.module.css"

const TITLE: Record<TopOf, string> = { artists: "Artists", cities: "Cities", works: "Works" }

/** The first of a ranking by tickets, by the day of the concert. */
export function TopList({ query }: { query: TopQuery }) {
  const { client } = useServices()
  const top = useQuery({ queryKey: ["top", query], queryFn: ({ signal }) => client.analytics.top(query, signal) })
  const title = `${TITLE[query.of]} by tickets`
  return (
    <section className={style.panel} aria-label={title}>
      <h2>{title}</h2>
      {top.isPending && <Skeleton lines={4} label={`${title} are loading`} />}
      {top.isError && <ErrorState error={top.error} onRetry={() => void top.refetch()} />}
      {top.data?.items.length === 0 && <p className={style.note}>No concert in this window.</p>}
      {top.data && top.data.items.length > 0 && (
        <div className="table-box" tabIndex={0} role="group" aria-label={title}>
          <table className="table" data-testid={`top-${query.of}`}>
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col" className="table-number">
                  Tickets
                </th>
                <th scope="col" className="table-number">
                  Revenue
                </th>
              </tr>
            </thead>
            <tbody>
              {top.data.items.map((item) => (
                <tr key={item.rank}>
                  <th scope="row">
                    <bdi>{item.name}</bdi>
                    {item.detail && (
                      <small>
                        {" "}
                        · <bdi>{item.detail}</bdi>
                      </small>
                    )}
                  </th>
                  <td className="table-number">{formatNumber(item.ticketsSold)}</td>
                  <td className="table-number">{formatAmounts(item.amounts)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {top.data && <p className={style.note}>By {top.data.calendar}.</p>}
    </section>
  )
}
