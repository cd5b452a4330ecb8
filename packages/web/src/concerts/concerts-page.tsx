import { useInfiniteQuery } from "@tanstack/react-query"
import { CalendarDays, Search } from "lucide-react"
import { useEffect, useState } from "react"
import { useSearchParams } from "react-router"
import style from "../analytics/analytics.module.css"
import { useServices } from "../services.tsx"
import { PageHeader } from "../shell/page-header.tsx"
import { Skeleton } from "../ui/skeleton.tsx"
import { EmptyState, ErrorState } from "../ui/state.tsx"
import { ConcertTable } from "./concert-table.tsx"

const TYPING_MS = 350
const today = (): string => new Date().toISOString().slice(0, 10)

/** Coming concerts, the next one first; with words also those that are over. */
export default function ConcertsPage() {
  const { client } = useServices()
  const [search, setSearch] = useSearchParams()
  const asked = search.get("q") ?? ""
  const [words, setWords] = useState(asked)
  useEffect(() => {
    if (words === asked) return
    const timer = setTimeout(() => setSearch(words ? { q: words } : {}, { replace: true }), TYPING_MS)
    return () => clearTimeout(timer)
  }, [words, asked, setSearch])
  const q = asked.trim() || undefined
  const concerts = useInfiniteQuery({
    queryKey: ["concerts", q],
    queryFn: ({ pageParam, signal }) =>
      client.concerts.list({ q, from: today(), cursor: pageParam || undefined, limit: 25 }, signal),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
  })
  const items = concerts.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <>
      <PageHeader title="Concerts" />
      <div className="page-body" tabIndex={0} role="region" aria-label="Concerts">
        <div className={style.page} aria-busy={concerts.isFetching}>
          <div className="search">
            <Search size={15} aria-hidden />
            <input
              className="input"
              type="search"
              placeholder="Title, artist, venue, city or work"
              aria-label="Search coming concerts"
              data-testid="concerts-search"
              maxLength={200}
              value={words}
              onChange={(event) => setWords(event.target.value)}
            />
          </div>
          {concerts.isPending && <Skeleton lines={8} label="Concerts are loading" />}
          {concerts.isError && items.length === 0 && (
            <ErrorState title="Concerts did not load" error={concerts.error} onRetry={() => void concerts.refetch()} />
          )}
          {concerts.isSuccess && items.length === 0 && (
            <EmptyState icon={CalendarDays} title={q ? "No coming concert has these words" : "No concert is to come"}>
              <p>{q ? "Try fewer words, or a part of a name." : "Concerts appear here as soon as they are announced."}</p>
            </EmptyState>
          )}
          {items.length > 0 && <ConcertTable items={items} />}
          {concerts.hasNextPage && (
            <button
              type="button"
              className="button button-secondary"
              disabled={concerts.isFetchingNextPage}
              onClick={() => void concerts.fetchNextPage()}
            >
              Show more
            </button>
          )}
        </div>
      </div>
    </>
  )
}
