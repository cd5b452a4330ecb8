import { useQuery } from "@tanstack/react-query"
import { PackageOpen } from "lucide-react"
import { formatNumber } from "../format/number.ts"
import { formatAgo, formatMoment } from "../format/time.ts"
import { useNow } from "../format/use-now.ts"
import { useServices } from "../services.tsx"
import { Skeleton } from "../ui/skeleton.tsx"
import { EmptyState, ErrorState } from "../ui/state.tsx"
import style from "./data.module.css"

/** The last loads of the warehouse: what each found in the lake, and what of it was new. */
export function LoadsPanel() {
  const { client } = useServices()
  const now = useNow()
  const query = useQuery({
    queryKey: ["loads"],
    queryFn: ({ signal }) => client.ingest.loads({ limit: 50 }, signal),
    refetchInterval: 10_000,
  })
  if (query.isPending) return <Skeleton lines={6} label="Loads are loading" />
  if (!query.data) return <ErrorState title="Loads did not load" error={query.error} onRetry={() => void query.refetch()} />
  const { items } = query.data
  if (items.length === 0)
    return (
      <EmptyState icon={PackageOpen} title="Nothing was loaded yet">
        <p>The warehouse loads files of the lake a few seconds after their events arrived.</p>
      </EmptyState>
    )
  return (
    <>
      <div className="table-box" tabIndex={0} role="group" aria-label="Loads">
        <table className="table" data-testid="data-loads">
          <caption className="sr-only">The last loads of the warehouse, newest first</caption>
          <thead>
            <tr>
              <th scope="col">Table</th>
              <th scope="col" className="table-number">
                Rows
              </th>
              <th scope="col" className="table-number">
                New
              </th>
              <th scope="col" className="table-number">
                Refused
              </th>
              <th scope="col" className="table-number">
                Files
              </th>
              <th scope="col">Loaded</th>
            </tr>
          </thead>
          <tbody>
            {items.map((load) => (
              <tr key={load.id} className={style.lane}>
                <th scope="row">{load.table}</th>
                <td className="table-number">{formatNumber(load.staged)}</td>
                <td className="table-number">{formatNumber(load.loaded)}</td>
                <td className={`table-number ${load.rejected > 0 ? style.bad : ""}`}>{formatNumber(load.rejected)}</td>
                <td className="table-number">{formatNumber(load.objects)}</td>
                <td className={style.when} title={formatMoment(load.at)}>
                  {formatAgo(load.at, now)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={style.note}>
        Rows that are neither new nor refused were known already: repeats of an event, or older versions of a thing.
      </p>
    </>
  )
}
