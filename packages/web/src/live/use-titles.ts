import { useQueries } from "@tanstack/react-query"
import { useNow } from "../format/use-now.ts"
import { useServices } from "../services.tsx"
import { concertOf } from "./event-label.ts"

const PAGE = 100
const KEPT_MS = 10 * 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Tickets are sold for what comes, and scanned or given back for what was a while ago. */
const RECENT_DAYS = 31

const day = (at: number): string => new Date(at).toISOString().slice(0, 10)

/**
 * Titles of recent concerts and of those to come, by id. Asked for only when an event names a concert, so only while events arrive: then the loader
 * keeps the warehouse awake anyway, and these two questions in ten minutes add nothing to its bill.
 */
export function useTitles(events: readonly { id: string; type: string; label?: string }[]): ReadonlyMap<string, string> {
  const { client } = useServices()
  const now = useNow(HOUR_MS)
  const today = day(now)
  const windows = [{ from: day(now - RECENT_DAYS * DAY_MS), to: today }, { from: today }]
  return useQueries({
    queries: windows.map((window) => ({
      queryKey: ["concerts", "titles", window],
      queryFn: ({ signal }: { signal: AbortSignal }) => client.concerts.list({ ...window, limit: PAGE }, signal),
      enabled: events.some((event) => concertOf(event) !== undefined),
      staleTime: KEPT_MS,
      // A title is a kindness; without it the id is shown.
      retry: false as const,
    })),
    combine: titlesOf,
  })
}

type Listed = { data?: { items: readonly { concertId: string; title: string }[] } }
const titlesOf = (windows: readonly Listed[]): ReadonlyMap<string, string> =>
  new Map(windows.flatMap(({ data }) => data?.items ?? []).map(({ concertId, title }) => [concertId, title]))
