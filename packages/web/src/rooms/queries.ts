import type { Page, Person, Room, RoomMessage, Visibility } from "@backline/client"
import { type InfiniteData, keepPreviousData, useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query"
import { useServices } from "../services.tsx"

const PAGE = 50
/** Other rooms than the open one say nothing by themselves: their counts are asked for. */
const COUNTS_MS = 15_000
/** People are known from the rooms one is in; more rooms than this add few. */
const ROOMS_OF_PEOPLE = 8

type Pages = InfiniteData<Page<Room>>

export function useRooms() {
  const { client } = useServices()
  return useInfiniteQuery({
    queryKey: ["rooms"],
    queryFn: ({ pageParam, signal }) => client.rooms.list({ cursor: pageParam, limit: PAGE }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next,
    refetchInterval: COUNTS_MS,
  })
}

export const roomsIn = (data: Pages | undefined): Room[] => data?.pages.flatMap((page) => page.items) ?? []

export function useRoomInfo(id: string) {
  const { client, queries } = useServices()
  return useQuery({
    queryKey: ["rooms", "one", id],
    queryFn: ({ signal }) => client.rooms.get(id, signal),
    placeholderData: () => roomsIn(queries.getQueryData<Pages>(["rooms"])).find((room) => room.id === id),
  })
}

/** The newest message of a room, for its line in the list; `seq` makes a new one a new question. */
export function useLastMessage({ id, seq, role }: Room) {
  const { client } = useServices()
  return useQuery({
    queryKey: ["rooms", "last", id, seq],
    enabled: seq > 0 && role !== undefined && role !== null,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<RoomMessage | null> =>
      (await client.rooms.messages(id, { limit: 1 }, signal)).items.at(-1) ?? null,
  })
}

/** Everybody one shares a room with, by name. There is no list of all people: who is in no room of one's own cannot be found. */
export function usePeople(me: string | undefined) {
  const { client } = useServices()
  const { data } = useRooms()
  const own = data && roomsIn(data).filter(({ role }) => role)
  return useQuery({
    queryKey: ["rooms", "people", me, own?.slice(0, ROOMS_OF_PEOPLE).map(({ id }) => id)],
    enabled: me !== undefined && own !== undefined,
    queryFn: async ({ signal }): Promise<Person[]> => {
      const asked = own!.slice(0, ROOMS_OF_PEOPLE)
      const pages = await Promise.all(
        asked.map(({ id }) => client.rooms.members(id, { limit: 100 }, signal).catch(() => undefined)),
      )
      const people = new Map(pages.flatMap((page) => page?.items ?? []).map((person) => [person.id, person]))
      return [...people.values()].filter(({ id }) => id !== me).sort((a, b) => a.name.localeCompare(b.name))
    },
  })
}

export function useCreateRoom() {
  const { client, queries } = useServices()
  return useMutation({
    mutationFn: (body: { name: string; visibility: Visibility; members?: string[] }) => client.rooms.create(body),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["rooms"] }),
  })
}
