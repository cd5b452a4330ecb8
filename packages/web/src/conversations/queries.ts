import type { Conversation, Message, Page } from "@backline/client"
import { type InfiniteData, useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query"
import { useServices } from "../services.tsx"
import { toast } from "../ui/toast.tsx"
import { toApiError } from "@backline/client"

const PAGE = 30
/** A thread is read to its end; more pages than this are a mistake somewhere. */
const MOST_PAGES = 40

type Pages = InfiniteData<Page<Conversation>>

export function useConversations() {
  const { client } = useServices()
  return useInfiniteQuery({
    queryKey: ["conversations"],
    queryFn: ({ pageParam, signal }) => client.conversations.list({ cursor: pageParam, limit: PAGE }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next,
  })
}

export const conversationsOf = (data: Pages | undefined): Conversation[] => data?.pages.flatMap((page) => page.items) ?? []

/** One conversation, from the list where it is there already. */
export function useConversation(id: string | undefined) {
  const { client, queries } = useServices()
  return useQuery({
    queryKey: ["conversations", "one", id],
    queryFn: ({ signal }) => client.conversations.get(id!, signal),
    enabled: id !== undefined,
    placeholderData: () => conversationsOf(queries.getQueryData<Pages>(["conversations"])).find((each) => each.id === id),
  })
}

/** All messages of a conversation, oldest first. */
export function useMessages(id: string | undefined) {
  const { client } = useServices()
  return useQuery({
    queryKey: ["messages", id],
    enabled: id !== undefined,
    queryFn: async ({ signal }): Promise<Message[]> => {
      const messages: Message[] = []
      let cursor: string | undefined
      for (let page = 0; page < MOST_PAGES; page++) {
        const { items, next } = await client.conversations.messages(id!, { cursor, limit: 100 }, signal)
        messages.push(...items)
        if (!next) break
        cursor = next
      }
      return messages
    },
  })
}

/** Rename and delete, shown at once and taken back when the server refuses. */
export function useConversationChanges() {
  const { client, chat, queries } = useServices()
  const key = ["conversations"]

  const edit = (change: (items: Conversation[]) => Conversation[]) => {
    const before = queries.getQueryData<Pages>(key)
    queries.setQueryData<Pages>(
      key,
      (data) => data && { ...data, pages: data.pages.map((page) => ({ ...page, items: change(page.items) })) },
    )
    return before
  }
  const undo = (error: unknown, before: Pages | undefined) => {
    queries.setQueryData(key, before)
    toast(toApiError(error).message)
  }
  const settle = () => void queries.invalidateQueries({ queryKey: key })

  const rename = useMutation({
    mutationFn: ({ id, title }: { id: string; title: string }) => client.conversations.rename(id, title),
    onMutate: ({ id, title }) => edit((items) => items.map((item) => (item.id === id ? { ...item, title } : item))),
    onError: (error, _, before) => undo(error, before),
    onSettled: settle,
  })
  const remove = useMutation({
    mutationFn: (id: string) => client.conversations.remove(id),
    onMutate: (id) => edit((items) => items.filter((item) => item.id !== id)),
    onError: (error, _, before) => undo(error, before),
    onSuccess: (_, id) => {
      queries.removeQueries({ queryKey: ["messages", id] })
      chat.drop(id)
    },
    onSettled: settle,
  })
  return { rename, remove }
}
