import { useQuery } from "@tanstack/react-query"
import { useMemo } from "react"
import { namesOf } from "./names.ts"

/** Only a laptop serves the console from loopback; elsewhere nobody is asked and the page does not exist. */
const mayBeLocal = (): boolean => /^(127\.0\.0\.1|localhost|\[::1\])$/.test(location.hostname)

/** Its schemas are a part of their own, which a console in production never fetches. */
export const loadControl = async () => (await import("./control.ts")).control

/** Whether the console runs on the local cloud, and what its templates declare. Asked once. */
export function useLocal() {
  const resources = useQuery({
    queryKey: ["local", "resources"],
    queryFn: async ({ signal }) => (await loadControl()).resources(signal),
    enabled: mayBeLocal(),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  const names = useMemo(() => namesOf(resources.data ?? []), [resources.data])
  return { isLocal: resources.data !== undefined, isAsking: resources.isLoading, resources: resources.data ?? [], names }
}

interface Poll<T> {
  key: readonly unknown[]
  ask(signal: AbortSignal): Promise<T>
  everyMs?: number
  enabled?: boolean
}

/** What the control surface says, asked again and again while the tab is in view. What it does not have is asked for only once. */
export function usePoll<T>({ key, ask, everyMs = 1_500, enabled = true }: Poll<T>) {
  return useQuery({
    queryKey: ["local", ...key],
    queryFn: ({ signal }) => ask(signal),
    enabled,
    retry: false,
    staleTime: 0,
    refetchInterval: ({ state }) => ((state.error as { code?: string } | null)?.code === "missing.route" ? false : everyMs),
    refetchIntervalInBackground: false,
  })
}
