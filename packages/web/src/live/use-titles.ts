import { useQuery } from "@tanstack/react-query"
import { useMemo } from "react"
import { useServices } from "../services.tsx"
import { concertOf } from "./event-label.ts"

const PAGE = 100
const KEPT_MS = 10 * 60_000

/**
 * Titles of the concerts to come, by id. Asked for only when an event names a concert, so only while events arrive: then the loader
 * keeps the warehouse awake anyway, and this question adds nothing to its bill.
 */
export function useTitles(events: readonly { id: string; type: string; label?: string }[]): ReadonlyMap<string, string> {
  const { client } = useServices()
  const concerts = useQuery({
    queryKey: ["concerts", "titles"],
    queryFn: ({ signal }) => client.concerts.list({ from: new Date().toISOString().slice(0, 10), limit: PAGE }, signal),
    enabled: events.some((event) => concertOf(event) !== undefined),
    staleTime: KEPT_MS,
    // A title is a kindness; without it the id is shown.
    retry: false,
  })
  return useMemo(() => new Map((concerts.data?.items ?? []).map(({ concertId, title }) => [concertId, title])), [concerts.data])
}
