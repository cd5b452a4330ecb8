import { useQuery } from "@tanstack/react-query"
import { useServices } from "../services.tsx"
import { addSample, rateOf, type Sample, totalOf } from "./rate.ts"
import type { Progress } from "@backline/client"

interface Watched {
  progress: Progress
  samples: Sample[]
}

const EVERY_MS = 2_000

/** What arrives, asked for every two seconds while the tab is in view; every place that shows it shares one poll. */
export function useProgress() {
  const { client, queries } = useServices()
  const query = useQuery({
    queryKey: ["progress"],
    queryFn: async ({ signal }): Promise<Watched> => {
      const progress = await client.ingest.progress(signal)
      const before = queries.getQueryData<Watched>(["progress"])?.samples ?? []
      return { progress, samples: addSample(before, { at: Date.now(), total: totalOf(progress) }) }
    },
    refetchInterval: EVERY_MS,
    refetchIntervalInBackground: false,
    retry: false,
  })
  return { ...query, progress: query.data?.progress, rate: rateOf(query.data?.samples ?? []) }
}
