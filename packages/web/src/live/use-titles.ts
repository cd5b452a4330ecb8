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
/** A title is a kindness; without it the id is shown. */
const ONCE = { staleTime: KEPT_MS, retry: false as const }

const day = (at: number): string => new Date(at).toISOString().slice(0, 10)

interface Titled {
  concertId: string
  title: string
}
const titlesOf = (concerts: readonly (Titled | undefined)[]): ReadonlyMap<string, string> =>
  new Map(concerts.flatMap((concert) => (concert ? [[concert.concertId, concert.title]] : [])))

/**
 * Titles of the concerts that events name, by id: of a page of recent ones and a page of those to come, and one by one of the few that are on neither.
 * Asked for only while events arrive: then the loader keeps the warehouse awake anyway, and so few questions add nothing to its bill.
 */
export function useTitles(events: readonly { id: string; type: string; label?: string }[]): ReadonlyMap<string, string> {
  const { client } = useServices()
  const now = useNow(HOUR_MS)
  const today = day(now)
  const named = [...new Set(events.flatMap((event) => concertOf(event) ?? []))]
  const windows = [{ from: day(now - RECENT_DAYS * DAY_MS), to: today }, { from: today }]
  const { listed, isListed } = useQueries({
    queries: windows.map((window) => ({
      queryKey: ["concerts", "titles", window],
      queryFn: ({ signal }: { signal: AbortSignal }) => client.concerts.list({ ...window, limit: PAGE }, signal),
      enabled: named.length > 0,
      ...ONCE,
    })),
    combine: (pages) => ({
      listed: titlesOf(pages.flatMap(({ data }) => data?.items ?? [])),
      isListed: pages.every(({ isFetched }) => isFetched),
    }),
  })
  const others = useQueries({
    queries: (isListed ? named.filter((id) => !listed.has(id)) : []).map((id) => ({
      queryKey: ["concerts", "title", id],
      queryFn: ({ signal }: { signal: AbortSignal }) => client.concerts.get(id, signal),
      ...ONCE,
    })),
    combine: (found) => titlesOf(found.map(({ data }) => data)),
  })
  return new Map([...listed, ...others])
}
