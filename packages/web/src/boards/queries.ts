import type { DocumentInfo, Page } from "@backline/client"
import { type InfiniteData, useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query"
import { useServices } from "../services.tsx"

type Pages = InfiniteData<Page<DocumentInfo>>

export function useBoards() {
  const { client } = useServices()
  return useInfiniteQuery({
    queryKey: ["boards"],
    queryFn: ({ pageParam, signal }) => client.documents.list({ cursor: pageParam, limit: 50 }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next,
    refetchInterval: 30_000,
  })
}

export const boardsIn = (data: Pages | undefined): DocumentInfo[] => data?.pages.flatMap((page) => page.items) ?? []

export function useBoardInfo(id: string) {
  const { client, queries } = useServices()
  return useQuery({
    queryKey: ["boards", "one", id],
    queryFn: ({ signal }) => client.documents.get(id, signal),
    placeholderData: () => boardsIn(queries.getQueryData<Pages>(["boards"])).find((board) => board.id === id),
  })
}

/** States that were kept, newest first. */
export function useVersions(id: string) {
  const { client } = useServices()
  return useInfiniteQuery({
    queryKey: ["boards", "versions", id],
    queryFn: ({ pageParam, signal }) => client.documents.versions(id, { cursor: pageParam, limit: 50 }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next,
  })
}

export function useBoardChanges() {
  const { client, queries } = useServices()
  const refresh = () => void queries.invalidateQueries({ queryKey: ["boards"] })
  const create = useMutation({
    mutationFn: (body: { title: string; room?: string; members?: string[] }) => client.documents.create(body),
    onSuccess: refresh,
  })
  const change = useMutation({
    mutationFn: ({ id, ...body }: { id: string; version: number; title?: string; members?: string[] }) =>
      client.documents.change(id, body),
    onSettled: refresh,
  })
  return { create, change }
}
