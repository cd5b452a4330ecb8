import { useInfiniteQuery } from "@tanstack/react-query"
import { ShieldCheck } from "lucide-react"
import { useState } from "react"
import { useNow } from "../format/use-now.ts"
import { useServices } from "../services.tsx"
import { Skeleton } from "../ui/skeleton.tsx"
import { EmptyState, ErrorState } from "../ui/state.tsx"
import style from "./data.module.css"
import { FixDialog } from "./fix-dialog.tsx"
import { RecordRow } from "./record-row.tsx"

type Which = "open" | "all"
const WHICH: [Which, string][] = [
  ["open", "Waiting"],
  ["all", "All of 90 days"],
]

/** Records that are no events, newest batches first; each opens to be mended and sent again. */
export function QuarantinePanel() {
  const { client } = useServices()
  const [which, setWhich] = useState<Which>("open")
  const [chosen, setChosen] = useState<string>()
  const now = useNow()
  const query = useInfiniteQuery({
    queryKey: ["quarantine", which],
    queryFn: ({ pageParam, signal }) => client.quarantine.list({ state: which, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
    refetchInterval: 10_000,
  })
  const items = query.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <>
      <div className="segments" role="radiogroup" aria-label="Which records">
        {WHICH.map(([value, label]) => (
          <button
            key={value}
            type="button"
            role="radio"
            className="segment"
            aria-checked={which === value}
            data-testid={`quarantine-${value}`}
            onClick={() => setWhich(value)}
          >
            {label}
          </button>
        ))}
      </div>
      {query.isPending && <Skeleton lines={6} label="Quarantined records are loading" />}
      {query.isError && !query.data && (
        <ErrorState title="Quarantine did not load" error={query.error} onRetry={() => void query.refetch()} />
      )}
      {query.data && items.length === 0 && !query.hasNextPage && (
        <EmptyState icon={ShieldCheck} title={which === "open" ? "No record waits" : "No record was quarantined"}>
          <p>
            What producers write to the streams and is no event is kept here, with the reason, until somebody mends or discards
            it.
          </p>
        </EmptyState>
      )}
      {items.length > 0 && (
        <ul className={style.records} data-testid="quarantine-list">
          {items.map((item) => (
            <RecordRow key={item.id} item={item} now={now} onOpen={() => setChosen(item.id)} />
          ))}
        </ul>
      )}
      {query.hasNextPage && (
        <button
          type="button"
          className={`button button-secondary ${style.more}`}
          disabled={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {query.isFetchingNextPage ? "Loading more…" : "Show more"}
        </button>
      )}
      {chosen && <FixDialog key={chosen} id={chosen} onClose={() => setChosen(undefined)} />}
    </>
  )
}
