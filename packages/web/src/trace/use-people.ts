import type { TapLine } from "@backline/client"
import { useQuery } from "@tanstack/react-query"
import { useMemo } from "react"
import { useServices } from "../services.tsx"

const PAGE = 100

/** Names of people by their ids: who listens to the room, and whom lines have named. Frames of a socket's end name nobody. */
export function usePeople(room: string | undefined, lines: readonly TapLine[], known: Record<string, string | undefined>) {
  const { client } = useServices()
  const listeners = useQuery({
    queryKey: ["listeners", room],
    queryFn: ({ signal }) => client.rooms.listeners(room!, { limit: PAGE }, signal),
    enabled: room !== undefined,
    retry: false,
  })
  const names = useMemo(() => {
    const found = new Map<string, string>()
    for (const { id, name } of listeners.data?.items ?? []) found.set(id, name)
    for (const { user } of lines) if (user?.name !== undefined) found.set(user.id, user.name)
    return found
  }, [listeners.data, lines])
  return (line: TapLine): string => {
    const id = line.user?.id
    return id === undefined ? "" : (names.get(id) ?? known[id] ?? `Person ${id.slice(0, 8)}`)
  }
}
