import { type Recommendations, toApiError } from "@backline/client"
import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query"
import { useEffect } from "react"
import { useServices } from "../services.tsx"
import { toast } from "../ui/toast.tsx"

const LIMIT = 24

export function useRecommendations(city: string) {
  const { client } = useServices()
  const answer = useQuery({
    queryKey: ["recommendations", city],
    queryFn: ({ signal }) => client.recommendations.list({ limit: LIMIT, city: city || undefined }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.strategy === "untrained" ? 15_000 : false),
  })
  const { data, isPlaceholderData } = answer
  useEffect(() => {
    if (!data || isPlaceholderData || data.items.length === 0) return
    // A hint for the next training: nobody waits for it, and nothing is lost without it.
    client.recommendations.feedback(data.items.map(({ concertId }) => ({ concertId, kind: "shown" }))).catch(() => undefined)
  }, [client, data, isPlaceholderData])
  return answer
}

/** Takes a concert off the page at once, and puts it back where that could not be kept. */
export function useDismiss() {
  const { client, queries } = useServices()
  return useMutation({
    mutationFn: (concertId: string) => client.recommendations.feedback([{ concertId, kind: "dismissed" }]),
    onMutate: async (concertId) => {
      await queries.cancelQueries({ queryKey: ["recommendations"] })
      const before = queries.getQueriesData<Recommendations>({ queryKey: ["recommendations"] })
      queries.setQueriesData<Recommendations>(
        { queryKey: ["recommendations"] },
        (data) => data && { ...data, items: data.items.filter((item) => item.concertId !== concertId) },
      )
      return before
    },
    onError: (error, _, before) => {
      for (const [key, data] of before ?? []) queries.setQueryData(key, data)
      toast(toApiError(error).message)
    },
    onSuccess: () => toast("It will not be recommended to you again."),
  })
}

/** Tells that somebody wanted to know more about a concert. */
export function useClicked() {
  const { client } = useServices()
  return (concertId: string) => {
    client.recommendations.feedback([{ concertId, kind: "clicked" }]).catch(() => undefined)
  }
}
